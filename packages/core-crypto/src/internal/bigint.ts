/**
 * Integers and bytes: I2OSP and OS2IP of RFC 8017 section 4, by way of hexadecimal, which costs
 * linear time where shifting byte by byte costs quadratic time.
 */
import type { Bytes } from '../bytes.ts'
import { bytesToHex, hexToBytes } from '../encoding.ts'

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
