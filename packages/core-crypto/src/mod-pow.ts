/**
 * Modular power for secret exponents.
 */
import { mod } from '@noble/curves/abstract/modular.js'
import { refuse, requireBigInt } from './internal/errors.ts'
import { uniformWindowPow } from './internal/uniform-window-pow.ts'

/**
 * Computes `base^exponent mod modulus` by the same sequence of operations for any exponent of one
 * bit length.
 *
 * This is the absence of a gross leak and not constant time: the runtime's BigInt arithmetic and
 * the table look-ups still depend on the values, and the exponent's bit length is not hidden.
 *
 * @param base - any integer; it is reduced first, so negative ones are taken too
 * @param exponent - 0 or more; `x^0` is 1, also for 0
 * @param modulus - 1 or more; modulo 1 everything is 0
 * @returns 0 … modulus - 1
 * @throws {@link CryptoError} `CRYPTO_OPTION_INVALID` when a parameter is not a bigint, the exponent
 *   is negative or the modulus is below 1.
 * @example `modPow(3n, 5n, 7n)` is `5n`
 *
 * *Source*: Handbook of Applied Cryptography, 14.82 (window method), recoded without zero digits.
 */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  requireBigInt(base, 'base')
  requireBigInt(exponent, 'exponent')
  requireBigInt(modulus, 'modulus')
  if (exponent < 0n) refuse('exponent', 'a bigint of 0 or more')
  if (modulus < 1n) refuse('modulus', 'a bigint of 1 or more')
  if (exponent === 0n || modulus === 1n) return 1n % modulus
  return uniformWindowPow(mod(base, modulus), exponent, modulus, 4)
}
