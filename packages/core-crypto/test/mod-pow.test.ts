import { modPow } from '@isoauth/core-crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recode, uniformWindowPow } from '../src/internal/uniform-window-pow.ts'
import { coded } from './support.ts'

function naive(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let power = 1n % modulus
  let square = ((base % modulus) + modulus) % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = (power * square) % modulus
    square = (square * square) % modulus
  }
  return power
}

const integerUpTo = (bits: bigint) => fc.bigInt({ min: 0n, max: (1n << bits) - 1n })

describe('modPow', () => {
  it('agrees with repeated multiplication on small numbers', () => {
    for (let modulus = 1n; modulus <= 12n; modulus++) {
      for (let base = -13n; base <= 13n; base++) {
        let power = 1n % modulus
        for (let exponent = 0n; exponent <= 40n; exponent++) {
          expect(modPow(base, exponent, modulus)).toBe(power)
          power = (((power * base) % modulus) + modulus) % modulus
        }
      }
    }
  })

  it('agrees with square and multiply', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(1n << 300n), max: 1n << 300n }),
        fc.oneof(integerUpTo(20n), integerUpTo(256n), integerUpTo(520n)),
        fc.oneof(integerUpTo(16n), integerUpTo(256n)),
        (base, exponent, modulus) => {
          expect(modPow(base, exponent, modulus + 1n)).toBe(naive(base, exponent, modulus + 1n))
        },
      ),
      { numRuns: 400 },
    )
  })

  it('agrees for every window width, at each exponent length, with borrows through all windows', () => {
    const modulus = (1n << 127n) - 1n
    for (let bits = 1n; bits <= 70n; bits++) {
      const top = 1n << (bits - 1n)
      for (const exponent of [top, top + 1n, 2n * top - 1n, top | (top >> 1n), top | (top >> 4n)]) {
        const expected = naive(3n, exponent, modulus)
        expect(modPow(3n, exponent, modulus)).toBe(expected)
        for (const width of [2, 3, 5, 6]) {
          expect(uniformWindowPow(3n, exponent, modulus, width)).toBe(expected)
        }
      }
    }
  })

  it('has digits 1 to 2^width only, as many for each exponent of one length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        integerUpTo(300n),
        fc.integer({ min: 2, max: 6 }),
        (length, noise, width) => {
          const exponent = BigInt.asUintN(length, noise) | (1n << BigInt(length - 1))
          const digits = recode(exponent.toString(2), width)
          expect(digits).toHaveLength(Math.ceil(length / width))
          let value = 0n
          digits.forEach((digit, i) => {
            const bits = Math.min(width, length - i * width)
            expect(digit).toBeGreaterThanOrEqual(1)
            expect(digit).toBeLessThanOrEqual(2 ** bits)
            value = (value << BigInt(bits)) + BigInt(digit)
          })
          expect(value).toBe(exponent)
        },
      ),
    )
  })

  it.each([
    ['base', [1, 2n, 3n]],
    ['exponent', [1n, '2', 3n]],
    ['exponent', [1n, -1n, 3n]],
    ['modulus', [1n, 2n, undefined]],
    ['modulus', [1n, 2n, 0n]],
    ['modulus', [1n, 2n, -3n]],
  ])('refuses an unfit %s', (option, values) => {
    expect(() => modPow(...(values as [bigint, bigint, bigint]))).toThrow(
      coded('CRYPTO_OPTION_INVALID', option) as Error,
    )
  })
})
