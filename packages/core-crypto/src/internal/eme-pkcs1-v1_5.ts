/**
 * EME-PKCS1-v1_5 decoding (RFC 8017 section 7.2.2, step 3) in one pass, without an exit that depends
 * on the bytes.
 */
import type { Bytes } from './bytes.ts'
import { newError } from './refusals.ts'

/** Where the message can begin at the earliest: 00 02, eight bytes of padding, 00. */
const FIRST_SEPARATOR = 10

/**
 * Takes the message out of `00 || 02 || at least 8 bytes that are not zero || 00 || message`.
 *
 * @param encoded - as long as the modulus
 * @throws {@link CryptoError} `CRYPTO_RSA_PADDING`, the same for every cause
 */
export function decodeEmePkcs1(encoded: Uint8Array): Bytes {
  let separator = 0
  let searching = 1
  for (let i = 2; i < encoded.length; i++) {
    const isZero = (encoded[i]! - 1) >>> 31
    separator |= -(searching & isZero) & i
    searching &= isZero ^ 1
  }
  const tooEarly = (separator - FIRST_SEPARATOR) >>> 31
  const bad = encoded[0]! | (encoded[1]! ^ 2) | searching | tooEarly
  if (bad !== 0) {
    throw newError(
      'RSA_PADDING',
      'The ciphertext has bad padding: it was encrypted for another key, or altered. Look whether the two private keys are swapped.',
    )
  }
  return new Uint8Array(encoded.subarray(separator + 1))
}
