/**
 * Our arithmetic, encodings and signatures against others' that share no code with them: OpenSSL by `node:crypto`,
 * noble, the platform's own functions, `oauth-1.0a` and `jose`. More than 100,000 random cases in all.
 */
import {
  constants,
  createHmac,
  createSign,
  createVerify,
  generateKeyPairSync,
  publicEncrypt,
} from 'node:crypto'
import * as ours from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { createRequestSigner, percentEncode } from '@isoauth/ibkr-oauth1/signing'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { pow } from '@noble/curves/abstract/modular.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { importSPKI, jwtVerify } from 'jose'
import OAuth from 'oauth-1.0a'
import { describe, expect, it } from 'vitest'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const buffer = (value: Uint8Array) => Buffer.from(value)

function agree<T>(cases: number, arbitrary: fc.Arbitrary<T>, check: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, check), { numRuns: cases })
}

async function agreeLater<T>(
  cases: number,
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, check), { numRuns: cases })
}

function rsaKey(modulusLength: number) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
  return {
    ...{ privateKey, publicKey },
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  }
}

describe('HMAC', () => {
  it('SHA-256 and SHA-1: as OpenSSL and noble, 20,000 keys and messages', () => {
    agree(20_000, fc.tuple(bytes(200), bytes(300)), ([key, data]) => {
      const expected = createHmac('sha256', key).update(data).digest()
      expect(expected.equals(ours.hmacSha256(key, data))).toBe(true)
      expect(expected.equals(ours.createHmacSha256(key)(data))).toBe(true)
      expect(expected.equals(hmac(sha256, key, data))).toBe(true)
      expect(createHmac('sha1', key).update(data).digest().equals(ours.hmacSha1(key, data))).toBe(
        true,
      )
      expect(ours.bytesToHex(hmac(sha1, key, data))).toBe(ours.bytesToHex(ours.hmacSha1(key, data)))
    })
  })

  it('of text: as OpenSSL of its UTF-8, 20,000 texts', () => {
    agree(20_000, fc.tuple(bytes(80), fc.string({ unit: 'grapheme' })), ([key, text]) => {
      const expected = createHmac('sha256', key).update(text, 'utf8').digest()
      expect(expected.equals(ours.hmacSha256(key, text))).toBe(true)
    })
  })
})

describe('encodings', () => {
  it('as the platform, both ways, 20,000 times', () => {
    agree(20_000, bytes(120), (value) => {
      const native = buffer(value)
      expect(ours.bytesToHex(value)).toBe(native.toString('hex'))
      expect(ours.bytesToBase64(value)).toBe(native.toString('base64'))
      expect(ours.bytesToBase64Url(value)).toBe(native.toString('base64url'))
      expect(native.equals(ours.hexToBytes(native.toString('hex')))).toBe(true)
      expect(native.equals(ours.base64ToBytes(native.toString('base64')))).toBe(true)
      expect(native.equals(ours.base64UrlToBytes(native.toString('base64url')))).toBe(true)
    })
  })

  it('UTF-8 and percent-encoding: as the platform with the five signs of RFC 3986, 20,000 texts', () => {
    agree(20_000, fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      expect(buffer(ours.utf8ToBytes(text)).equals(Buffer.from(text, 'utf8'))).toBe(true)
      const expected = encodeURIComponent(text).replace(
        /[!'()*]/g,
        (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
      )
      expect(percentEncode(text)).toBe(expected)
    })
  })

  it('signed big-endian integers read back by a plain reading, 10,000 times', () => {
    agree(10_000, fc.bigInt({ min: 0n, max: 1n << 2048n }), (value) => {
      const spelled = ours.bigIntToTwosComplement(value)
      expect(BigInt.asIntN(8 * spelled.length, BigInt(`0x${ours.bytesToHex(spelled)}`))).toBe(value)
    })
  })

  it('comparison in constant time: as a plain one, 10,000 pairs', () => {
    agree(10_000, fc.tuple(bytes(6), bytes(6)), ([a, b]) => {
      expect(ours.timingSafeEqual(a, b)).toBe(buffer(a).equals(b))
      expect(ours.timingSafeEqual(a, new Uint8Array(a))).toBe(true)
    })
  })
})

describe('powers', () => {
  it('as noble, 3,000 of up to 512 bits', () => {
    const number = fc.bigInt({ min: 0n, max: (1n << 512n) - 1n })
    agree(3000, fc.tuple(number, number, number), ([base, exponent, below]) => {
      // noble takes no modulus of 1.
      const modulus = below + 2n
      // Nor does it reduce a base that is only to be returned.
      expect(ours.modPow(base, exponent, modulus)).toBe(pow(base % modulus, exponent, modulus))
    })
  })
})

describe('RSA', () => {
  const keys = [rsaKey(2048), rsaKey(3072)]

  it('signatures as OpenSSL, 1,000 messages', async () => {
    const imported = await Promise.all(keys.map(({ pem }) => ours.importRsaSigningKey(pem)))
    await agreeLater(1000, fc.tuple(fc.nat(1), bytes(500)), async ([which, data]) => {
      const { privateKey, publicKey } = keys[which] as (typeof keys)[number]
      const signature = await ours.signRsaSha256(imported[which] as (typeof imported)[number], data)
      const expected = createSign('sha256').update(data).sign(privateKey)
      expect(expected.equals(signature)).toBe(true)
      expect(createVerify('sha256').update(data).verify(publicKey, signature)).toBe(true)
    })
  })

  it.each(['auto', 'portable'] as const)(
    'decryption (%s) as OpenSSL encrypts, 600 messages',
    async (acceleration) => {
      const imported = await Promise.all(keys.map(({ pem }) => importRsaDecryptionKey(pem)))
      await agreeLater(600, fc.tuple(fc.nat(1), bytes(200)), async ([which, data]) => {
        const { publicKey: key } = keys[which] as (typeof keys)[number]
        const padding = constants.RSA_PKCS1_PADDING
        const ciphertext = publicEncrypt({ key, padding }, data)
        const opened = await decryptRsaPkcs1v15(
          imported[which] as (typeof imported)[number],
          ciphertext,
          { acceleration },
        )
        expect(buffer(data).equals(opened)).toBe(true)
      })
    },
  )
})

describe('signed requests', () => {
  const liveSessionToken = new Uint8Array(20).map((_, i) => i * 11)
  const signer = createRequestSigner({
    ...{ consumerKey: 'TESTCONS', accessToken: 'abc123', liveSessionToken },
    querySigning: 'wire',
  })
  const oauth = new OAuth({
    consumer: { key: 'TESTCONS', secret: '' },
    signature_method: 'HMAC-SHA256',
    realm: 'limited_poa',
    hash_function: (base) => createHmac('sha256', liveSessionToken).update(base).digest('base64'),
  })
  // What oauth-1.0a signs rightly: without names that every object has, and signs that its reading of queries loses.
  const word = fc.stringMatching(/^[A-Za-z0-9._~-]{1,12}$/).filter((name) => !(name in {}))
  const query = fc.uniqueArray(fc.tuple(word, fc.stringMatching(/^[A-Za-z0-9._~ äé€-]{0,12}$/)), {
    maxLength: 6,
    selector: ([name]) => name,
  })

  it('as oauth-1.0a, 10,000 addresses with queries', () => {
    agree(
      10_000,
      fc.tuple(word, query, fc.constantFrom('GET', 'POST', 'DELETE')),
      ([path, pairs, method]) => {
        const search = pairs
          .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
          .join('&')
        const url = `https://api.ibkr.com/v1/api/${path === '.' || path === '..' ? 'x' : path}${search && `?${search}`}`
        const [nonce, timestamp] = ['81e1c0ffee', 1_790_000_000]
        const header = signer.sign({ method, url, nonce, timestamp })
        const data = {
          oauth_consumer_key: 'TESTCONS',
          oauth_nonce: nonce,
          oauth_signature_method: 'HMAC-SHA256',
          oauth_timestamp: timestamp,
          oauth_token: 'abc123',
        }
        const signature = oauth.getSignature({ url, method }, undefined, data as never)
        expect(header).toContain(`oauth_signature="${percentEncode(signature)}"`)
      },
    )
  })
})

describe('JWTs', () => {
  it('are verified by jose, 300 assertions and bodies', async () => {
    const { pem: privateKey, publicPem } = rsaKey(3072)
    const client = createIbkrOAuth2({
      ...{ clientId: 'Client-1', keyId: 'main', privateKey, scope: 'echo.read' },
    })
    const key = await importSPKI(publicPem, 'RS256')
    const claims = fc.dictionary(
      fc.stringMatching(/^x_[a-z]{1,8}$/),
      fc.string({ unit: 'grapheme' }),
    )
    await agreeLater(150, claims, async (given) => {
      const body = await jwtVerify(await client.signJwt(given), key)
      expect(body.payload).toMatchObject({ ...given, iss: 'Client-1' })
      const { payload, protectedHeader } = await jwtVerify(await client.clientAssertion(), key)
      expect(payload).toMatchObject({ iss: 'Client-1', sub: 'Client-1' })
      expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: 'main' })
    })
  })
})
