/** PEM blocks (RFC 7468) and the few DER shapes (X.690) that registration needs. */
import { type Bytes, fromBase64, toBase64 } from './bytes.ts'

export interface PemBlock {
  readonly label: string
  readonly der: Bytes
}

/** One DER element: its tag, its content, and where the next one starts. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  readonly end: number
}

/** The longest text that is searched for a block, in characters: ten times what a key takes. */
const TEXT_LIMIT = 65_536
const BEGIN = '-----BEGIN '
const DASHES = '-----'
const LABEL = /^[A-Z0-9 .]{1,64}$/

/** The first PEM block of a text, tolerant of CRLF, literal `\n` and text around the block. */
export function readPem(given: string): PemBlock | undefined {
  if (given.length > TEXT_LIMIT) return undefined
  const text = given.replaceAll('\\n', '\n')
  const begin = text.indexOf(BEGIN)
  const labelEnd = text.indexOf(DASHES, begin + BEGIN.length)
  if (begin < 0 || labelEnd < 0) return undefined
  const label = text.slice(begin + BEGIN.length, labelEnd)
  const start = labelEnd + DASHES.length
  const end = text.indexOf(`-----END ${label}-----`, start)
  if (end < 0 || !LABEL.test(label)) return undefined
  const der = fromBase64(text.slice(start, end).replaceAll(/\s/g, ''))
  return der && der.length > 0 ? { label, der } : undefined
}

export function writePem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** The element at `offset`; `undefined` when the bytes end early or the length is not canonical DER. */
function readDer(bytes: Uint8Array, offset = 0): DerElement | undefined {
  const tag = bytes[offset]
  const first = bytes[offset + 1]
  if (tag === undefined || first === undefined) return undefined
  let length = first
  let start = offset + 2
  if (first >= 0x80) {
    const count = first - 0x80
    if (count < 1 || count > 3) return undefined
    length = 0
    for (let index = 0; index < count; index++) {
      const byte = bytes[start++]
      if (byte === undefined) return undefined
      length = length * 256 + byte
    }
    if (length < 0x80) return undefined
  }
  const end = start + length
  return end <= bytes.length ? { tag, content: bytes.subarray(start, end), end } : undefined
}

/** The elements inside a SEQUENCE that fills all of `bytes`. */
export function readSequence(bytes: Uint8Array): DerElement[] | undefined {
  const outer = readDer(bytes)
  if (outer?.tag !== 0x30 || outer.end !== bytes.length) return undefined
  const elements: DerElement[] = []
  for (let offset = 0; offset < outer.content.length; ) {
    const element = readDer(outer.content, offset)
    if (!element) return undefined
    elements.push(element)
    offset = element.end
  }
  return elements
}

export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = [tag, ...derLength(length)]
  const bytes = new Uint8Array(head.length + length)
  bytes.set(head)
  let offset = head.length
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  return [0x82, length >> 8, length & 0xff]
}
