/**
 * Properties of the arithmetic over many random cases, against implementations that share no code
 * with it: a textbook loop, RSA in plain BigInt, and OpenSSL.
 */
import {
  constants,
  createDiffieHellman,
  createPrivateKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import {
  bigIntToTwosComplement,
  computeDhSharedSecret,
  generateDhKeyPair,
  hasCode,
  modPow,
} from '@isoauth/core-crypto'
import {
  decryptRsaPkcs1v15,
  importRsaDecryptionKey,
  type RsaDecryptionKey,
} from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import vectors from '../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { naiveModPow } from './naive-mod-pow.ts'

/** Integers of any length up to `bits`, short ones as often as long ones. */
const integer = (bits: number) =>
  fc
    .integer({ min: 0, max: bits })
    .chain((length) => fc.bigInt({ min: 0n, max: (1n << BigInt(length)) - 1n }))

/** Runs of equal bits, where windows and borrows have their edges. */
const striped = (bits: number) =>
  fc
    .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 60 })
    .map((runs) => runs.map(([bit, length]) => (bit ? '1' : '0').repeat(length)).join(''))
    .map((digits) => BigInt(`0b${digits.slice(0, bits)}`))

describe('modPow', () => {
  it('agrees with square and multiply up to 2048 bits', () => {
    fc.assert(
      fc.property(
        integer(2048),
        fc.oneof(integer(2048), striped(2048)),
        integer(2048),
        (base, exponent, below) => {
          const modulus = below + 1n
          expect(modPow(base, exponent, modulus)).toBe(naiveModPow(base, exponent, modulus))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('turns sums of exponents into products, and has period prime - 1', () => {
    const prime = BigInt(`0x${vectors.dhGroups.openssl.primeHex}`)
    fc.assert(
      fc.property(integer(2048), integer(512), integer(512), (seed, a, b) => {
        const base = (seed % (prime - 1n)) + 1n
        const product = (modPow(base, a, prime) * modPow(base, b, prime)) % prime
        expect(modPow(base, a + b, prime)).toBe(product)
        expect(modPow(base, a + prime - 1n, prime)).toBe(modPow(base, a, prime))
      }),
      { numRuns: 100 },
    )
  })
})

describe('Diffie-Hellman', () => {
  it.each(Object.entries(vectors.dhGroups))('agrees with OpenSSL, group %s', (_, group) => {
    const parameters = {
      prime: BigInt(`0x${group.primeHex}`),
      generator: BigInt(group.generator),
    }
    const openssl = createDiffieHellman(Buffer.from(group.primeHex, 'hex'), group.generator)
    for (let i = 0; i < 300; i++) {
      const bytes = randomBytes(32)
      const { privateKey, publicKey } = generateDhKeyPair(parameters, { random: () => bytes })
      openssl.setPrivateKey(bytes)
      expect(publicKey).toBe(toBigInt(openssl.generateKeys()))

      openssl.setPrivateKey(randomBytes(32))
      const peerPublicKey = toBigInt(openssl.generateKeys())
      const shared = computeDhSharedSecret({ parameters, privateKey, peerPublicKey })
      expect(shared).toBe(toBigInt(openssl.computeSecret(toBytes(publicKey, 256))))
    }
  })

  it('spells shared secrets as signed numbers that read back, in the fewest bytes', () => {
    fc.assert(
      fc.property(fc.oneof(integer(2048), striped(2048)), (value) => {
        const bytes = bigIntToTwosComplement(value)
        const unsigned = toBigInt(bytes)
        expect(BigInt.asIntN(bytes.length * 8, unsigned)).toBe(value)
        if (bytes.length > 1) {
          expect(BigInt.asIntN((bytes.length - 1) * 8, unsigned)).not.toBe(value)
        }
      }),
      { numRuns: 20_000 },
    )
  })
})

describe('RSAES-PKCS1-v1_5 decryption', () => {
  interface Pair {
    readonly bits: number
    readonly pem: string
    readonly n: bigint
    readonly e: bigint
    readonly key: RsaDecryptionKey
  }
  const pairs: Pair[] = []

  beforeAll(async () => {
    for (const bits of [2048, 2048, 2056, 3072]) {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      const { n = '', e = '' } = createPrivateKey(pem).export({ format: 'jwk' })
      const [modulus, exponent] = [n, e].map((text) => toBigInt(Buffer.from(text, 'base64url')))
      pairs.push({
        bits,
        pem,
        n: modulus as bigint,
        e: exponent as bigint,
        key: await importRsaDecryptionKey(pem),
      })
    }
  })

  /** By the book, in BigInt alone: RFC 8017 section 7.2.1. */
  const encrypt = ({ n, e, bits }: Pair, message: Uint8Array) =>
    encryptEncoded({ n, e, bits }, encode(message, bits / 8))
  const encryptEncoded = ({ n, e, bits }: Pick<Pair, 'n' | 'e' | 'bits'>, encoded: Uint8Array) =>
    toBytes(naiveModPow(toBigInt(encoded), e, n), bits / 8)
  const encryptByOpenssl = ({ pem }: Pair, message: Uint8Array) =>
    publicEncrypt({ key: pem, padding: constants.RSA_PKCS1_PADDING }, message)

  it('gives back every length of message, from either encryption', async () => {
    const [pair] = pairs as [Pair]
    for (let length = 0; length <= 245; length++) {
      const message = randomBytes(length)
      for (const ciphertext of [encrypt(pair, message), encryptByOpenssl(pair, message)]) {
        expect(Buffer.from(await decryptRsaPkcs1v15(pair.key, ciphertext))).toEqual(message)
      }
    }
  })

  it('gives back random messages under keys of several sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.boolean(),
        fc.uint8Array({ maxLength: 245 }),
        async (index, byOpenssl, message) => {
          const pair = pairs[index % pairs.length] as Pair
          const ciphertext = (byOpenssl ? encryptByOpenssl : encrypt)(pair, message)
          expect(await decryptRsaPkcs1v15(pair.key, ciphertext)).toEqual(message)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('agrees with OpenSSL and a plain reading on what is padded rightly', async () => {
    const [pair] = pairs as [Pair]
    const raw = { key: pair.pem, padding: constants.RSA_NO_PADDING }
    const outcomes = { message: 0, refused: 0 }
    for (let i = 0; i < 1500; i++) {
      const encoded = damaged(encode(randomBytes(i % 246), 256))
      const ciphertext = encryptEncoded(pair, encoded)
      const expected = readPadding(privateDecrypt(raw, ciphertext))
      const found = await decryptRsaPkcs1v15(pair.key, ciphertext).catch((error) => {
        if (!hasCode(error, 'CRYPTO_RSA_PADDING')) throw error
        return undefined
      })
      expect(found && Buffer.from(found), Buffer.from(encoded).toString('hex')).toEqual(expected)
      outcomes[found === undefined ? 'refused' : 'message']++
    }
    expect(outcomes.message).toBeGreaterThan(100)
    expect(outcomes.refused).toBeGreaterThan(100)
  })
})

/** 00 02, at least eight bytes that are not zero, 00, the message. */
function encode(message: Uint8Array, length: number): Uint8Array {
  const padding = randomBytes(length - 3 - message.length).map((byte) => byte || 1)
  return Uint8Array.of(0, 2, ...padding, 0, ...message)
}

/** Changes one or two bytes among the first twelve, where the padding is decided, or none. */
function damaged(encoded: Uint8Array): Uint8Array {
  const copy = encoded.slice()
  const [changes, ...choices] = randomBytes(5)
  for (let i = 0; i < (changes as number) % 3; i++) {
    const at = (choices[2 * i] as number) % 12
    // The first byte stays 0 or 1, so that the number stays below the modulus.
    const values = at === 0 ? [0, 1] : [0, 1, 2, 255]
    copy[at] = values[(choices[2 * i + 1] as number) % values.length] as number
  }
  return copy
}

/** RFC 8017 section 7.2.2 step 3, plainly. */
function readPadding(encoded: Buffer): Buffer | undefined {
  const separator = encoded.indexOf(0, 2)
  if (encoded[0] !== 0 || encoded[1] !== 2 || separator < 10) return undefined
  return encoded.subarray(separator + 1)
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
}

function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex')
}
