/**
 * HMAC (RFC 2104) with SHA-1 and SHA-256, synchronous in every runtime.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Bytes } from './bytes.ts'
import { checkBytes } from './internal/check.ts'
import { messageBytes } from './internal/message.ts'

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
  checkBytes(key, 'key')
  return hmac(sha1, key, messageBytes(data)) as Bytes
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
  checkBytes(key, 'key')
  return hmac(sha256, key, messageBytes(data)) as Bytes
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
  checkBytes(key, 'key')
  const prepared = hmac.create(sha256, key)
  const scratch = prepared.clone()
  return (data) => {
    const message = messageBytes(data)
    // The prepared state is copied over the scratch state, which digest() leaves wiped.
    return prepared._cloneInto(scratch).update(message).digest() as Bytes
  }
}
