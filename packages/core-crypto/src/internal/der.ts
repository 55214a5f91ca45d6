/**
 * The little of DER (X.690) that key files need: definite, minimal lengths; one-byte tags; nothing
 * left over.
 */
import { type Bytes, bigIntToTwosComplement, bytesToBigInt } from './bytes.ts'

export const TAG_INTEGER = 0x02
export const TAG_BIT_STRING = 0x03
export const TAG_OCTET_STRING = 0x04
export const TAG_SEQUENCE = 0x30

export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
}

/**
 * The elements of the one SEQUENCE that the bytes consist of; none when they are not DER, are cut
 * short, or go on after it.
 */
export function derSequence(bytes: Uint8Array): DerElement[] {
  const [only, ...others] = derElements(bytes)
  return only?.tag === TAG_SEQUENCE && others.length === 0 ? derElements(only.content) : []
}

/** Tells whether elements begin with these tags, in this order. */
export function beginWith(elements: readonly DerElement[], tags: readonly number[]): boolean {
  return tags.every((tag, at) => elements[at]?.tag === tag)
}

/** True for INTEGERs alone, as many as said. */
export function areIntegers(elements: readonly DerElement[], count: number): boolean {
  return elements.length === count && elements.every(({ tag }) => tag === TAG_INTEGER)
}

/** The value of an INTEGER that is minimal and not negative. */
export function derUnsigned({ content }: DerElement): bigint | undefined {
  const value = bytesToBigInt(content)
  return bigIntToTwosComplement(value).length === content.length ? value : undefined
}

/** True for an INTEGER whose first bit is set: it lacks the zero byte that makes it positive. */
export function isNegative({ tag, content }: DerElement): boolean {
  return tag === TAG_INTEGER && (content[0] ?? 0) >= 0x80
}

export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Bytes {
  const content = contents.flatMap((part) => [...part])
  const { length } = content
  const size: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256)
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + size.length, ...size]
  return Uint8Array.from([...head, ...content])
}

export function encodeDerInteger(value: bigint): Bytes {
  return encodeDer(TAG_INTEGER, bigIntToTwosComplement(value))
}

/** The elements that bytes consist of; none when anything is cut short or not in the shortest form. */
function derElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!
    let length = bytes[at + 1] ?? 0x80
    at += 2
    if (length >= 0x80) {
      // Four bytes of length are more than any file has.
      const size = bytes.subarray(at, at + Math.min(length - 0x80, 5))
      at += size.length
      length = Number(bytesToBigInt(size))
      // The shortest form is the only one.
      if (length < 0x80 || size[0] === 0) return []
    }
    const content = bytes.subarray(at, at + length)
    if (content.length < length) return []
    elements.push({ tag, content })
    at += length
  }
  return elements
}
