/**
 * Bytes: the one type of them, their texts (hexadecimal, base64, base64url of RFC 4648, UTF-8), the integers
 * they write (I2OSP and OS2IP of RFC 8017 section 4, two's complement), their comparison, and random ones.
 */
import { type CryptoError, newError, refuse, requireString } from './errors.ts'

/** What one call of `getRandomValues` may be asked for. */
const QUOTA = 65_536

/**
 * Bytes that own an `ArrayBuffer`: `Uint8Array<ArrayBuffer>` with TypeScript 5.7 and newer,
 * `Uint8Array` before. Assignable to `BufferSource` with every version.
 */
export type Bytes = ReturnType<Uint8Array['slice']>

/**
 * Tells bytes: a `Uint8Array` of any realm, subclasses of it such as Node's included. `instanceof`
 * is false for bytes made in another realm (an iframe, a `vm` context, a test runner); other views and
 * an `ArrayBuffer` are not bytes.
 *
 * @example `if (!isBytes(input)) throw new TypeError('bytes expected')`
 *
 * *Source*: ECMAScript, `%TypedArray%.prototype[Symbol.toStringTag]`.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Uint8Array'
}

export function requireBytes(value: unknown, option: string): asserts value is Uint8Array {
  if (!isBytes(value)) refuse(option, 'a Uint8Array')
}

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
  const digits = hexDigits()
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += digits[bytes[i]!]!
  return text
}

/** Two digits for each byte, made at first use. */
const hexTable: string[] = []

function hexDigits(): readonly string[] {
  for (let byte = hexTable.length; byte < 256; byte++) {
    hexTable.push(byte.toString(16).padStart(2, '0'))
  }
  return hexTable
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
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
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
function binaryString(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!)
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

/** Big-endian bytes to a non-negative integer; no bytes are 0. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${bytesToHex(bytes)}`)
}

/** A non-negative integer to exactly `length` big-endian bytes; it must fit. Default: no zero in front. */
export function bigIntToBytes(value: bigint, length: number = byteLength(value)): Bytes {
  return hexToBytes(value.toString(16).padStart(2 * length, '0'))
}

/** The number of bits of a positive integer. */
export function bitLength(value: bigint): number {
  return value.toString(2).length
}

/** The number of bytes of a positive integer: the `k` of RFC 8017 where it is a modulus. */
export function byteLength(value: bigint): number {
  return Math.ceil(bitLength(value) / 8)
}

/**
 * Writes a non-negative integer as minimal big-endian two's complement: a zero byte stands in front
 * exactly when the top bit of the first byte would be set.
 *
 * @param value - 0 or more
 * @returns at least one byte; 0 is one zero byte
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `value` is not a bigint or is negative.
 * @example `bigIntToTwosComplement(0x80n)` is the bytes 0x00, 0x80
 *
 * *Source*: Java SE API, `java.math.BigInteger.toByteArray()`; X.690 section 8.3.
 */
export function bigIntToTwosComplement(value: bigint): Bytes {
  if (typeof value !== 'bigint' || value < 0n) refuse('value', 'a bigint of 0 or more')
  // One bit more than the value has: the sign.
  return bigIntToBytes(value, Math.ceil((bitLength(value) + 1) / 8))
}

/**
 * Compares two byte strings, reading every byte whatever the first difference is.
 *
 * The length is not hidden: byte strings of different lengths are unequal at once. No compiler
 * promises constant time for JavaScript; what is promised is the same sequence of operations for
 * inputs of one length.
 *
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when a parameter is not a `Uint8Array`.
 * @example `timingSafeEqual(Uint8Array.of(1), Uint8Array.of(1))` is `true`
 */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  requireBytes(a, 'a')
  requireBytes(b, 'b')
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

/**
 * Gives fresh random bytes of the runtime's cryptographic generator.
 *
 * @param length - how many bytes, 0 to 2^24
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `length` is not a whole number in range,
 *   `CRYPTO_WEBCRYPTO_UNAVAILABLE` where the runtime has no `crypto.getRandomValues`.
 * @example `const nonce = bytesToHex(randomBytes(16))`
 *
 * *Source*: W3C Web Cryptography API section 10.1.1.
 */
export function randomBytes(length: number): Bytes {
  if (!(Number.isInteger(length) && length >= 0 && length <= 2 ** 24)) {
    refuse('length', 'a whole number from 0 to 16777216')
  }
  const { crypto } = globalThis
  if (typeof crypto?.getRandomValues !== 'function') {
    throw newError(
      'WEBCRYPTO_UNAVAILABLE',
      'The random generator of Web Cryptography (crypto.getRandomValues) is missing in this runtime.',
    )
  }
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += QUOTA) crypto.getRandomValues(bytes.subarray(at, at + QUOTA))
  return bytes
}

function tagOf(view: ArrayBufferView): unknown {
  return (view as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
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
