/** Square and multiply as in a textbook: what ours is compared with, in results and in time. */
export function naiveModPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let power = 1n % modulus
  let square = ((base % modulus) + modulus) % modulus
  for (const bit of [...exponent.toString(2)].reverse()) {
    if (bit === '1') power = (power * square) % modulus
    square = (square * square) % modulus
  }
  return power
}
