import {
  base64ToBytes,
  bytesToBase64Url,
  type CryptoError,
  importRsaSigningKey,
  signRsaSha256,
  verifyRsaSha256,
} from '@isoauth/core-crypto'
import { importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { describe, expect, it } from 'vitest'
import { bigIntToBytes } from '../src/internal/bytes.ts'
import { encodeDer } from '../src/internal/der.ts'
import { coded, dhGroups, integer, keys, numbers, pem, pkcs1, pkcs8, sequence } from './support.ts'

const { subtle } = crypto
const { pkcs1Pem, pkcs8Pem, publicPem } = keys['encryption']!
const pkcs1Der = pkcs1(numbers)
const pkcs8Der = pkcs8(numbers)
const RSASSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

const base64Url = (value: bigint) =>
  bytesToBase64Url(bigIntToBytes(value, Math.ceil(value.toString(16).length / 2)))
const jwk = {
  kty: 'RSA',
  ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64Url(value)])),
} as Record<string, string>

const text = (value: string) => new TextEncoder().encode(value)
const oid = (...bytes: number[]) => encodeDer(6, Uint8Array.from(bytes))
const octets = (content: Uint8Array) => encodeDer(4, content)
const bits = (content: Uint8Array) => encodeDer(3, Uint8Array.of(0, ...content))
const RSA_OID = oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01)
const NULL = encodeDer(5)

describe('what both imports take', () => {
  it.each([
    ['PKCS#8 PEM', pkcs8Pem],
    ['PKCS#1 PEM', pkcs1Pem],
    ['PKCS#8 DER', pkcs8Der],
    ['PKCS#1 DER', pkcs1Der],
    ['the bytes of a PEM file', text(pkcs1Pem)],
    ['the bytes of a PEM file with a byte order mark', text(`\uFEFF${pkcs8Pem}`)],
    ['a byte order mark', `\uFEFF${pkcs8Pem}`],
    ['CRLF', pkcs8Pem.replaceAll('\n', '\r\n')],
    ['escaped line breaks', pkcs1Pem.replaceAll('\n', '\\n')],
    ['one line', pkcs8Pem.replaceAll('\n', ' ')],
    ['no line break at the end', pkcs8Pem.trimEnd()],
    ['text around', `Bag Attributes\n  friendlyName: ключ\n${pkcs8Pem}-- \nregards`],
    ['a public key and a certificate before', publicPem + pem('CERTIFICATE', NULL) + pkcs1Pem],
    ['a PKCS#8 without NULL', sequence(integer(0n), sequence(RSA_OID), octets(pkcs1Der))],
    [
      'a PKCS#8 with attributes',
      sequence(integer(0n), sequence(RSA_OID, NULL), octets(pkcs1Der), encodeDer(0xa0)),
    ],
    [
      'a PKCS#8 of version 1, with its public key',
      sequence(integer(1n), sequence(RSA_OID, NULL), octets(pkcs1Der), encodeDer(0x81)),
    ],
    ['a JSON Web Key', jwk],
  ])('%s', async (_, input) => {
    const key = await importRsaSigningKey(input)
    expect(key.modulusBits).toBe(2048)
    expect((await signRsaSha256(key, 'x')).length).toBe(256)
    expect((await importRsaDecryptionKey(input)).modulusBits).toBe(2048)
  })

  it('CryptoKey', async () => {
    const signing = await subtle.importKey('pkcs8', pkcs8Der.slice(), RSASSA, false, ['sign'])
    expect((await importRsaSigningKey(signing)).modulusBits).toBe(2048)
    const oaep = { name: 'RSA-OAEP', hash: 'SHA-256' }
    const decryption = await subtle.importKey('pkcs8', pkcs8Der.slice(), oaep, true, ['decrypt'])
    expect((await importRsaDecryptionKey(decryption)).modulusBits).toBe(2048)
  })

  it('shows nothing when printed', async () => {
    for (const key of [
      await importRsaSigningKey(pkcs1Pem),
      await importRsaDecryptionKey(pkcs1Pem),
    ]) {
      expect(JSON.stringify(key)).toBe('{}')
      expect(Reflect.ownKeys(key)).toEqual([])
      expect(await importRsaSigningKey(pkcs1Pem)).not.toHaveProperty('d')
    }
  })
})

/** A multiple of p - 1 and of q - 1: what is congruent modulo it signs alike. */
const PHI = (numbers.p - 1n) * (numbers.q - 1n)
const altered = (change: Partial<typeof numbers>) => pkcs1({ ...numbers, ...change })
const encrypted = sequence(
  sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d)),
  octets(Uint8Array.of(1, 2)),
)
const subjectPublicKeyInfo = sequence(
  sequence(RSA_OID, NULL),
  bits(sequence(integer(numbers.n), integer(numbers.e))),
)
const ec = sequence(
  integer(0n),
  sequence(
    oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01),
    oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07),
  ),
  octets(sequence()),
)
const rsaPss = sequence(
  integer(0n),
  sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a)),
  octets(pkcs1Der),
)
const multiPrime = sequence(...[1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n].map(integer), sequence())
const procType = pkcs1Pem.replace(
  'KEY-----\n',
  'KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00FF\n\n',
)

const REFUSED: [string, string, unknown][] = [
  ['CRYPTO_KEY_ENCRYPTED', 'an encrypted PKCS#8 PEM', pem('ENCRYPTED PRIVATE KEY', encrypted)],
  ['CRYPTO_KEY_ENCRYPTED', 'an encrypted PKCS#8 DER', encrypted],
  ['CRYPTO_KEY_ENCRYPTED', 'an encrypted PKCS#1 PEM', procType],
  ['CRYPTO_KEY_ENCRYPTED', 'an encrypted PKCS#1 PEM on one line', procType.replaceAll('\n', '\\n')],
  ['CRYPTO_KEY_PUBLIC', 'a public PEM', publicPem],
  [
    'CRYPTO_KEY_PUBLIC',
    'a public PKCS#1 PEM',
    pem('RSA PUBLIC KEY', sequence(integer(numbers.n), integer(3n))),
  ],
  ['CRYPTO_KEY_PUBLIC', 'a public DER', subjectPublicKeyInfo],
  ['CRYPTO_KEY_PUBLIC', 'a public PKCS#1 DER', sequence(integer(numbers.n), integer(65537n))],
  [
    'CRYPTO_KEY_PUBLIC',
    'a public key with a private label',
    pem('PRIVATE KEY', subjectPublicKeyInfo),
  ],
  ['CRYPTO_KEY_PUBLIC', 'a line of authorized_keys', 'ssh-rsa AAAAB3NzaC1yc2E= me@host'],
  ['CRYPTO_KEY_PUBLIC', 'a public JSON Web Key', { kty: 'RSA', n: jwk['n'], e: jwk['e'] }],
  [
    'CRYPTO_KEY_CERTIFICATE',
    'a certificate',
    pem('CERTIFICATE', sequence(sequence(), sequence(), bits(NULL))),
  ],
  [
    'CRYPTO_KEY_CERTIFICATE',
    'a certificate DER',
    sequence(sequence(integer(1n)), sequence(RSA_OID), bits(NULL)),
  ],
  ['CRYPTO_KEY_CERTIFICATE', 'a certificate request', pem('CERTIFICATE REQUEST', NULL)],
  ['CRYPTO_KEY_LABEL_UNEXPECTED', 'DH parameters', dhGroups['openssl']!.pem],
  ['CRYPTO_KEY_LABEL_UNEXPECTED', 'X9.42 parameters', pem('X9.42 DH PARAMETERS', NULL)],
  [
    'CRYPTO_KEY_LABEL_UNEXPECTED',
    'DH parameters in DER',
    sequence(integer(numbers.n), integer(2n)),
  ],
  [
    'CRYPTO_KEY_LABEL_UNEXPECTED',
    'X9.42 parameters in DER',
    sequence(integer(numbers.n), integer(2n), integer(numbers.p)),
  ],
  [
    'CRYPTO_KEY_LABEL_UNEXPECTED',
    'a PKCS#12 container',
    sequence(integer(3n), sequence(RSA_OID), sequence()),
  ],
  ['CRYPTO_KEY_LABEL_UNEXPECTED', 'another block', pem('PGP MESSAGE', NULL)],
  ['CRYPTO_KEY_TYPE_UNSUPPORTED', 'an EC key in PKCS#8', pem('PRIVATE KEY', ec)],
  ['CRYPTO_KEY_TYPE_UNSUPPORTED', 'an EC key', pem('EC PRIVATE KEY', NULL)],
  [
    'CRYPTO_KEY_TYPE_UNSUPPORTED',
    'an EC key in DER',
    sequence(integer(1n), octets(NULL), encodeDer(0xa0), encodeDer(0xa1)),
  ],
  [
    'CRYPTO_KEY_TYPE_UNSUPPORTED',
    'a DSA key in DER',
    sequence(...[0n, 1n, 2n, 3n, 4n, 5n].map(integer)),
  ],
  [
    'CRYPTO_KEY_TYPE_UNSUPPORTED',
    'an OpenSSH key',
    pem('OPENSSH PRIVATE KEY', 'b3BlbnNzaC1rZXktdjE='),
  ],
  ['CRYPTO_KEY_TYPE_UNSUPPORTED', 'an RSASSA-PSS key', rsaPss],
  ['CRYPTO_KEY_TYPE_UNSUPPORTED', 'a key of three primes', multiPrime],
  [
    'CRYPTO_KEY_TYPE_UNSUPPORTED',
    'a key of three primes in PKCS#8',
    sequence(integer(0n), sequence(RSA_OID, NULL), octets(multiPrime)),
  ],
  ['CRYPTO_KEY_TYPE_UNSUPPORTED', 'a JSON Web Key of three primes', { ...jwk, oth: [] }],
  ['CRYPTO_KEY_TYPE_UNSUPPORTED', 'an EC JSON Web Key', { kty: 'EC', crv: 'P-256', d: 'AA' }],
  ['CRYPTO_KEY_TOO_SMALL', 'a short key', altered({ n: 1n << 2046n })],
  ['CRYPTO_KEY_TOO_LARGE', 'a long key', altered({ n: 1n << 8192n })],
  ['CRYPTO_KEY_INCONSISTENT', 'another n', altered({ n: numbers.n + 2n })],
  ['CRYPTO_KEY_INCONSISTENT', 'an even e', altered({ e: 2n })],
  ['CRYPTO_KEY_INCONSISTENT', 'e = 1', altered({ e: 1n, d: 1n, dp: 1n, dq: 1n })],
  ['CRYPTO_KEY_INCONSISTENT', 'another d', altered({ d: numbers.d + 2n })],
  ['CRYPTO_KEY_INCONSISTENT', 'another dp', altered({ dp: numbers.dp + 2n })],
  ['CRYPTO_KEY_INCONSISTENT', 'another dq', altered({ dq: numbers.dq + 2n })],
  ['CRYPTO_KEY_INCONSISTENT', 'another qi', altered({ qi: numbers.qi + 1n })],
  [
    'CRYPTO_KEY_INCONSISTENT',
    'p and q swapped without qi',
    altered({ p: numbers.q, q: numbers.p, dp: numbers.dq, dq: numbers.dp }),
  ],
  ['CRYPTO_KEY_INCONSISTENT', 'a longer d', altered({ d: numbers.d + PHI })],
  ['CRYPTO_KEY_INCONSISTENT', 'a longer e', altered({ e: numbers.e + PHI })],
  ['CRYPTO_KEY_INCONSISTENT', 'a longer dp', altered({ dp: numbers.dp + numbers.p - 1n })],
  ['CRYPTO_KEY_INCONSISTENT', 'a longer dq', altered({ dq: numbers.dq + numbers.q - 1n })],
  ['CRYPTO_KEY_INCONSISTENT', 'a longer qi', altered({ qi: numbers.qi + numbers.p })],
  [
    'CRYPTO_KEY_INCONSISTENT',
    'p and q alike',
    altered({ n: numbers.p ** 2n, q: numbers.p, dq: numbers.dp, qi: 1n }),
  ],
  ['CRYPTO_KEY_INCONSISTENT', 'q = 1', altered({ q: 1n, p: numbers.n })],
  ['CRYPTO_KEY_INCONSISTENT', 'p = 1', altered({ p: 1n, q: numbers.n })],
  ['CRYPTO_KEY_INCONSISTENT', 'zeros', altered({ p: 0n, q: 0n, dp: 0n, dq: 0n, qi: 0n })],
  ['CRYPTO_KEY_INCONSISTENT', 'another d in a JSON Web Key', { ...jwk, d: jwk['p'] }],
  ['CRYPTO_KEY_MALFORMED', 'a cut PEM', pkcs8Pem.slice(0, 800)],
  [
    'CRYPTO_KEY_MALFORMED',
    'a PEM without its last line',
    pkcs1Pem.replace(/\n[^\n]+\n-----END/, '\n-----END'),
  ],
  ['CRYPTO_KEY_MALFORMED', 'a damaged base64', pkcs8Pem.replace('MII', 'M?I')],
  ['CRYPTO_KEY_MALFORMED', 'another END label', pkcs8Pem.replace('END ', 'END RSA ')],
  ['CRYPTO_KEY_MALFORMED', 'an empty block', pem('PRIVATE KEY', '')],
  ['CRYPTO_KEY_MALFORMED', 'cut DER', pkcs8Der.subarray(0, 900)],
  ['CRYPTO_KEY_MALFORMED', 'bytes after the DER', Uint8Array.from([...pkcs1Der, 0])],
  [
    'CRYPTO_KEY_MALFORMED',
    'a negative number',
    sequence(integer(0n), Uint8Array.of(2, 1, 0x80), ...[1n, 2n, 3n, 4n, 5n, 6n, 7n].map(integer)),
  ],
  [
    'CRYPTO_KEY_MALFORMED',
    'another version',
    sequence(...[2n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map(integer)),
  ],
  [
    'CRYPTO_KEY_MALFORMED',
    'another PKCS#8 version',
    sequence(integer(2n), sequence(RSA_OID, NULL), octets(pkcs1Der)),
  ],
  [
    'CRYPTO_KEY_MALFORMED',
    'a PKCS#8 with parameters',
    sequence(integer(0n), sequence(RSA_OID, octets(NULL)), octets(pkcs1Der)),
  ],
  [
    'CRYPTO_KEY_MALFORMED',
    'a PKCS#8 without identifier',
    sequence(integer(0n), sequence(NULL), octets(pkcs1Der)),
  ],
  [
    'CRYPTO_KEY_MALFORMED',
    'a PKCS#8 with damaged content',
    sequence(integer(0n), sequence(RSA_OID, NULL), octets(pkcs1Der.subarray(1))),
  ],
  ['CRYPTO_KEY_MALFORMED', 'an unknown sequence', sequence(NULL)],
  ['CRYPTO_KEY_MALFORMED', 'a file name', '/etc/keys/private.pem'],
  ['CRYPTO_KEY_MALFORMED', 'a JSON text', JSON.stringify(jwk)],
  [
    'CRYPTO_KEY_MALFORMED',
    'a JSON Web Key of n, e, d only',
    { kty: 'RSA', n: jwk['n'], e: jwk['e'], d: jwk['d'] },
  ],
  ['CRYPTO_KEY_MALFORMED', 'a JSON Web Key in plain base64', { ...jwk, p: `${jwk['p']}=` }],
  ['CRYPTO_KEY_MALFORMED', 'a JSON Web Key cut short', { ...jwk, p: 'A' }],
  ['CRYPTO_KEY_MALFORMED', 'a JSON Web Key with a number', { ...jwk, p: 7 }],
  ['CRYPTO_OPTION_INVALID', 'an empty text', ''],
  ['CRYPTO_OPTION_INVALID', 'a blank text', ' \n'],
  ['CRYPTO_OPTION_INVALID', 'no bytes', new Uint8Array()],
  ['CRYPTO_OPTION_INVALID', 'undefined', undefined],
  ['CRYPTO_OPTION_INVALID', 'null', null],
  ['CRYPTO_OPTION_INVALID', 'a number', 1],
  ['CRYPTO_OPTION_INVALID', 'an ArrayBuffer', pkcs8Der.buffer],
  ['CRYPTO_OPTION_INVALID', 'an object', { key: pkcs8Pem }],
]

async function refusal(work: Promise<unknown>, code: string): Promise<CryptoError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  expect(error).toEqual(coded(code))
  return error as CryptoError
}

describe('what both imports refuse', () => {
  it.each(REFUSED)('%s: %s', async (code, _, input) => {
    for (const load of [importRsaSigningKey, importRsaDecryptionKey]) {
      const { option } = await refusal(load(input as string), code)
      expect(option).toBe(code === 'CRYPTO_OPTION_INVALID' ? 'input' : undefined)
    }
  })

  it.each([
    'CRYPTO_KEY_ENCRYPTED',
    'CRYPTO_KEY_PUBLIC',
    'CRYPTO_KEY_CERTIFICATE',
    'CRYPTO_KEY_MALFORMED',
    'CRYPTO_KEY_TOO_SMALL',
  ])('%s says which command helps', async (code) => {
    const [, , input] = REFUSED.find(([wanted]) => wanted === code)!
    await expect(importRsaSigningKey(input as string)).rejects.toThrow(
      / openssl \w+ |line that begins with -----BEGIN/,
    )
  })
})

describe('CryptoKeys made for something else', () => {
  const importPrivate = (name: string, hash: string, usage: KeyUsage, extractable = false) =>
    subtle.importKey('pkcs8', pkcs8Der.slice(), { name, hash }, extractable, [usage])

  it.each([
    ['RSA-PSS', 'SHA-256', 'sign'],
    ['RSASSA-PKCS1-v1_5', 'SHA-1', 'sign'],
    ['RSASSA-PKCS1-v1_5', 'SHA-512', 'sign'],
    ['RSA-OAEP', 'SHA-256', 'decrypt'],
  ] as const)('%s %s does not sign', async (name, hash, usage) => {
    const key = await importPrivate(name, hash, usage)
    await expect(importRsaSigningKey(key)).rejects.toThrow(coded('CRYPTO_KEY_USAGE') as Error)
  })

  it('tells a public key, a key of another algorithm and one that is not extractable', async () => {
    const spki = base64ToBytes(publicPem.replace(/-----[^-]+-----/g, ''))
    const publicKey = await subtle.importKey('spki', spki, RSASSA, true, ['verify'])
    const hmac = await subtle.importKey('raw', text('k'), { name: 'HMAC', hash: 'SHA-256' }, true, [
      'sign',
    ])
    const closed = await importPrivate(RSASSA.name, RSASSA.hash, 'sign')
    const isPublic = coded('CRYPTO_KEY_PUBLIC') as Error
    await expect(importRsaSigningKey(publicKey)).rejects.toThrow(isPublic)
    await expect(importRsaDecryptionKey(publicKey)).rejects.toThrow(isPublic)
    await expect(importRsaSigningKey(hmac)).rejects.toThrow(coded('CRYPTO_KEY_USAGE') as Error)
    await expect(importRsaDecryptionKey(hmac)).rejects.toThrow(
      coded('CRYPTO_KEY_TYPE_UNSUPPORTED') as Error,
    )
    await expect(importRsaDecryptionKey(closed)).rejects.toThrow(
      coded('CRYPTO_KEY_NOT_EXTRACTABLE') as Error,
    )
    await expect(verifyRsaSha256(closed, new Uint8Array(256), 'x')).rejects.toThrow(
      coded('CRYPTO_KEY_USAGE') as Error,
    )
  })

  it('tells the two keys apart by the use of a JSON Web Key', async () => {
    const usage = coded('CRYPTO_KEY_USAGE') as Error
    await expect(importRsaSigningKey({ ...jwk, use: 'enc' })).rejects.toThrow(usage)
    await expect(importRsaDecryptionKey({ ...jwk, use: 'sig' })).rejects.toThrow(usage)
    await importRsaSigningKey({ ...jwk, use: 'sig' })
    await importRsaDecryptionKey({ ...jwk, use: 'enc' })
  })
})
