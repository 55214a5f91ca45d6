/**
 * Byte helpers of the sandbox's own: text, hexadecimal, base64 (RFC 4648) and randomness.
 *
 * Nothing here comes from the client packages, so that a mistake there cannot cancel out.
 */

/** Bytes over a plain (not shared) buffer, as WebCrypto takes them. */
export type Bytes = ReturnType<Uint8Array['slice']>

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes
}

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** Bytes of padded standard base64 without white space; `undefined` when the text is anything else. */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** Unpadded base64url (RFC 4648 section 5, RFC 7515 section 2). */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Bytes of unpadded base64url in its one canonical form; `undefined` for any other text. */
export function fromBase64Url(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  const bytes = fromBase64(standard.padEnd(Math.ceil(text.length / 4) * 4, '='))
  return bytes && toBase64Url(bytes) === text ? bytes : undefined
}

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length))
}

export function randomHex(length: number): string {
  return toHex(randomBytes(length))
}
