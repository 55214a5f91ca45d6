import { randomBytes } from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { pow } from '@noble/curves/abstract/modular.js'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { bigIntToBytes, bytesToBigInt } from '../src/internal/bytes.ts'
import { blindedExponent, decodeEmePkcs1, rsaCrt } from '../src/internal/rsa-decryption.ts'
import type { RsaPrivateNumbers } from '../src/internal/rsa-private-key.ts'
import { coded, numbers, pkcs1 } from './support.ts'

const { n, e, p, q } = numbers
const encrypt = (encoded: Uint8Array) => bigIntToBytes(pow(bytesToBigInt(encoded), e, n), 256)

/** 00 02, padding without zeros, 00, message. */
function encode(message: Uint8Array, paddingLength = 253 - message.length): Uint8Array {
  const padding = randomBytes(paddingLength).map((byte) => byte || 1)
  return Uint8Array.of(0, 2, ...padding, 0, ...message)
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (a !== 0n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x]
  return ((y % modulus) + modulus) % modulus
}

/** Numbers that belong together, whether p and q are primes or not. */
function numbersOf(p: bigint, q: bigint): RsaPrivateNumbers {
  const [p1, q1] = [p - 1n, q - 1n]
  let [a, b] = [p1, q1]
  while (b !== 0n) [a, b] = [b, a % b]
  const d = inverse(e, q1 === 0n ? p1 : (p1 / a) * q1)
  return { n: p * q, e, d, p, q, dp: d % p1, dq: q1 && d % q1, qi: inverse(q, p) }
}

describe('rsaCrt', () => {
  it('is the inverse of the public operation, also for 0, 1, n - 1 and multiples of p and q', () => {
    for (const value of [0n, 1n, 2n, n - 1n, p, q, p * 2n, bytesToBigInt(randomBytes(255))]) {
      expect(rsaCrt(numbers, pow(value, e, n))).toBe(value)
    }
  })

  it('blinds base and exponents with fresh random numbers', () => {
    const random = vi.spyOn(crypto, 'getRandomValues')
    const value = bytesToBigInt(new Uint8Array(255).fill(7))
    const ciphertext = pow(value, e, n)
    expect(rsaCrt(numbers, ciphertext)).toBe(value)
    expect(rsaCrt(numbers, ciphertext)).toBe(value)
    const lengths = random.mock.calls.map(([bytes]) => bytes?.byteLength)
    random.mockRestore()
    // 64 bits more than the modulus has, and 64 bits for each exponent.
    expect(lengths).toEqual([264, 8, 8, 264, 8, 8])
  })

  it('blinds an exponent by 64 random bits, which its power does not show', () => {
    const { dp } = numbers
    const blinded = Array.from({ length: 20 }, () => blindedExponent(dp, p))
    for (const exponent of blinded) {
      expect(exponent % (p - 1n)).toBe(dp)
      expect((exponent / (p - 1n)).toString(2)).toHaveLength(64)
    }
    expect(new Set(blinded).size).toBe(20)
  })

  it.each(['dp', 'dq', 'qi'] as const)('holds back a result made wrong by %s', (name) => {
    const faulty = { ...numbers, [name]: numbers[name] ^ 4n }
    expect(() => rsaCrt(faulty, 12345n)).toThrow(coded('CRYPTO_RSA_FAULT') as Error)
  })

  it('holds back what a key with a composite p gives', async () => {
    const file = pkcs1(numbersOf(p * 5n, q))
    const key = await importRsaDecryptionKey(file, { acceleration: 'portable' })
    const ciphertext = new Uint8Array(Math.ceil(key.modulusBits / 8)).fill(3)
    ciphertext[0] = 0
    await expect(decryptRsaPkcs1v15(key, ciphertext)).rejects.toThrow(
      coded('CRYPTO_RSA_FAULT') as Error,
    )
  })
})

describe('importRsaDecryptionKey', () => {
  it.each([
    ['an even p', numbersOf(p + 1n, q)],
    ['an even q', numbersOf(p, q + 1n)],
    ['q = 1', numbersOf(n, 1n)],
  ])('refuses %s', async (_, unfit) => {
    await expect(importRsaDecryptionKey(pkcs1(unfit))).rejects.toThrow(
      coded('CRYPTO_KEY_INCONSISTENT') as Error,
    )
  })
})

describe('decodeEmePkcs1', () => {
  it('agrees with a plain reading of the standard', () => {
    const plain = (encoded: Uint8Array): Uint8Array | undefined => {
      const separator = encoded.indexOf(0, 2)
      const good = encoded[0] === 0 && encoded[1] === 2 && separator >= 10
      return good ? encoded.slice(separator + 1) : undefined
    }
    const byte = fc.constantFrom(0, 0, 1, 2, 0x7f, 0x80, 0xff)
    const encodedMessage = fc
      .tuple(
        fc.constantFrom(0, 0, 0, 1, 0x80),
        fc.constantFrom(2, 2, 2, 0, 1, 3, 0xff),
        fc.nat(14),
        fc.array(byte, { maxLength: 6 }),
      )
      .map(([first, second, padding, rest]) =>
        Uint8Array.of(first, second, ...new Array(padding).fill(0xa5), ...rest),
      )
      .filter((encoded) => encoded.length >= 11)
    fc.assert(
      fc.property(encodedMessage, (encoded) => {
        const expected = plain(encoded)
        if (expected === undefined) {
          expect(() => decodeEmePkcs1(encoded)).toThrow(coded('CRYPTO_RSA_PADDING') as Error)
        } else {
          expect(decodeEmePkcs1(encoded)).toEqual(expected)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('decryptRsaPkcs1v15', () => {
  it('gives back messages of every kind of length', async () => {
    const key = await importRsaDecryptionKey(pkcs1(numbers))
    for (const length of [0, 1, 20, 128, 244, 245]) {
      const message = randomBytes(length)
      expect(await decryptRsaPkcs1v15(key, encrypt(encode(message)))).toEqual(message)
    }
  })

  it('has one error for every bad padding', async () => {
    const key = await importRsaDecryptionKey(pkcs1(numbers))
    const good = encode(randomBytes(20))
    const change = (at: number, value: number) => good.map((byte, i) => (i === at ? value : byte))
    const bad = [
      change(0, 1),
      change(1, 1),
      change(1, 0),
      change(2, 0),
      change(9, 0),
      good.map((byte, i) => (i > 1 ? byte || 1 : byte)),
      encode(randomBytes(246), 7),
      new Uint8Array(256),
      Uint8Array.of(0, ...new Array(255).fill(255)),
    ]
    const seen = new Set<string>()
    for (const encoded of bad) {
      // Reduced modulo n, what does not begin with a zero byte is another bad message.
      const ciphertext = bigIntToBytes(pow(bytesToBigInt(encoded) % n, e, n), 256)
      const error = await decryptRsaPkcs1v15(key, ciphertext).catch((caught: unknown) => caught)
      expect(error).toEqual(coded('CRYPTO_RSA_PADDING'))
      seen.add(JSON.stringify(error))
    }
    expect(seen.size).toBe(1)
  })

  it('names a parameter of the wrong type', async () => {
    const key = await importRsaDecryptionKey(pkcs1(numbers))
    const option = (name: string) => coded('CRYPTO_OPTION_INVALID', name) as Error
    const ciphertext = new Uint8Array(256)
    await expect(decryptRsaPkcs1v15({} as never, ciphertext)).rejects.toThrow(option('key'))
    await expect(decryptRsaPkcs1v15('pem' as never, ciphertext)).rejects.toThrow(option('key'))
    await expect(decryptRsaPkcs1v15(key, 'AA==' as never)).rejects.toThrow(option('ciphertext'))
  })
})
