/** The error base, and that no error of any code tells a secret. */
import {
  base64ToBytes,
  bytesToBase64,
  bytesToHex,
  CodedError,
  CryptoError,
  type CryptoErrorCode,
  computeDhSharedSecret,
  DH_GROUPS,
  generateDhKeyPair,
  hasCode,
  hexToBytes,
  importRsaSigningKey,
  modPow,
  parseDhParameters,
  randomBytes,
  signRsaSha256,
} from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bigIntToBytes } from '../src/internal/bytes.ts'
import { encodeDer } from '../src/internal/der.ts'
import { rsaCrt } from '../src/internal/rsa-decryption.ts'
import { coded, keys, numbers, pem, pkcs1, pkcs8, sequence } from './support.ts'

afterEach(() => vi.unstubAllGlobals())

describe('CodedError', () => {
  class StatusError extends CodedError<'TEST_STATUS'> {
    override readonly name = 'StatusError' as const
    override readonly status: number
    constructor(
      message: string,
      options: { code: 'TEST_STATUS'; status: number; cause?: unknown },
    ) {
      super(message, options)
      this.status = options.status
    }
    override toJSON() {
      return { ...super.toJSON(), status: this.status }
    }
  }

  it('is the base for errors of other packages, with fields of their own', () => {
    const cause = new TypeError('network')
    const error = new StatusError('refused', { code: 'TEST_STATUS', status: 401, cause })
    expect(error).toBeInstanceOf(Error)
    expect(error.cause).toBe(cause)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'StatusError',
      code: 'TEST_STATUS',
      message: 'refused',
      status: 401,
    })
    expect('cause' in new StatusError('x', { code: 'TEST_STATUS', status: 1 })).toBe(false)
  })

  it('tells the address of the page about its code, beside what is logged', () => {
    const error = new CryptoError('no', { code: 'CRYPTO_KEY_MALFORMED' })
    expect(error.docs).toBe('https://isoauth.github.io/isoauth/errors/crypto_key_malformed')
    expect(JSON.stringify(error)).not.toContain('http')
    expect(Object.keys(error)).not.toContain('docs')
  })

  it('names the option in JSON where there is one', () => {
    const invalid = new CryptoError('no', { code: 'CRYPTO_OPTION_INVALID', option: 'key' })
    expect(invalid.toJSON()).toMatchObject({ name: 'CryptoError', option: 'key' })
    expect(new CryptoError('no', { code: 'CRYPTO_KEY_PUBLIC' }).toJSON()).not.toHaveProperty(
      'option',
    )
  })

  it('is told by its code, whichever class it has', () => {
    expect(hasCode(new CryptoError('x', { code: 'CRYPTO_KEY_PUBLIC' }), 'CRYPTO_KEY_PUBLIC')).toBe(
      true,
    )
    expect(hasCode({ code: 'CRYPTO_KEY_PUBLIC' }, 'CRYPTO_KEY_PUBLIC')).toBe(true)
    for (const other of [
      undefined,
      null,
      'CRYPTO_KEY_PUBLIC',
      new Error('CRYPTO_KEY_PUBLIC'),
      {},
    ]) {
      expect(hasCode(other, 'CRYPTO_KEY_PUBLIC')).toBe(false)
    }
  })
})

const MARK = 'SeCrEtMaRkEdSeCrEtMaRkEd'
const MARKED_BYTES = base64ToBytes(MARK)
const MARKED_NUMBER = BigInt(`0x${bytesToHex(MARKED_BYTES)}`)
const { pkcs1Pem, publicPem } = keys['encryption']!
const parameters = DH_GROUPS.modp2048
const { n, p } = numbers
const marked = { ...numbers, d: MARKED_NUMBER }
const fakeKey = {
  type: 'private',
  extractable: true,
  algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' }, modulusLength: 2048 },
  usages: ['sign'],
  mark: MARK,
}
const decrypt = async (ciphertext: Uint8Array) =>
  await decryptRsaPkcs1v15(await importRsaDecryptionKey(pkcs1Pem), ciphertext)

/** One way or more to each code, each with marked secrets in whatever is given. */
const WAYS: Record<CryptoErrorCode, (() => unknown)[]> = {
  CRYPTO_OPTION_INVALID: [
    () => importRsaSigningKey({ secret: MARK } as never),
    () => decryptRsaPkcs1v15(MARK as never, new Uint8Array()),
    () => signRsaSha256(pkcs1Pem, { MARK } as never),
    () => modPow(2n, -MARKED_NUMBER, 5n),
    () => modPow(MARKED_NUMBER, 2n, -MARKED_NUMBER),
    () => randomBytes(MARK as never),
    () => computeDhSharedSecret({ parameters, privateKey: -MARKED_NUMBER, peerPublicKey: 4n }),
    () => generateDhKeyPair(parameters, { random: () => MARKED_BYTES }),
    () => parseDhParameters([MARK] as never),
  ],
  CRYPTO_ENCODING_INVALID: [
    () => hexToBytes(MARK),
    () => hexToBytes(`${bytesToHex(MARKED_BYTES)}0`),
    () => base64ToBytes(`${MARK}*`),
    () => base64ToBytes(`${MARK}A`),
  ],
  CRYPTO_WEBCRYPTO_UNAVAILABLE: [
    () => {
      vi.stubGlobal('crypto', {})
      return importRsaSigningKey(pkcs1Pem)
    },
    () => {
      vi.stubGlobal('crypto', undefined)
      return randomBytes(1)
    },
  ],
  CRYPTO_DH_PARAMETERS_INVALID: [
    () => parseDhParameters(MARK),
    () => parseDhParameters(pem('DH PARAMETERS', MARK)),
    () => parseDhParameters(pem(MARK.toUpperCase(), MARK)),
    () => parseDhParameters(MARKED_NUMBER.toString(16)),
    () => generateDhKeyPair({ prime: MARKED_NUMBER, generator: 2n }),
  ],
  CRYPTO_DH_PUBLIC_KEY_RANGE: [
    () => {
      const privateKey = MARKED_NUMBER
      return computeDhSharedSecret({
        parameters,
        privateKey,
        peerPublicKey: parameters.prime + privateKey,
      })
    },
  ],
  CRYPTO_KEY_MALFORMED: [
    () => importRsaSigningKey(MARK),
    () => importRsaSigningKey(pem('PRIVATE KEY', MARK)),
    () => importRsaSigningKey(pem('RSA PRIVATE KEY', `${MARK}*`)),
    () => importRsaSigningKey(`-----BEGIN PRIVATE KEY-----\n${MARK}`),
    () => importRsaSigningKey(MARKED_BYTES),
    () => importRsaSigningKey({ kty: 'RSA', n: 'AQ', e: 'AQ', d: `${MARK}=` }),
    () => importRsaSigningKey(JSON.stringify({ kty: 'RSA', d: MARK })),
  ],
  CRYPTO_KEY_ENCRYPTED: [() => importRsaSigningKey(pem('ENCRYPTED PRIVATE KEY', MARK))],
  CRYPTO_KEY_PUBLIC: [
    () => importRsaSigningKey(publicPem.replace('MII', MARK)),
    () => importRsaSigningKey(`ssh-rsa ${MARK}`),
  ],
  CRYPTO_KEY_CERTIFICATE: [() => importRsaSigningKey(pem('CERTIFICATE', MARK))],
  CRYPTO_KEY_LABEL_UNEXPECTED: [
    () => importRsaSigningKey(pem('DH PARAMETERS', MARK)),
    () => importRsaSigningKey(pem(MARK.toUpperCase(), MARK)),
  ],
  CRYPTO_KEY_TYPE_UNSUPPORTED: [
    () => importRsaSigningKey({ kty: MARK, d: MARK }),
    () => importRsaSigningKey(pem('OPENSSH PRIVATE KEY', MARK)),
    () => importRsaDecryptionKey({ ...fakeKey, algorithm: { name: MARK } } as never),
    () => importRsaSigningKey(sequence(encodeDer(2, Uint8Array.of(1)), encodeDer(4, MARKED_BYTES))),
  ],
  CRYPTO_KEY_TOO_SMALL: [() => importRsaSigningKey(pkcs1({ ...marked, n: MARKED_NUMBER }))],
  CRYPTO_KEY_TOO_LARGE: [
    () => importRsaSigningKey(pkcs1({ ...marked, n: MARKED_NUMBER << 8192n })),
  ],
  CRYPTO_KEY_INCONSISTENT: [
    () => importRsaSigningKey(pkcs1(marked)),
    () => importRsaDecryptionKey(pkcs8(marked)),
  ],
  CRYPTO_KEY_USAGE: [
    () => importRsaSigningKey({ kty: 'RSA', use: 'enc', d: MARK }),
    () => importRsaSigningKey({ ...fakeKey, algorithm: { name: MARK } } as never),
  ],
  CRYPTO_KEY_NOT_EXTRACTABLE: [
    () => importRsaDecryptionKey({ ...fakeKey, extractable: false } as never),
  ],
  CRYPTO_KEY_REFUSED: [
    () => signRsaSha256(fakeKey as never, MARK),
    () => importRsaDecryptionKey(fakeKey as never),
    () => {
      const fail = () => Promise.reject(new Error(MARK))
      vi.stubGlobal('crypto', { subtle: { importKey: fail } })
      return importRsaSigningKey(pkcs1Pem)
    },
  ],
  CRYPTO_SIGNATURE_INVALID: [() => signRsaSha256(async () => MARKED_BYTES, MARK)],
  CRYPTO_RSA_CIPHERTEXT_LENGTH: [() => decrypt(MARKED_BYTES)],
  CRYPTO_RSA_CIPHERTEXT_RANGE: [() => decrypt(bigIntToBytes(n + MARKED_NUMBER, 256))],
  CRYPTO_RSA_PADDING: [() => decrypt(bigIntToBytes(MARKED_NUMBER, 256))],
  CRYPTO_RSA_FAULT: [
    () => rsaCrt({ ...numbers, dp: numbers.dp ^ MARKED_NUMBER }, MARKED_NUMBER),
    // Modulo 1 nothing has an inverse, which noble says with both numbers.
    () => rsaCrt({ ...numbers, n: 1n }, MARKED_NUMBER),
  ],
}

/** Everything that can be read off an error, its causes included. */
function everything(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 5) return String(error)
  const parts = [String(error), JSON.stringify(error)]
  for (const name of Reflect.ownKeys(error)) {
    parts.push(String(name), everything((error as Record<PropertyKey, unknown>)[name], depth + 1))
  }
  return parts.join('\n')
}

const SECRETS = [
  MARK,
  ...[MARKED_NUMBER, numbers.d, p, numbers.q, numbers.dp].flatMap((value) => [
    value.toString(),
    value.toString(16),
    bytesToBase64(bigIntToBytes(value, Math.ceil(value.toString(16).length / 2))),
  ]),
  [...MARKED_BYTES].join(),
  // The text of the key file in use, in pieces that do not depend on where lines break.
  ...pkcs1Pem.split('\n').slice(1, -2),
].map((secret) => secret.toLowerCase())

describe('no error tells a secret', () => {
  it('and the search finds one where it is', () => {
    const cause = new Error(`refused ${MARKED_NUMBER.toString(16)}`)
    const text = everything(new Error('outside', { cause })).toLowerCase()
    expect(SECRETS.some((secret) => text.includes(secret))).toBe(true)
  })

  it.each(Object.entries(WAYS))('%s', async (code, ways) => {
    expect(ways.length).toBeGreaterThan(0)
    for (const way of ways) {
      let error: unknown
      try {
        await way()
      } catch (caught) {
        error = caught
      }
      vi.unstubAllGlobals()
      expect(error).toEqual(coded(code))
      expect((error as Error).message.length).toBeGreaterThan(10)
      expect((error as Error).cause).toBeUndefined()
      const text = everything(error).toLowerCase()
      for (const secret of SECRETS) expect(text).not.toContain(secret)
    }
  })
})
