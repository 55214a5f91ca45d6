/**
 * Integers as Java's `BigInteger.toByteArray()` writes them, which is also the content of a DER INTEGER.
 */
import type { Bytes } from './bytes.ts'
import { bigIntToBytes, bitLength } from './internal/bigint.ts'
import { optionInvalid } from './internal/check.ts'

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
  if (typeof value !== 'bigint' || value < 0n) throw optionInvalid('value', 'a bigint of 0 or more')
  // One bit more than the value has: the sign.
  return bigIntToBytes(value, Math.ceil((bitLength(value) + 1) / 8))
}
