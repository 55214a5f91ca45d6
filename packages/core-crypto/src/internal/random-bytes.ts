/**
 * Random bytes of the platform's generator (Web Cryptography API).
 */
import type { Bytes } from './bytes.ts'
import { newError, refuse } from './refusals.ts'

/** What one call of `getRandomValues` may be asked for. */
const QUOTA = 65_536

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
