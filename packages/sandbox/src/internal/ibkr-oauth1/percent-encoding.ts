/** Percent-encoding, strict (RFC 3986) and as three other encoders in the field do it. */

import { utf8 } from '../crypto/bytes.ts'
import type { BaseStringEncoder } from '../request-record.ts'

type Encode = (text: string) => string

const UNRESERVED = /[A-Za-z0-9\-._~]/
const JAVA_KEPT = /[A-Za-z0-9\-._*]/

/** Each encoder by the name that the record gives it. */
export const ENCODERS: Readonly<Record<BaseStringEncoder, Encode>> = {
  rfc3986: (text) => encode(text, UNRESERVED, '%20'),
  java: (text) => encode(text, JAVA_KEPT, '+'),
  quotePlus: (text) => encode(text, UNRESERVED, '+'),
  // What npm's ibkr-client does: encodeURIComponent, then %20 to a plus sign.
  encodeURIComponent: (text) => encode(text, /[A-Za-z0-9\-._~!*'()]/, '+'),
}

export function percentEncode(text: string): string {
  return ENCODERS.rfc3986(text)
}

/** Decodes `%XX` as UTF-8; `undefined` when the escapes are malformed. */
export function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Decodes a form or query component: a plus sign is a space. */
export function formDecode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  return percentDecode(spaced) ?? spaced
}

function encode(text: string, kept: RegExp, space: string): string {
  let encoded = ''
  for (const byte of utf8(text)) {
    const character = String.fromCharCode(byte)
    if (byte < 0x80 && kept.test(character)) encoded += character
    else if (byte === 0x20) encoded += space
    else encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
