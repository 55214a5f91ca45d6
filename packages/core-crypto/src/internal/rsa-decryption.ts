/**
 * What RSAES-PKCS1-v1_5 decryption consists of: the private operation (RFC 8017 section 5.1.2) by the Chinese
 * remainder theorem, with base blinding, exponent blinding and a check of the result; and EME-PKCS1-v1_5
 * decoding (RFC 8017 section 7.2.2, step 3) in one pass, without an exit that depends on the bytes.
 */
import { mod } from '@noble/curves/abstract/modular.js'
import { type Bytes, byteLength, bytesToBigInt, randomBytes } from './bytes.ts'
import { newError } from './errors.ts'
import { rsaFault } from './key-errors.ts'
import { invert } from './modular-inverse.ts'
import type { RsaPrivateNumbers } from './rsa-private-key.ts'
import { uniformWindowPow } from './uniform-window-pow.ts'

const WINDOW = 5
/** Where the message can begin at the earliest: 00 02, eight bytes of padding, 00. */
const FIRST_SEPARATOR = 10

/**
 * @param ciphertext - 0 … n - 1
 * @returns ciphertext^d mod n
 * @throws {@link CryptoError} `CRYPTO_RSA_FAULT` when the result is wrong; it never leaves the function
 */
export function rsaCrt(numbers: RsaPrivateNumbers, ciphertext: bigint): bigint {
  const { n, e, p, q, dp, dq, qi } = numbers
  const { factor, inverse } = blindingFactor(n)
  const blinded = mod(ciphertext * publicPow(factor, e, n), n)

  const atP = uniformWindowPow(blinded % p, blindedExponent(dp, p), p, WINDOW)
  const atQ = uniformWindowPow(blinded % q, blindedExponent(dq, q), q, WINDOW)
  const power = atQ + q * mod(qi * (atP - atQ), p)

  const plaintext = mod(power * inverse, n)
  // One wrong half would give away p or q to whoever sees the result.
  if (publicPow(plaintext, e, n) !== ciphertext) throw rsaFault()
  return plaintext
}

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
  // Both are made either way: making an error takes as long as the whole search for the separator.
  const message = new Uint8Array(encoded.subarray(separator + 1))
  const error = newError(
    'RSA_PADDING',
    'The ciphertext has bad padding: it was encrypted for another key, or altered. Look whether the two private keys are swapped.',
  )
  if (bad !== 0) throw error
  return message
}

/** The power with the public exponent, of which every bit may be told: square and multiply. */
export function publicPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let power = base
  for (const bit of exponent.toString(2).slice(1)) {
    power = (power * power) % modulus
    if (bit === '1') power = (power * base) % modulus
  }
  return power
}

/** A fresh number modulo n, unbiased up to 2^-64, with its inverse. */
function blindingFactor(n: bigint): { factor: bigint; inverse: bigint } {
  const factor = mod(bytesToBigInt(randomBytes(byteLength(n) + 8)), n)
  const inverse = invert(factor, n)
  // Only multiples of p and q have no inverse.
  if (inverse === undefined) throw rsaFault()
  return { factor, inverse }
}

/**
 * Another exponent with the same power modulo the prime: the random multiple of `prime - 1` has 64 bits, the top one
 * set, so that the exponent's length does not shrink.
 */
export function blindedExponent(exponent: bigint, prime: bigint): bigint {
  const multiplier = bytesToBigInt(randomBytes(8)) | (1n << 63n)
  return exponent + multiplier * (prime - 1n)
}
