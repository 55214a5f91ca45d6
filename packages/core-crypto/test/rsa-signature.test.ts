import {
  base64ToBytes,
  generateRsaKeyPair,
  importRsaSigningKey,
  signRsaSha256,
  verifyRsaSha256,
} from '@isoauth/core-crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { spoilSignatures } from '../../../tests/support/signatures.ts'
import { coded, keys } from './support.ts'

const RSASSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const { pkcs8Pem, publicPem } = keys['signature']!

const importPublic = (pem: string) =>
  crypto.subtle.importKey(
    'spki',
    base64ToBytes(pem.replace(/-----[^-]+-----/g, '')),
    RSASSA,
    true,
    ['verify'],
  )

describe('signRsaSha256 and verifyRsaSha256', () => {
  it('sign and verify text as its UTF-8 bytes', async () => {
    const publicKey = await importPublic(publicPem)
    const key = await importRsaSigningKey(pkcs8Pem)
    const signature = await signRsaSha256(key, 'é€')
    const bytes = new TextEncoder().encode('é€')
    expect(await signRsaSha256(key, bytes)).toEqual(signature)
    expect(await signRsaSha256(pkcs8Pem, 'é€')).toEqual(signature)
    expect(await verifyRsaSha256(publicKey, signature, bytes)).toBe(true)
    expect(await verifyRsaSha256(publicKey, signature, 'é€')).toBe(true)
    expect(await verifyRsaSha256(publicKey, signature, 'e€')).toBe(false)
    expect(await verifyRsaSha256(publicKey, signature.subarray(1), 'é€')).toBe(false)
    expect(
      await verifyRsaSha256(
        publicKey,
        signature.map((byte, i) => (i === 9 ? byte ^ 1 : byte)),
        'é€',
      ),
    ).toBe(false)
  })

  it('sign what the buffer held when they were called', async () => {
    const data = Uint8Array.of(1, 2, 3)
    const pending = signRsaSha256(pkcs8Pem, data)
    data.fill(9)
    expect(await pending).toEqual(await signRsaSha256(pkcs8Pem, Uint8Array.of(1, 2, 3)))
  })

  it('let a function sign', async () => {
    const inner = await importRsaSigningKey(pkcs8Pem)
    const sign = vi.fn(
      async (data: Uint8Array) => signRsaSha256(inner, data) as Promise<Uint8Array>,
    )
    const key = await importRsaSigningKey(sign)
    expect(key.modulusBits).toBeUndefined()
    expect(await importRsaSigningKey(key)).toBe(key)
    expect(await signRsaSha256(key, 'text')).toEqual(await signRsaSha256(inner, 'text'))
    expect(sign).toHaveBeenCalledWith(new TextEncoder().encode('text'))
  })

  it.each([
    ['base64', 'A'.repeat(344)],
    ['undefined', undefined],
    ['255 bytes', new Uint8Array(255)],
    ['1025 bytes', new Uint8Array(1025)],
    ['an ArrayBuffer', new ArrayBuffer(256)],
  ])('refuse a function that returns %s', async (_, result) => {
    const key = await importRsaSigningKey(async () => result as never)
    await expect(signRsaSha256(key, 'x')).rejects.toThrow(
      coded('CRYPTO_SIGNATURE_INVALID') as Error,
    )
  })

  it('pass on what a function throws, also before it returns a promise', async () => {
    const failure = new Error('KMS is down')
    const late = () => Promise.reject(failure)
    const early = () => {
      throw failure
    }
    await expect(signRsaSha256(late, 'x')).rejects.toBe(failure)
    await expect(signRsaSha256(early, 'x')).rejects.toBe(failure)
  })

  it('name a parameter of the wrong type', async () => {
    const publicKey = await importPublic(publicPem)
    const option = (name: string) => coded('CRYPTO_OPTION_INVALID', name) as Error
    await expect(signRsaSha256(pkcs8Pem, 1 as never)).rejects.toThrow(option('data'))
    await expect(verifyRsaSha256(publicPem as never, new Uint8Array(256), 'x')).rejects.toThrow(
      option('publicKey'),
    )
    await expect(verifyRsaSha256(publicKey, 'AA' as never, 'x')).rejects.toThrow(
      option('signature'),
    )
    await expect(
      verifyRsaSha256(publicKey, new Uint8Array(256), undefined as never),
    ).rejects.toThrow(option('data'))
  })
})

describe('generateRsaKeyPair', () => {
  it('makes PEM files that import and belong together', async () => {
    const { privateKeyPem, publicKeyPem } = await generateRsaKeyPair()
    expect(privateKeyPem).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n(?:[\w+/=]{1,64}\n)+-----END PRIVATE KEY-----\n$/,
    )
    expect(publicKeyPem).toMatch(
      /^-----BEGIN PUBLIC KEY-----\n(?:[\w+/=]{1,64}\n)+-----END PUBLIC KEY-----\n$/,
    )
    const signature = await signRsaSha256(privateKeyPem, 'x')
    expect(await verifyRsaSha256(await importPublic(publicKeyPem), signature, 'x')).toBe(true)
  })

  it.each([1024, 2047, '2048', Number.NaN])('refuses %o bits', async (modulusBits) => {
    await expect(generateRsaKeyPair({ modulusBits: modulusBits as never })).rejects.toThrow(
      coded('CRYPTO_OPTION_INVALID', 'modulusBits') as Error,
    )
  })
})

describe('a platform that signs wrongly', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each([1, 2])('is asked again after %i wrong signatures', async (times) => {
    const right = await signRsaSha256(pkcs8Pem, 'x')
    const sign = spoilSignatures(times)
    expect(await signRsaSha256(pkcs8Pem, 'x')).toEqual(right)
    expect(sign).toHaveBeenCalledTimes(times + 1)
  })

  it('gives no signature after three wrong ones', async () => {
    const sign = spoilSignatures(3)
    await expect(signRsaSha256(pkcs8Pem, 'x')).rejects.toThrow(coded('CRYPTO_RSA_FAULT') as Error)
    expect(sign).toHaveBeenCalledTimes(3)
  })
})

it('tells the public half of what was imported, and of nothing else', async () => {
  const key = await importRsaSigningKey(pkcs8Pem)
  const signature = await signRsaSha256(key, 'x')
  expect(await verifyRsaSha256(key.publicKey!, signature, 'x')).toBe(true)
  const given = await importRsaSigningKey(key.cryptoKey!)
  expect([given.publicKey, (await importRsaSigningKey(async () => signature)).publicKey]).toEqual([
    undefined,
    undefined,
  ])
})
