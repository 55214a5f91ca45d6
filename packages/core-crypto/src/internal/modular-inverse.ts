/**
 * The modular inverse by Euclid's extended algorithm with Lehmer's steps (Knuth, TAOCP 4.5.2, algorithm L): the
 * quotients are found on the leading 48 bits, many of them before the long numbers are touched, which takes a
 * quarter of the time.
 */
import { mod } from '@noble/curves/abstract/modular.js'

/** The bits of a number's head, which a double holds with all that is computed of it. */
const HEAD_BITS = 48
/** Coefficients stay below this, so that a product with a head is exact. */
const COEFFICIENT_LIMIT = 0x100_0000

/**
 * Its time depends on its input: only for random numbers that are used once.
 *
 * @param value - 0 … modulus - 1
 * @param modulus - 2 or more
 * @returns 1 … modulus - 1, or undefined when the two have a common divisor
 */
export function invert(value: bigint, modulus: bigint): bigint | undefined {
  let [rest, divisor] = [modulus, value]
  let [factor, next] = [0n, 1n]
  while (divisor > 0n) {
    const [a, b, c, d] = headSteps(rest, divisor)
    if (b === 0n) {
      const quotient = rest / divisor
      ;[rest, divisor] = [divisor, rest % divisor]
      ;[factor, next] = [next, factor - quotient * next]
    } else {
      ;[rest, divisor] = [a * rest + b * divisor, c * rest + d * divisor]
      ;[factor, next] = [a * factor + b * next, c * factor + d * next]
    }
  }
  return rest === 1n ? mod(factor, modulus) : undefined
}

/** What several steps of Euclid's algorithm come to, as far as the heads tell the quotients; `b` is 0 for none. */
function headSteps(rest: bigint, divisor: bigint): [a: bigint, b: bigint, c: bigint, d: bigint] {
  const shift = BigInt(Math.max(0, 4 * rest.toString(16).length - HEAD_BITS))
  let [high, low] = [Number(rest >> shift), Number(divisor >> shift)]
  let [a, b, c, d] = [1, 0, 0, 1]
  while (low + c !== 0 && low + d !== 0) {
    const quotient = Math.floor((high + a) / (low + c))
    const [nextC, nextD] = [a - quotient * c, b - quotient * d]
    // The true quotient lies between the two; where they differ, the heads tell no more.
    const isSure = quotient === Math.floor((high + b) / (low + d))
    if (!isSure || Math.max(Math.abs(nextC), Math.abs(nextD)) > COEFFICIENT_LIMIT) break
    ;[a, b, c, d] = [c, d, nextC, nextD]
    ;[high, low] = [low, high - quotient * low]
  }
  return [BigInt(a), BigInt(b), BigInt(c), BigInt(d)]
}
