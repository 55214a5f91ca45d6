/** Every function of both entries, called with what it does not take: a coded error, never a raw one. */
import * as core from '@isoauth/core-crypto'
import * as rsaes from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { describe, expect, it } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { keys } from './support.ts'

const key = keys['encryption']!.pkcs8Pem
const publicKey = () => {
  const spki = core.base64ToBytes(keys['encryption']!.publicPem.replace(/-----[^-]+-----/g, ''))
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  return crypto.subtle.importKey('spki', spki, algorithm, true, ['verify'])
}

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

describe('each argument that is wrong is named', () => {
  const parameters = core.DH_GROUPS.modp2048
  const { prime, generator } = parameters
  const bytes = new Uint8Array(1)
  const pair = core.generateDhKeyPair(parameters)
  const shared = { parameters, privateKey: pair.privateKey, peerPublicKey: pair.publicKey }
  it.each<[string, string, () => unknown]>([
    ['options', 'generateDhKeyPair', () => core.generateDhKeyPair(parameters, wrong(null))],
    ['options', 'generateDhKeyPair', () => core.generateDhKeyPair(parameters, wrong(5))],
    ['random', 'generateDhKeyPair', () => core.generateDhKeyPair(parameters, wrong({ random: 5 }))],
    ['parameters', 'generateDhKeyPair', () => core.generateDhKeyPair(wrong(5))],
    [
      'parameters.prime',
      'generateDhKeyPair',
      () => core.generateDhKeyPair(wrong({ prime: 5, generator })),
    ],
    [
      'parameters.generator',
      'generateDhKeyPair',
      () => core.generateDhKeyPair(wrong({ prime, generator: 5 })),
    ],
    ['options', 'parseDhParameters', () => core.parseDhParameters('ff', wrong(5))],
    ['options', 'generateRsaKeyPair', () => core.generateRsaKeyPair(wrong(null))],
    ['modulusBits', 'generateRsaKeyPair', () => core.generateRsaKeyPair(wrong({ modulusBits: 1 }))],
    [
      'modulusBits',
      'generateRsaKeyPair, null',
      () => core.generateRsaKeyPair(wrong({ modulusBits: null })),
    ],
    ['key', 'hmacSha256', () => core.hmacSha256(wrong(5), 'x')],
    ['data', 'hmacSha256', () => core.hmacSha256(bytes, wrong(5))],
    ['data', 'createHmacSha256', () => core.createHmacSha256(bytes)(wrong(null))],
    ['a', 'timingSafeEqual', () => core.timingSafeEqual(wrong(5), bytes)],
    ['b', 'timingSafeEqual', () => core.timingSafeEqual(bytes, wrong(undefined))],
    ['base', 'modPow', () => core.modPow(wrong(1), 1n, 3n)],
    ['exponent', 'modPow', () => core.modPow(1n, wrong(1), 3n)],
    ['modulus', 'modPow', () => core.modPow(1n, 1n, wrong(undefined))],
    ['options', 'computeDhSharedSecret', () => core.computeDhSharedSecret(wrong(5))],
    [
      'peerPublicKey',
      'computeDhSharedSecret',
      () => core.computeDhSharedSecret(wrong({ ...shared, peerPublicKey: 5 })),
    ],
    [
      'privateKey',
      'computeDhSharedSecret',
      () => core.computeDhSharedSecret(wrong({ ...shared, privateKey: 5 })),
    ],
    [
      'parameters',
      'computeDhSharedSecret',
      () => core.computeDhSharedSecret(wrong({ ...shared, parameters: 5 })),
    ],
    ['bytes', 'bytesToHex', () => core.bytesToHex(wrong(5))],
    ['bytes', 'bytesToBase64', () => core.bytesToBase64(wrong(5))],
    ['bytes', 'bytesToBase64Url', () => core.bytesToBase64Url(wrong(5))],
    ['text', 'hexToBytes', () => core.hexToBytes(wrong(5))],
    ['text', 'base64ToBytes', () => core.base64ToBytes(wrong(5))],
    ['text', 'base64UrlToBytes', () => core.base64UrlToBytes(wrong(5))],
    ['text', 'utf8ToBytes', () => core.utf8ToBytes(wrong(5))],
    ['options', 'importRsaDecryptionKey', () => rsaes.importRsaDecryptionKey(key, wrong(5))],
    [
      'signature',
      'verifyRsaSha256',
      async () => core.verifyRsaSha256(await publicKey(), wrong(5), 'x'),
    ],
  ])('%s of %s', async (option, _, call) => {
    const refused = { code: 'CRYPTO_OPTION_INVALID', option }
    await expect((async () => call())()).rejects.toMatchObject(refused)
  })
})
