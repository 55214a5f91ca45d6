/**
 * HMAC (RFC 2104) with SHA-1 and SHA-256, synchronous in every runtime. The hashes are a library's; the
 * construction around them is our own, and checked against the RFCs' vectors.
 */
import { _SHA1 } from '@noble/hashes/legacy.js'
import { _SHA256 } from '@noble/hashes/sha2.js'
import type { Hash } from '@noble/hashes/utils.js'
import { type Bytes, messageBytes, requireBytes } from './internal/bytes.ts'

/**
 * HMAC with SHA-1.
 *
 * @param key - the key as bytes, any length; text is refused, since the text of a key is not its bytes
 * @param data - bytes, or text that is taken as UTF-8
 * @returns 20 bytes
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `key` or `data` has the wrong type.
 * @example `bytesToHex(hmacSha1(key, 'message'))`
 *
 * *Source*: RFC 2104, RFC 3174.
 */
export function hmacSha1(key: Uint8Array, data: Uint8Array | string): Bytes {
  return createHmac(_SHA1, key)(data)
}

/**
 * HMAC with SHA-256.
 *
 * @param key - the key as bytes, any length; text is refused, since the text of a key is not its bytes
 * @param data - bytes, or text that is taken as UTF-8
 * @returns 32 bytes
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `key` or `data` has the wrong type.
 * @example `bytesToHex(hmacSha256(key, 'message'))`
 *
 * *Source*: RFC 2104, FIPS 180-4.
 */
export function hmacSha256(key: Uint8Array, data: Uint8Array | string): Bytes {
  return createHmac(_SHA256, key)(data)
}

/**
 * Prepares HMAC-SHA256 for one key, so that each message costs only its own blocks.
 *
 * @param key - the key as bytes, any length; it is read here and not kept by reference
 * @returns a function from a message (bytes, or text taken as UTF-8) to its 32-byte HMAC; it may be
 *   called any number of times
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when `key` or a message has the wrong type.
 * @example
 * ```ts
 * const mac = createHmacSha256(liveSessionToken)
 * const signature = bytesToBase64(mac(baseString))
 * ```
 *
 * *Source*: RFC 2104 section 4.
 */
export function createHmacSha256(key: Uint8Array): (data: Uint8Array | string) => Bytes {
  return createHmac(_SHA256, key)
}

/** H(key ^ opad, H(key ^ ipad, data)), with both states prepared: RFC 2104 sections 2 and 4. */
function createHmac<H extends Hash<H>>(
  Algorithm: new () => H,
  key: Uint8Array,
): (data: Uint8Array | string) => Bytes {
  requireBytes(key, 'key')
  const block = new Uint8Array(new Algorithm().blockLen)
  block.set(key.length > block.length ? new Algorithm().update(key).digest() : key)
  const start = (pad: number) => new Algorithm().update(block.map((byte) => byte ^ pad))
  const inner = start(0x36)
  const outer = start(0x5c)
  const scratch = inner.clone()
  const encoder = new TextEncoder()
  const digest = new Uint8Array(inner.outputLen)
  let buffer = new Uint8Array(512)

  const encode = (data: Uint8Array | string) => {
    if (typeof data !== 'string') return messageBytes(data)
    // A code unit takes three bytes at most (RFC 3629); the buffer serves one message after the other.
    if (buffer.length < data.length * 3) buffer = new Uint8Array(data.length * 3)
    return buffer.subarray(0, encoder.encodeInto(data, buffer).written)
  }

  return (data) => {
    // The prepared states are copied over the scratch state, which a digest leaves wiped.
    inner._cloneInto(scratch).update(encode(data)).digestInto(digest)
    return outer._cloneInto(scratch).update(digest).digest() as Bytes
  }
}
