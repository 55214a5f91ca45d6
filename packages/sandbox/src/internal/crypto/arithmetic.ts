/**
 * Plain BigInt arithmetic: square and multiply, conversions, a primality test.
 *
 * Deliberately the textbook form, independent of the clients' optimised one. Timing is of no
 * concern here: the sandbox holds no secret worth anything.
 */
import { type Bytes, randomBytes } from './bytes.ts'

/** `base ^ exponent mod modulus`, left to right: a small base costs next to nothing. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}

/** The greatest common divisor, and what `a` has to be multiplied by to give it modulo `b` (Euclid's algorithm, extended). */
export function euclid(a: bigint, b: bigint): readonly [divisor: bigint, factor: bigint] {
  let [old, rest, factor, next] = [a, b, 1n, 0n]
  while (rest !== 0n) {
    const quotient = old / rest
    ;[old, rest] = [rest, old - quotient * rest]
    ;[factor, next] = [next, factor - quotient * next]
  }
  return [old, factor]
}

/** The inverse modulo a number that has no factor in common with it. */
export function invert(value: bigint, modulus: bigint): bigint {
  const [, factor] = euclid(value, modulus)
  return ((factor % modulus) + modulus) % modulus
}

export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length
}

export function toBigInt(bytes: Uint8Array): bigint {
  let hex = '0x0'
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(hex)
}

/** Big-endian, left-padded with zero bytes to `length`. */
export function toFixedBytes(value: bigint, length: number): Bytes {
  const bytes = new Uint8Array(length)
  let rest = value
  for (let index = length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

/**
 * Big-endian two's complement, minimal: what Java's `BigInteger.toByteArray()` gives. A zero byte
 * leads whenever the bit length is a multiple of eight, since that bit would read as a sign.
 */
export function toSignedBytes(value: bigint): Bytes {
  return toFixedBytes(value, Math.floor(bitLength(value) / 8) + 1)
}

export function randomBigInt(bits: number): bigint {
  return toBigInt(randomBytes(bits / 8))
}

/** Miller-Rabin with random bases; a composite passes with a chance below 4^-rounds. */
export function isProbablyPrime(candidate: bigint, rounds = 6): boolean {
  if (candidate < 5n) return candidate === 2n || candidate === 3n
  if (candidate % 2n === 0n) return false
  let odd = candidate - 1n
  let twos = 0
  while (odd % 2n === 0n) {
    odd /= 2n
    twos++
  }
  for (let round = 0; round < rounds; round++) {
    const base = 2n + (randomBigInt(256) % (candidate - 3n))
    if (!passes(base, { odd, twos, candidate })) return false
  }
  return true
}

function passes(
  base: bigint,
  {
    odd,
    twos,
    candidate,
  }: {
    readonly odd: bigint
    readonly twos: number
    readonly candidate: bigint
  },
): boolean {
  let value = modPow(base, odd, candidate)
  if (value === 1n || value === candidate - 1n) return true
  for (let step = 1; step < twos; step++) {
    value = (value * value) % candidate
    if (value === candidate - 1n) return true
  }
  return false
}
