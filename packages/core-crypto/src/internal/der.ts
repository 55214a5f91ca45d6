/**
 * The little of DER (X.690) that key files need: definite, minimal lengths; one-byte tags; nothing
 * left over.
 */
import type { Bytes } from '../bytes.ts'
import { bigIntToTwosComplement } from '../twos-complement.ts'
import { bytesToBigInt } from './bigint.ts'

export const TAG_INTEGER = 0x02
export const TAG_BIT_STRING = 0x03
export const TAG_OCTET_STRING = 0x04
export const TAG_OBJECT_IDENTIFIER = 0x06
export const TAG_SEQUENCE = 0x30

export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
}

/**
 * Splits bytes into the elements that stand one after another in them.
 *
 * @returns undefined when the bytes are not DER or an element is cut short
 */
export function derElements(bytes: Uint8Array): DerElement[] | undefined {
  const elements: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at]!
    if ((tag & 0x1f) === 0x1f) return undefined
    let length = bytes[at + 1] ?? 0x80
    at += 2
    if (length >= 0x80) {
      const size = length - 0x80
      if (size < 1 || size > 3 || at + size > bytes.length) return undefined
      length = 0
      for (const end = at + size; at < end; at++) length = (length << 8) | bytes[at]!
      // The shortest form is the only one.
      if (length < 0x80 || length >> (8 * (size - 1)) === 0) return undefined
    }
    if (at + length > bytes.length) return undefined
    elements.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return elements
}

/** The elements of the one SEQUENCE that the bytes consist of. */
export function derSequence(bytes: Uint8Array): DerElement[] | undefined {
  const elements = derElements(bytes)
  const only = elements?.length === 1 ? elements[0] : undefined
  return only?.tag === TAG_SEQUENCE ? derElements(only.content) : undefined
}

/** The value of a minimal, non-negative INTEGER. */
export function derUnsigned(element: DerElement | undefined): bigint | undefined {
  if (element?.tag !== TAG_INTEGER) return undefined
  const [first, second] = element.content
  if (first === undefined || first >= 0x80) return undefined
  if (first === 0 && second !== undefined && second < 0x80) return undefined
  return bytesToBigInt(element.content)
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
