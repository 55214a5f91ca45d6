/**
 * The modular inverse by the extended Euclidean algorithm (Knuth, TAOCP 4.5.2, algorithm X). Its time
 * depends on its input: only for random numbers that are used once.
 */
import { mod } from '@noble/curves/abstract/modular.js'

/**
 * @param value - 0 … modulus - 1
 * @param modulus - 2 or more
 * @returns 1 … modulus - 1, or undefined when the two have a common divisor
 */
export function invert(value: bigint, modulus: bigint): bigint | undefined {
  let [rest, divisor] = [modulus, value]
  let [factor, next] = [0n, 1n]
  while (divisor > 0n) {
    const quotient = rest / divisor
    ;[rest, divisor] = [divisor, rest % divisor]
    ;[factor, next] = [next, factor - quotient * next]
  }
  return rest === 1n ? mod(factor, modulus) : undefined
}
