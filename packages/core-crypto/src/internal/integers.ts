/**
 * Integers and bytes: I2OSP and OS2IP of RFC 8017 section 4, by way of hexadecimal, which costs
 * linear time where shifting byte by byte costs quadratic time; and the signed form of Java and DER.
 */
import type { Bytes } from './bytes.ts'
import { bytesToHex, hexToBytes } from './encoding.ts'
import { refuse } from './refusals.ts'

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
