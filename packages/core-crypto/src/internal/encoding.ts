/**
 * Hexadecimal, base64, base64url (RFC 4648) and UTF-8. The platform's `atob` is lenient, so what it
 * reads counts only when it is written again the same: of the texts of some bytes one is taken. Not
 * constant time.
 */
import { type Bytes, isBytes } from './bytes.ts'
import type { CryptoError } from './errors.ts'
import { newError, refuse, requireBytes, requireString } from './refusals.ts'

/**
 * Writes bytes as lower-case hexadecimal, two digits a byte, without `0x`.
 *
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `bytes` is not a `Uint8Array`.
 * @example `bytesToHex(Uint8Array.of(1, 255))` is `'01ff'`
 *
 * *Source*: RFC 4648 section 8 (in lower case).
 */
export function bytesToHex(bytes: Uint8Array): string {
  requireBytes(bytes, 'bytes')
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/**
 * Reads hexadecimal of either case, two digits a byte.
 *
 * @param text - an even number of hexadecimal digits and nothing else: no `0x`, no blanks
 * @throws {@link CryptoError} `CRYPTO_ENCODING_INVALID` for an odd length or another character,
 *   `CRYPTO_OPTION_INVALID` when `text` is not a string.
 * @example `hexToBytes('01FF')` is the bytes 1, 255
 *
 * *Source*: RFC 4648 section 8.
 */
export function hexToBytes(text: string): Bytes {
  requireString(text, 'text')
  if (text.length % 2 !== 0 || /[^\da-f]/i.test(text)) throw invalid('hexadecimal')
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
}

/**
 * Writes bytes as base64: standard alphabet, padded, one line.
 *
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `bytes` is not a `Uint8Array`.
 * @example `bytesToBase64(Uint8Array.of(251, 255))` is `'+/8='`
 *
 * *Source*: RFC 4648 section 4.
 */
export function bytesToBase64(bytes: Uint8Array): string {
  requireBytes(bytes, 'bytes')
  return btoa(binaryString(bytes))
}

/**
 * Reads base64: standard alphabet, padding required. Blanks, tabs and line breaks are skipped, since
 * text pasted from a page or a PEM file is wrapped; every other character is refused, and so are
 * bits left over that are not zero.
 *
 * @throws {@link CryptoError} `CRYPTO_ENCODING_INVALID` for anything else, `CRYPTO_OPTION_INVALID`
 *   when `text` is not a string.
 * @example `base64ToBytes('+/8=')` is the bytes 251, 255
 *
 * *Source*: RFC 4648 sections 3.5 and 4.
 */
export function base64ToBytes(text: string): Bytes {
  requireString(text, 'text')
  const compact = text.replace(/[ \t\r\n]+/g, '')
  return decode(compact, compact, bytesToBase64)
}

/**
 * Writes bytes as base64url without padding, as JOSE uses it.
 *
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `bytes` is not a `Uint8Array`.
 * @example `bytesToBase64Url(Uint8Array.of(251, 255))` is `'-_8'`
 *
 * *Source*: RFC 4648 section 5, RFC 7515 section 2.
 */
export function bytesToBase64Url(bytes: Uint8Array): string {
  return bytesToBase64(bytes).replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_')
}

/**
 * Reads base64url without padding; blanks, padding and the characters `+` and `/` are refused.
 *
 * @throws {@link CryptoError} `CRYPTO_ENCODING_INVALID` for anything else, `CRYPTO_OPTION_INVALID`
 *   when `text` is not a string.
 * @example `base64UrlToBytes('-_8')` is the bytes 251, 255
 *
 * *Source*: RFC 4648 section 5, RFC 7515 section 2.
 */
export function base64UrlToBytes(text: string): Bytes {
  requireString(text, 'text')
  return decode(text, text.replace(/-/g, '+').replace(/_/g, '/'), bytesToBase64Url)
}

/**
 * Writes text as UTF-8. A lone surrogate becomes U+FFFD, as everywhere on the web.
 *
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `text` is not a string.
 * @example `utf8ToBytes('é')` is the bytes 0xc3, 0xa9
 *
 * *Source*: RFC 3629; Encoding Standard, `TextEncoder`.
 */
export function utf8ToBytes(text: string): Bytes {
  requireString(text, 'text')
  // Copied: some runtimes' TextEncoder belongs to another realm than Uint8Array.
  return new Uint8Array(new TextEncoder().encode(text))
}

/**
 * One character a byte, as `btoa` takes it; text of ASCII is read by it.
 *
 * @internal
 */
export function binaryString(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/**
 * What is signed or authenticated: bytes, or text taken as UTF-8.
 *
 * @internal
 */
export function messageBytes(data: unknown): Uint8Array {
  if (typeof data === 'string') return utf8ToBytes(data)
  if (!isBytes(data)) refuse('data', 'a Uint8Array or a string')
  return data
}

/** Reads `base64` as leniently as the platform does, and insists on `encode` giving `text` again. */
function decode(text: string, base64: string, encode: (bytes: Uint8Array) => string): Bytes {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    if (encode(bytes) === text) return bytes
  } catch {
    // The platform's exception quotes nothing and says no more than this.
  }
  throw invalid('base64 or base64url')
}

function invalid(name: string): CryptoError {
  return newError(
    'ENCODING_INVALID',
    `The text must be ${name}, whole and without other characters. Copy it once more.`,
  )
}
