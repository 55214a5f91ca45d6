/**
 * Modular power with a uniform, zero-free window: for exponents of one bit length every call makes
 * the same squarings and the same full-size products in the same order, whatever the bits are.
 *
 * The exponent's bits are cut into windows from the top; only the last may be narrower. From the
 * right each window becomes a digit 1 … 2^width: a 0 turns into 2^width and borrows one from the next.
 * The top window holds `width` bits of which the first is set, so that no borrow can use it up, and
 * there is no digit 0 whose product could be left out.
 */

/**
 * @param base - 0 … modulus - 1
 * @param exponent - 1 or more
 * @param modulus - 2 or more
 * @param width - bits a window, 2 to 6
 */
export function uniformWindowPow(
  base: bigint,
  exponent: bigint,
  modulus: bigint,
  width: number,
): bigint {
  const table: bigint[] = [base, base]
  for (let i = 2; i <= 1 << width; i++) table.push((table[i - 1]! * base) % modulus)

  const bits = exponent.toString(2)
  const digits = recode(bits, width)
  let power = table[digits[0]!]!
  for (let i = 1; i < digits.length; i++) {
    const squarings = Math.min(width, bits.length - i * width)
    for (let j = 0; j < squarings; j++) power = (power * power) % modulus
    power = (power * table[digits[i]!]!) % modulus
  }
  return power
}

/** The digits of an exponent, given in binary, from the top. */
export function recode(bits: string, width: number): number[] {
  const digits = new Array<number>(Math.ceil(bits.length / width))
  let borrow = 0
  for (let i = digits.length - 1; i >= 0; i--) {
    const window = bits.slice(i * width, (i + 1) * width)
    const digit = Number.parseInt(window, 2) - borrow
    borrow = (digit - 1) >>> 31
    digits[i] = digit + (borrow << window.length)
  }
  return digits
}
