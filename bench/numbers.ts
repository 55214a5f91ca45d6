/** Numbers and bytes, as the contenders want them. */
import { randomBytes } from 'node:crypto'

/** A random number of exactly so many bits. */
export function randomNumber(bits: number): bigint {
  return numberOf(randomBytes(bits / 8)) | (1n << BigInt(bits - 1))
}

export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
}

/** A number in as few bytes as it needs. */
export function bytesOf(number: bigint): Buffer {
  const digits = number.toString(16)
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
}

/**
 * A group as a user registers it: a prime of 2048 bits that `openssl dhparam 2048` made, and 2. Native code knows the
 * published groups by name and treats them in another way.
 */
export const GROUP = {
  prime: BigInt(
    `0x${[
      '946c3fa9ed58eda582d0d98395fe4f09538e4dc773b18554439d97d43902e815',
      '9d24b12f2a95a3071931c9ae70c6e83051b483a65db2f48fec4b3c12b02760d0',
      'c80218b1078b9b000e8fa338deb9f890e9674087631998e3ef7c3fd49c0a4736',
      'f3d66304d189e08635676934a002b122954fe79ed6e5433156125ce277387256',
      '86bcb6e6bb2444b59b63dd624a15e810885203adcc21ad572a5c6d08d3c2c3e5',
      'a958e3fda58dc3333a6032a1cbc0baa5233eea373ed8d7cbd34ced3da9cb0517',
      '86b24724640313e8e6821cab47350b341c580ec47ad38fa718639d0eb3652ed6',
      '599b4c98a2afddd0fe6f6557cc258e6e283048862cab2048949df1805f4d0ab7',
    ].join('')}`,
  ),
  generator: 2n,
}
