/**
 * The RSA private operation (RFC 8017 section 5.1.2) by the Chinese remainder theorem, with base
 * blinding, exponent blinding and a check of the result.
 */
import { mod } from '@noble/curves/abstract/modular.js'
import type { CryptoError } from './errors.ts'
import { byteLength, bytesToBigInt } from './integers.ts'
import { invert } from './invert.ts'
import { CHECK_KEY } from './key-errors.ts'
import { randomBytes } from './random-bytes.ts'
import { newError } from './refusals.ts'
import type { RsaPrivateNumbers } from './rsa-private-numbers.ts'
import { uniformWindowPow } from './uniform-window-pow.ts'

const WINDOW = 5
/** For the public exponent, which is short: a larger table costs more than it saves. */
const PUBLIC_WINDOW = 2

/**
 * @param ciphertext - 0 … n - 1
 * @returns ciphertext^d mod n
 * @throws {@link CryptoError} `CRYPTO_RSA_FAULT` when the result is wrong; it never leaves the function
 */
export function rsaCrt(numbers: RsaPrivateNumbers, ciphertext: bigint): bigint {
  const { n, e, p, q, dp, dq, qi } = numbers
  const { factor, inverse } = blindingFactor(n)
  const blinded = mod(ciphertext * uniformWindowPow(factor, e, n, PUBLIC_WINDOW), n)

  const atP = uniformWindowPow(blinded % p, dp + randomMultiplier() * (p - 1n), p, WINDOW)
  const atQ = uniformWindowPow(blinded % q, dq + randomMultiplier() * (q - 1n), q, WINDOW)
  const power = atQ + q * mod(qi * (atP - atQ), p)

  const plaintext = mod(power * inverse, n)
  // One wrong half would give away p or q to whoever sees the result.
  if (uniformWindowPow(plaintext, e, n, PUBLIC_WINDOW) !== ciphertext) throw fault()
  return plaintext
}

/** A fresh number modulo n, unbiased up to 2^-64, with its inverse. */
function blindingFactor(n: bigint): { factor: bigint; inverse: bigint } {
  const factor = mod(bytesToBigInt(randomBytes(byteLength(n) + 8)), n)
  const inverse = invert(factor, n)
  // Only multiples of p and q have no inverse.
  if (inverse === undefined) throw fault()
  return { factor, inverse }
}

/** 64 random bits, the top one set, so that the exponent's length does not shrink. */
function randomMultiplier(): bigint {
  return bytesToBigInt(randomBytes(8)) | (1n << 63n)
}

function fault(): CryptoError {
  return newError(
    'RSA_FAULT',
    `The result of the RSA operation did not pass its check and was held back: the key was altered, or this machine computes wrongly. Remedy: ${CHECK_KEY}`,
  )
}
