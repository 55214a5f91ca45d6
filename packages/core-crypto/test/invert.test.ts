import { describe, expect, it } from 'vitest'
import { invert } from '../src/internal/rsa-decryption.ts'

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
})
