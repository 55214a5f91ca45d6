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

/** A non-negative integer to exactly `length` big-endian bytes; it must fit. */
export function bigIntToBytes(value: bigint, length: number): Bytes {
  return hexToBytes(value.toString(16).padStart(2 * length, '0'))
}

/** The number of bits of a positive integer. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16)
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0]!, 16)) + 28
}
