/** Every function of both entries, called with what it does not take: a coded error, never a raw one. */
import * as core from '@isoauth/core-crypto'
import * as rsaes from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { describe, expect, it } from 'vitest'

const WRONG: [string, unknown[]][] = [
  ['nothing', []],
  ['null', [null, null, null]],
  ['a number', [7, 7, 7]],
  ['NaN', [Number.NaN, Number.NaN, Number.NaN]],
  ['a text', ['x', 'x', 'x']],
  ['an array', [[], [], []]],
  ['an object', [{}, {}, {}]],
  ['a boolean', [true, true, true]],
  ['a symbol', [Symbol('x'), Symbol('x'), Symbol('x')]],
  ['an object without a prototype', [Object.create(null), Object.create(null)]],
]

/** What is right by its own promise: nothing is wrong about these. */
const RIGHT = new Set([
  'utf8ToBytes: a text',
  'generateRsaKeyPair: nothing',
  'generateRsaKeyPair: an object',
  'generateRsaKeyPair: an object without a prototype',
  'randomBytes: a number',
  'isBytes',
  'hasCode',
])

const functions = Object.entries({ ...core, ...rsaes }).filter(
  ([name, value]) =>
    typeof value === 'function' && !/Error$/.test(name) && name !== 'RsaDecryptionKey',
) as [string, (...args: unknown[]) => unknown][]

describe.each(functions)('%s', (name, call) => {
  it.each(WRONG)('called with %s', async (kind, args) => {
    const outcome = await (async () => call(...args))().then(
      () => 'fulfilled' as const,
      (error: unknown) => error,
    )
    if (RIGHT.has(name) || RIGHT.has(`${name}: ${kind}`)) {
      expect(outcome).toBe('fulfilled')
      return
    }
    expect(outcome).toBeInstanceOf(core.CryptoError)
    expect((outcome as Error).message).toMatch(/^\S.*\.$/s)
  })
})

it('an object that only looks like a CryptoKey is refused where it is used', async () => {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: { name: 'SHA-256' },
    modulusLength: 2048,
  }
  const key = (type: string, usage: string) => ({
    type,
    extractable: true,
    algorithm,
    usages: [usage],
  })
  const bytes = new Uint8Array(256)
  const refused = expect.objectContaining({ code: 'CRYPTO_KEY_REFUSED' })
  await expect(core.verifyRsaSha256(key('public', 'verify'), bytes, 'x')).rejects.toEqual(refused)
  await expect(core.signRsaSha256(key('private', 'sign'), 'x')).rejects.toEqual(refused)
  await expect(rsaes.importRsaDecryptionKey(key('private', 'sign'))).rejects.toEqual(refused)
})

it('every function was called', () => {
  expect(functions.length).toBeGreaterThanOrEqual(25)
})

describe('right first arguments and a wrong second', () => {
  const parameters = core.DH_GROUPS.modp2048
  it.each<[string, () => unknown]>([
    ['generateDhKeyPair(p, null)', () => core.generateDhKeyPair(parameters, null as never)],
    ['generateDhKeyPair(p, 5)', () => core.generateDhKeyPair(parameters, 5 as never)],
    [
      'generateDhKeyPair(p, { random: 5 })',
      () => core.generateDhKeyPair(parameters, { random: 5 as never }),
    ],
    ['generateRsaKeyPair(null)', () => core.generateRsaKeyPair(null as never)],
    [
      'generateRsaKeyPair({ modulusBits: 1 })',
      () => core.generateRsaKeyPair({ modulusBits: 1 as never }),
    ],
    ['hmacSha256(bytes, 5)', () => core.hmacSha256(new Uint8Array(1), 5 as never)],
    [
      'createHmacSha256(bytes)(null)',
      () => core.createHmacSha256(new Uint8Array(1))(null as never),
    ],
    ['timingSafeEqual(bytes)', () => core.timingSafeEqual(new Uint8Array(1), undefined as never)],
    ['modPow(1n, 1n)', () => core.modPow(1n, 1n, undefined as never)],
    [
      'computeDhSharedSecret({ parameters })',
      () => core.computeDhSharedSecret({ parameters } as never),
    ],
  ])('%s', async (_, call) => {
    await expect((async () => call())()).rejects.toMatchObject({ code: 'CRYPTO_OPTION_INVALID' })
  })
})
