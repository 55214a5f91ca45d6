import { describe, expect, it } from 'vitest'
import { bytesToBigInt, randomBytes } from '../src/internal/bytes.ts'
import { invert } from '../src/internal/modular-inverse.ts'

describe('invert', () => {
  it('gives the one inverse of every number that has one, and of no other', () => {
    for (let modulus = 2n; modulus < 40n; modulus++) {
      for (let value = 0n; value < modulus; value++) {
        let expected: bigint | undefined
        for (let x = 1n; x < modulus; x++) if ((x * value) % modulus === 1n) expected = x
        expect(invert(value, modulus)).toBe(expected)
      }
    }
  })

  it('gives an inverse or the proof that there is none, at every length and at its edges', () => {
    for (const bits of [40, 47, 48, 49, 53, 64, 96, 97, 128, 521, 1024, 2048, 4096]) {
      const modulus = (1n << BigInt(bits)) + 2n * bytesToBigInt(randomBytes(4)) + 1n
      const edges = [0n, 1n, 2n, 3n, modulus - 1n, modulus - 2n, modulus / 2n, modulus / 3n]
      const steep = [1n << BigInt(bits >> 1), (1n << BigInt(bits - 1)) - 1n, modulus >> 47n]
      const random = Array.from({ length: 20 }, () => bytesToBigInt(randomBytes(bits)) % modulus)
      for (const value of [...edges, ...steep, ...random]) {
        const inverse = invert(value, modulus)
        if (inverse === undefined) expect(commonDivisor(value, modulus)).toBeGreaterThan(1n)
        else expect([(inverse * value) % modulus, inverse < modulus]).toEqual([1n, true])
      }
    }
  })

  it('takes neighbours of the Fibonacci series, whose quotients are all 1', () => {
    let [a, b] = [1n, 2n]
    for (let i = 0; i < 3000; i++) {
      ;[a, b] = [b, a + b]
      if (i % 97 === 0) expect(((invert(a, b) ?? 0n) * a) % b).toBe(1n)
    }
  })
})

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b)
}
