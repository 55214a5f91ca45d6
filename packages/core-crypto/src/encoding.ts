/**
 * Hexadecimal, base64, base64url (RFC 4648) and UTF-8. Written out by hand so that every runtime
 * refuses the same inputs. Not constant time: table look-ups depend on the data.
 */
import type { Bytes } from './bytes.ts'
import type { CryptoError } from './errors.ts'
import { checkBytes, checkString, cryptoError } from './internal/check.ts'

const HEX = '0123456789abcdef'
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const BASE64: string = `${ALPHANUMERIC}+/`
const BASE64URL: string = `${ALPHANUMERIC}-_`

/**
 * Writes bytes as lower-case hexadecimal, two digits a byte, without `0x`.
 *
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `bytes` is not a `Uint8Array`.
 * @example `bytesToHex(Uint8Array.of(1, 255))` is `'01ff'`
 *
 * *Source*: RFC 4648 section 8 (in lower case).
 */
export function bytesToHex(bytes: Uint8Array): string {
  checkBytes(bytes, 'bytes')
  let text = ''
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    text += HEX[byte >> 4]! + HEX[byte & 15]!
  }
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
  checkString(text, 'text')
  if (text.length % 2 !== 0 || /[^\da-f]/i.test(text)) throw invalid('hexadecimal')
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (hexDigit(text.charCodeAt(2 * i)) << 4) | hexDigit(text.charCodeAt(2 * i + 1))
  }
  return bytes
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
  const text = encode(bytes, BASE64)
  return text + '='.repeat(-text.length & 3)
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
  checkString(text, 'text')
  const compact = text.replace(/[ \t\r\n]+/g, '')
  if (compact.length % 4 !== 0) throw invalid('base64')
  return decode(compact.replace(/={1,2}$/, ''), BASE64, 'base64')
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
  return encode(bytes, BASE64URL)
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
  checkString(text, 'text')
  return decode(text, BASE64URL, 'base64url')
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
  checkString(text, 'text')
  // Copied: some runtimes' TextEncoder belongs to another realm than Uint8Array.
  return new Uint8Array(new TextEncoder().encode(text))
}

function encode(bytes: Uint8Array, alphabet: string): string {
  checkBytes(bytes, 'bytes')
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += alphabet[bits >> 18]! + alphabet[(bits >> 12) & 63]!
    if (left > 1) text += alphabet[(bits >> 6) & 63]!
    if (left > 2) text += alphabet[bits & 63]!
  }
  return text
}

function decode(text: string, alphabet: string, name: string): Bytes {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let at = 0
  for (let i = 0; i < text.length; i++) {
    const value = alphabet.indexOf(text[i]!)
    if (value < 0) throw invalid(name)
    bits = ((bits << 6) | value) & 0xffffff
    if (i % 4 > 0) bytes[at++] = bits >> (6 - 2 * (i % 4))
  }
  // What is left over belongs to no byte: never six bits, and only zeros.
  const rest = text.length % 4
  if (rest === 1 || (rest > 1 && (bits & (rest === 2 ? 15 : 3)) !== 0)) throw invalid(name)
  return bytes
}

function hexDigit(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87
}

function invalid(name: string): CryptoError {
  return cryptoError(
    'CRYPTO_ENCODING_INVALID',
    `this is not ${name}: it is cut short, lacks its padding or holds another character`,
  )
}
