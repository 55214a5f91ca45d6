/**
 * The little of DER (X.690) that key files need: definite, minimal lengths; one-byte tags; nothing
 * left over.
 */
import type { Bytes } from '../bytes.ts'
import { bytesToHex } from '../encoding.ts'
import { bigIntToTwosComplement } from '../twos-complement.ts'
import { bytesToBigInt } from './bigint.ts'

const TAG_INTEGER = 0x02
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

/** Their tags, two hexadecimal digits each: what kind of file it is. */
export function derTags(elements: readonly DerElement[]): string {
  return bytesToHex(Uint8Array.from(elements, ({ tag }) => tag))
}

/** The value of an INTEGER that is minimal and not negative. */
export function derUnsigned({ content }: DerElement): bigint | undefined {
  const value = bytesToBigInt(content)
  return bigIntToTwosComplement(value).length === content.length ? value : undefined
}

export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Bytes {
  const length = contents.reduce((sum, content) => sum + content.length, 0)
  const size: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256)
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + size.length, ...size]
  const bytes = new Uint8Array(head.length + length)
  bytes.set(head)
  let at = head.length
  for (const content of contents) {
    bytes.set(content, at)
    at += content.length
  }
  return bytes
}

export function encodeDerInteger(value: bigint): Bytes {
  return encodeDer(TAG_INTEGER, bigIntToTwosComplement(value))
}

function derElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!
    let length = bytes[at + 1] ?? 0x80
    at += 2
    if (length >= 0x80) {
      const size = bytes.subarray(at, at + length - 0x80)
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
