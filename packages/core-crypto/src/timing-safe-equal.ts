/**
 * Comparison of secrets without an early exit.
 */
import { requireBytes } from './internal/refusals.ts'

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
