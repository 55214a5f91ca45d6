/**
 * Native arithmetic against ours, byte by byte, and what happens where native code is missing, broken or lies.
 */
import { constants, type createPrivateKey, generateKeyPairSync, publicEncrypt } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  computeDhSharedSecret,
  DH_GROUPS,
  generateDhKeyPair,
  hasCode,
  parseDhParameters,
  randomBytes,
} from '../src/index.ts'
import { bytesToBigInt } from '../src/internal/bytes.ts'
import { nativeDhKey } from '../src/internal/native-dh.ts'
import { nativeRsaOperation } from '../src/internal/native-rsa.ts'
import { readRsaPrivateKey } from '../src/internal/rsa-private-key.ts'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '../src/rsaes-pkcs1-v1_5.ts'

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
const numbers = readRsaPrivateKey(pem, 'decryption')
const group = DH_GROUPS.modp2048

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('on Node native code', () => {
  it('is found, and gives the known answers', () => {
    expect(nativeRsaOperation(numbers, 'auto')).toBeTypeOf('function')
    expect(nativeDhKey(group, 5n, 'auto')).toBeDefined()
  })

  it('is not asked where a caller wants the portable path', () => {
    expect(nativeRsaOperation(numbers, 'portable')).toBeUndefined()
    expect(nativeDhKey(group, 5n, 'portable')).toBeUndefined()
  })

  it('decrypts to the same bytes as our own arithmetic', async () => {
    const [auto, portable] = await Promise.all(
      (['auto', 'portable'] as const).map((acceleration) =>
        importRsaDecryptionKey(pem, { acceleration }),
      ),
    )
    for (let length = 0; length <= 245; length += 35) {
      const message = randomBytes(length)
      const padding = constants.RSA_PKCS1_PADDING
      const ciphertext = new Uint8Array(publicEncrypt({ key: key.publicKey, padding }, message))
      expect(await decryptRsaPkcs1v15(auto!, ciphertext)).toEqual(message)
      expect(await decryptRsaPkcs1v15(portable!, ciphertext)).toEqual(message)
    }
  })

  it('tells bad padding with the same code and words as our own arithmetic', async () => {
    for (let i = 0; i < 20; i++) {
      const ciphertext = randomBytes(256)
      ciphertext[0] = 0
      const errors = await Promise.all(
        (['auto', 'portable'] as const).map(async (acceleration) =>
          decryptRsaPkcs1v15(await importRsaDecryptionKey(pem, { acceleration }), ciphertext).catch(
            (error: unknown) => error,
          ),
        ),
      )
      expect(errors[0]).toEqual(errors[1])
      expect(hasCode(errors[0], 'CRYPTO_RSA_PADDING')).toBe(true)
    }
  })

  it.each([
    ['modp2048', DH_GROUPS.modp2048],
    ['ffdhe2048', DH_GROUPS.ffdhe2048],
    ['ffdhe2048 with another generator', { ...DH_GROUPS.ffdhe2048, generator: 5n }],
  ])('agrees on the same secret as our own arithmetic: %s', (_name, parameters) => {
    for (let i = 0; i < 10; i++) {
      const bytes = randomBytes(32)
      // Short exponents and long ones, those with zeros in front among them.
      if (i % 2 === 0) bytes.fill(0, 0, i * 3)
      const random = () => bytes
      const ours = generateDhKeyPair(parameters, { random, acceleration: 'auto' })
      const same = generateDhKeyPair(parameters, { random, acceleration: 'portable' })
      expect(ours).toEqual(same)
      const peerPublicKey = generateDhKeyPair(parameters).publicKey
      const secrets = [ours, same, ours.privateKey].flatMap((privateKey) =>
        (['auto', 'portable'] as const).map((acceleration) =>
          computeDhSharedSecret({ parameters, privateKey, peerPublicKey, acceleration }),
        ),
      )
      expect(new Set(secrets).size).toBe(1)
    }
  })

  it.each(['auto', 'portable'] as const)('refuses a key in a tiny subgroup: %s', (acceleration) => {
    // A generator of order 3 modulo a prime of which one less is a multiple of 3.
    const prime = 2n ** 2203n - 1n
    const power = (base: bigint, exponent: bigint): bigint => {
      if (exponent === 0n) return 1n
      const half = power(base, exponent / 2n)
      return (((half * half) % prime) * (exponent % 2n ? base : 1n)) % prime
    }
    let tiny = 1n
    for (let base = 2n; tiny === 1n; base++) tiny = power(base, (prime - 1n) / 3n)
    const parameters = { prime, generator: 3n }
    const attempt = () =>
      computeDhSharedSecret({
        parameters,
        privateKey: 3n * 2n ** 250n,
        peerPublicKey: tiny,
        acceleration,
      })
    expect(attempt).toThrow(expect.objectContaining({ code: 'CRYPTO_DH_PUBLIC_KEY_RANGE' }))
  })

  it.each([
    ['a named group', DH_GROUPS.modp2048],
    ['another group', { ...DH_GROUPS.modp2048, generator: 5n }],
  ])(
    'takes keys on both sides of the subgroup, as our own arithmetic does: %s',
    (_name, parameters) => {
      for (const peerPublicKey of [2n, 3n, 5n, 7n, 11n, 13n, parameters.prime - 2n]) {
        const [native, own] = (['auto', 'portable'] as const).map((acceleration) =>
          computeDhSharedSecret({
            parameters,
            privateKey: 2n ** 255n + 1n,
            peerPublicKey,
            acceleration,
          }),
        )
        expect(native).toBe(own)
      }
    },
  )

  it('tells a number that is not prime from one that is, as our own arithmetic does', () => {
    const { prime } = group
    const isTaken = (number: bigint, acceleration: 'auto' | 'portable') => {
      try {
        return parseDhParameters(number.toString(16), { acceleration }).prime === number
      } catch (error) {
        expect(hasCode(error, 'CRYPTO_DH_PARAMETERS_INVALID')).toBe(true)
        return false
      }
    }
    for (const number of [prime - 2n, prime + 4n, prime + 6n]) {
      expect(isTaken(number, 'auto')).toBe(isTaken(number, 'portable'))
    }
    // A prime that passed is not tested again, so each way has one of its own.
    expect(isTaken(prime, 'auto')).toBe(true)
    expect(isTaken(DH_GROUPS.ffdhe2048.prime, 'portable')).toBe(true)
    expect([2n, 4n, 6n, 8n, 10n].map((step) => isTaken(prime + step, 'auto'))).not.toContain(true)
  })

  it('does not use the native form of a pair for another group', () => {
    const pair = generateDhKeyPair(DH_GROUPS.modp2048)
    const parameters = DH_GROUPS.ffdhe2048
    const peerPublicKey = generateDhKeyPair(parameters).publicKey
    const [mixed, right] = [pair, pair.privateKey].map((privateKey) =>
      computeDhSharedSecret({ parameters, privateKey, peerPublicKey, acceleration: 'portable' }),
    )
    expect(mixed).toBe(right)
  })
})

/** The prime of RFC 3526's group 16, of 4096 bits: 2^4096 - 2^4032 - 1 + 2^64 (floor(2^3966 pi) + 240904). */
function modp4096(): bigint {
  const arctan = (of: bigint) => {
    let sum = 0n
    for (let term = (1n << 4100n) / of, n = 1n; term !== 0n; n += 2n, term /= -of * of) {
      sum += term / n
    }
    return sum
  }
  const pi = (4n * (4n * arctan(5n) - arctan(239n))) >> 134n
  return (1n << 4096n) - (1n << 4032n) - 1n + ((pi + 240904n) << 64n)
}

it('tests a prime once, however many clients are made with it', () => {
  const hex = modp4096().toString(16)
  const timed = () => {
    const begun = performance.now()
    expect(parseDhParameters(hex, { acceleration: 'portable' }).generator).toBe(2n)
    return performance.now() - begun
  }
  const first = timed()
  expect(Math.min(timed(), timed(), timed())).toBeLessThan(first / 4)
})

it('a key pair that was altered is taken as it is now', () => {
  const pair = generateDhKeyPair(group)
  const peerPublicKey = generateDhKeyPair(group).publicKey
  const altered = Object.assign(pair, { privateKey: pair.privateKey ^ 2n })
  const secrets = [altered, altered.privateKey].map((privateKey) =>
    computeDhSharedSecret({ parameters: group, privateKey, peerPublicKey }),
  )
  expect(secrets[0]).toBe(secrets[1])
})

describe('our own arithmetic takes over from the beginning where native code', () => {
  const real = process.getBuiltinModule('node:crypto')

  function give(native: unknown, more: object = {}): void {
    vi.stubGlobal('process', {
      versions: process.versions,
      getBuiltinModule: () => native,
      ...more,
    })
  }

  it.each<[string, () => void]>([
    ['is missing: no process', () => vi.stubGlobal('process', undefined)],
    ['is missing: an older Node', () => give(undefined, { getBuiltinModule: undefined })],
    ['is not given', () => give(undefined)],
    ['is null, as a stand-in for process may say it', () => give(null)],
    ['is a text, from a stand-in that answers anything', () => give('')],
    ['is another module of that name', () => give({})],
    [
      'may not be asked for',
      () =>
        give(0, {
          getBuiltinModule: () => {
            throw new Error('no')
          },
        }),
    ],
    ['is that of Deno', () => give(real, { versions: { deno: '2.9.6' } })],
    [
      'is that of Workers',
      () => {
        give(real)
        vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
      },
    ],
    [
      'gives a wrong answer',
      () =>
        give({
          ...real,
          privateDecrypt: () => new Uint8Array(128),
          diffieHellman: () => new Uint8Array(64),
        }),
    ],
    [
      'throws',
      () =>
        give({
          ...real,
          createPrivateKey: () => {
            throw new Error('unsupported')
          },
        }),
    ],
  ])('%s', async (_name, arrange) => {
    arrange()
    expect(nativeRsaOperation(numbers, 'auto')).toBeUndefined()
    expect(nativeDhKey(group, 5n, 'auto')).toBeUndefined()
    const message = randomBytes(20)
    const padding = constants.RSA_PKCS1_PADDING
    const ciphertext = new Uint8Array(publicEncrypt({ key: key.publicKey, padding }, message))
    expect(await decryptRsaPkcs1v15(await importRsaDecryptionKey(pem), ciphertext)).toEqual(message)
    const [ours, theirs] = [generateDhKeyPair(group), generateDhKeyPair(group)]
    const secret = (mine: typeof ours, other: typeof ours) =>
      computeDhSharedSecret({ parameters: group, privateKey: mine, peerPublicKey: other.publicKey })
    expect(secret(ours, theirs)).toBe(secret(theirs, ours))
  })

  it('is tested once, whatever comes of it', () => {
    let asked = 0
    give({
      ...real,
      createPrivateKey: (...given: Parameters<typeof createPrivateKey>) => {
        asked++
        return real.createPrivateKey(...given)
      },
      privateDecrypt: () => new Uint8Array(128),
    })
    for (let i = 0; i < 3; i++) expect(nativeRsaOperation(numbers, 'auto')).toBeUndefined()
    expect(asked).toBe(1)
  })
})

describe('never in the middle:', () => {
  it('a native operation that fails is a fault, and no second attempt by another path', async () => {
    const real = process.getBuiltinModule('node:crypto')
    let broken = false
    vi.stubGlobal('process', {
      versions: process.versions,
      getBuiltinModule: () => ({
        ...real,
        privateDecrypt: (...given: Parameters<typeof real.privateDecrypt>) => {
          if (broken) throw new Error('a message of the platform')
          return real.privateDecrypt(...given)
        },
      }),
    })
    const imported = await importRsaDecryptionKey(pem)
    broken = true
    const error = await decryptRsaPkcs1v15(imported, new Uint8Array(256)).catch((e: unknown) => e)
    expect(hasCode(error, 'CRYPTO_RSA_FAULT')).toBe(true)
    expect(String(error)).not.toContain('of the platform')
  })
})

describe('the option acceleration', () => {
  it.each([null, 'native', 1, true, {}])('refuses %s', async (acceleration) => {
    const given = { acceleration: acceleration as 'auto' }
    const refused = expect.objectContaining({
      code: 'CRYPTO_OPTION_INVALID',
      option: 'acceleration',
    })
    await expect(importRsaDecryptionKey(pem, given)).rejects.toThrow(refused)
    expect(() => generateDhKeyPair(group, given)).toThrow(refused)
    expect(() => parseDhParameters(group.prime.toString(16), given)).toThrow(refused)
    for (const privateKey of [5n, generateDhKeyPair(group)]) {
      const values = { parameters: group, privateKey, peerPublicKey: 7n, ...given }
      expect(() => computeDhSharedSecret(values)).toThrow(refused)
    }
  })
})

it('numbers go to native code without losing zeros in front', () => {
  const operation = nativeRsaOperation(numbers, 'auto')!
  const ciphertext = new Uint8Array(256)
  ciphertext[255] = 1
  expect(bytesToBigInt(operation(ciphertext))).toBe(1n)
})
