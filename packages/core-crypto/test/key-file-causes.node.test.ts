/** Key files and parameter files as people have them: what is read, and what each wrong one is told. */
import {
  bytesToBase64,
  bytesToHex,
  DH_GROUPS,
  encodeDhParameters,
  importRsaSigningKey,
  parseDhParameters,
} from '@isoauth/core-crypto'
import { importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { describe, expect, it } from 'vitest'
import { quickest } from '../../../tests/support/quickest.ts'
import { coded, integer, keys, numbers, pem, pkcs1, sequence } from './support.ts'

const { pkcs1Pem, pkcs8Pem, publicPem } = keys['encryption']!
const other = keys['signature']!
const { modp2048 } = DH_GROUPS
const dhPem = encodeDhParameters(modp2048)
const hex = modp2048.prime.toString(16)

const utf8 = (text: string) => new TextEncoder().encode(text)
const base64 = (text: string) => bytesToBase64(utf8(text))
const utf16 = (text: string, isLittle: boolean, mark: boolean) =>
  Uint8Array.from(
    [...(mark ? [0xfeff] : []), ...Array.from(text, (c) => c.charCodeAt(0))].flatMap((code) =>
      isLittle ? [code & 255, code >> 8] : [code >> 8, code & 255],
    ),
  )
const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes)

/** Each changes a file without changing what it says. */
const DISGUISES: [string, (file: string) => string | Uint8Array][] = [
  ['UTF-16, little-endian, marked', (file) => utf16(file, true, true)],
  ['UTF-16, big-endian, marked', (file) => utf16(file, false, true)],
  ['UTF-16, little-endian', (file) => utf16(file, true, false)],
  ['UTF-16, big-endian', (file) => utf16(file, false, false)],
  ['UTF-16 read as Latin-1', (file) => latin1(utf16(file, true, true))],
  ['UTF-16 read as UTF-8', (file) => new TextDecoder().decode(utf16(file, true, true))],
  ['a byte order mark read as Latin-1', (file) => `ï»¿${file}`],
  ['base64 once more', base64],
  // One of three lengths ends without padding, one with one sign, one with two.
  ['base64 once more, with a line end', (file) => base64(`${file}\n`)],
  ['base64 once more, with two line ends', (file) => base64(`${file}\n\n`)],
  ['base64 once more, wrapped', (file) => base64(file).replace(/.{76}/g, '$&\r\n')],
  ['base64 once more, as bytes', (file) => utf8(base64(file))],
  [
    'base64url once more, without padding',
    (file) => base64(file).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  ],
  ['base64 of UTF-16', (file) => bytesToBase64(utf16(file, true, true))],
  ['base64 of UTF-16 without a mark', (file) => bytesToBase64(utf16(file, true, false))],
  ['base64 of text with a mark', (file) => base64(`\ufeff${file}`)],
  ['base64 of a file with text around the block', (file) => base64(`Bag Attributes\n${file}`)],
  ['doubled escapes of line breaks', (file) => file.replaceAll('\n', '\\\\n')],
  ['tripled escapes of CRLF', (file) => file.replaceAll('\n', '\\\\\\r\\\\\\n')],
  ['no-break blanks', (file) => `\u00a0${file.replaceAll('\n', '\u00a0\n\u202f')}`],
  ['zero-width blanks', (file) => file.replaceAll('\n', '\u200b\n\u2060\ufeff')],
  ['marks of direction', (file) => `\u202a\u200e${file.replaceAll('\n', '\u200f\n\u2066')}\u202c`],
  ['no-break blanks, as bytes', (file) => utf8(file.replaceAll('\n', '\u00a0\n'))],
  ['a no-break blank in the label', (file) => file.replaceAll(/(BEGIN|END) /g, '$1\u00a0')],
  ['tabs in the label', (file) => file.replaceAll(/(BEGIN|END|RSA|DH) /g, '$1\t')],
  ['base64 twice more', (file) => base64(base64(file))],
  ['base64 in quotation marks', (file) => `"${base64(file)}"\n`],
  ['base64 in single quotation marks', (file) => `'${base64(file)}'`],
  ['Unicode line separators', (file) => file.replaceAll('\n', '\u2028')],
  ['a line of an env file', (file) => `IBKR_KEY="${file.replaceAll('\n', '\\n')}"\n`],
  ['base64 in a line of an env file', (file) => `IBKR_KEY=${base64(file)}\n`],
  ['base64 in a line of a shell', (file) => `export IBKR_KEY='${base64(file)}'`],
  ['base64 in a line with blanks', (file) => `IBKR_KEY = "${base64(file)}"\n`],
  ['headers', (file) => file.replace('\n', '\nProc-Type: 4,CLEAR\nX-Comment: a/b\n\n')],
  [
    'headers and carriage returns',
    (file) => file.replace('\n', '\nComment: mine\n\n').replaceAll('\n', '\r'),
  ],
]

describe.each(DISGUISES)('%s', (_, disguise) => {
  it.each([
    ['PKCS#1', pkcs1Pem],
    ['PKCS#8', pkcs8Pem],
  ])('%s is read', async (_form, file) => {
    expect((await importRsaSigningKey(disguise(file))).modulusBits).toBe(2048)
    expect((await importRsaDecryptionKey(disguise(file))).modulusBits).toBe(2048)
  })

  it('parameters are read', () => {
    expect(parseDhParameters(disguise(dhPem))).toEqual(modp2048)
  })
})

it.each([0xff, 0xfe])(
  'reads text after the byte %i, which no encoding begins with',
  async (byte) => {
    const bytes = Uint8Array.of(byte, ...utf8(pkcs8Pem))
    expect((await importRsaSigningKey(bytes)).modulusBits).toBe(2048)
  },
)

it.each([
  ['the third alone is', [65, 65, 0, 65]],
  ['the second alone is', [65, 0, 65, 65]],
  ['the fourth alone is', [65, 65, 65, 0]],
  ['the first alone is', [0, 65, 65, 65]],
  ['the first two are', [0, 0, 65, 65]],
  ['the second and the third are', [65, 0, 0, 65]],
  ['all are', [0, 0, 0, 0]],
  ['the first is 1, none is', [1, 65, 65, 65]],
  ['the first is 8, none is', [8, 65, 65, 65]],
])('takes bytes of which %s zero for DER, not for text', async (_, bytes) => {
  const text = Uint8Array.from([...bytes, ...bytes])
  await expect(importRsaSigningKey(text)).rejects.toThrow(/DER/)
})

it('reads DER in base64 without PEM lines', async () => {
  const body = (file: string) => file.replace(/-----[^-]+-----/g, '').trim()
  expect((await importRsaSigningKey(body(pkcs8Pem))).modulusBits).toBe(2048)
  expect((await importRsaDecryptionKey(body(pkcs1Pem))).modulusBits).toBe(2048)
  expect(parseDhParameters(body(dhPem))).toEqual(modp2048)
})

it('reads a number in hexadecimal in quotation marks', () => {
  expect(parseDhParameters(`"${hex}"\n`)).toEqual(modp2048)
})

it.each([
  [
    'a public key of OpenSSH',
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ== somebody@somewhere.example',
    'PUBLIC',
  ],
  [
    'a key of PuTTY',
    `PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n${'A'.repeat(64)}`,
    'TYPE_UNSUPPORTED',
  ],
])('names %s also in base64', async (_, file, ending) => {
  await expect(importRsaSigningKey(base64(file))).rejects.toEqual(coded(`CRYPTO_KEY_${ending}`))
})

it('reads a number in hexadecimal with blanks that nobody sees', () => {
  expect(parseDhParameters(hex.replace(/.{32}/g, '$&\u00a0\u200b\n'))).toEqual(modp2048)
  expect(parseDhParameters(utf16(hex, true, true))).toEqual(modp2048)
  expect(parseDhParameters(`DH_PRIME=${hex}`)).toEqual(modp2048)
  expect(parseDhParameters(`export DH_PRIME="${hex}"\n`)).toEqual(modp2048)
  const cutInACharacter = Uint8Array.of(...utf16(hex, true, true), 0x66)
  expect(parseDhParameters(cutInACharacter)).toEqual(modp2048)
})

const base64Url = (value: bigint) => {
  const digits = value.toString(16)
  const bytes = Uint8Array.from((digits.length % 2 ? `0${digits}` : digits).match(/../g)!, (pair) =>
    Number.parseInt(pair, 16),
  )
  return bytesToBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
const jwk = {
  kty: 'RSA',
  ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64Url(value)])),
} as Record<string, string>
const { n, e, d } = jwk
const der = pkcs1(numbers)
const utf8Text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('a key that cannot be read says what it is', () => {
  it.each<[string, string, unknown, RegExp]>([
    ['a file name', 'MALFORMED', '/etc/keys/private.pem', /name of a file.*Read the file/],
    ['a relative file name', 'MALFORMED', './private.key', /name of a file/],
    ['a file name alone', 'MALFORMED', 'private.pem', /name of a file/],
    ['a file name of Windows', 'MALFORMED', 'C:\\keys\\private.pem', /name of a file/],
    ['a file name in quotes', 'MALFORMED', '"./private.key"', /name of a file/],
    ['a name in the network', 'MALFORMED', String.raw`\\server\private`, /name of a file/],
    [
      'base64 with its padding in its midst',
      'MALFORMED',
      base64(pkcs8Pem.padEnd(Math.ceil(pkcs8Pem.length / 3) * 3)).replace(/^.{100}/, '$&=='),
      /without a PEM block/,
    ],
    ['base64 of no file', 'MALFORMED', `//${'A'.repeat(340)}==`, /without a PEM block/],
    ['a file URL', 'MALFORMED', 'file:///keys/private.pem', /name of a file/],
    ['text', 'MALFORMED', 'correct horse battery staple', /without a PEM block/],
    ['no END line', 'MALFORMED', pkcs8Pem.slice(0, 900), /without its END line/],
    ['another END line', 'MALFORMED', pkcs8Pem.replace('END ', 'END RSA '), /BEGIN and END lines/],
    ['a damaged END line', 'MALFORMED', pkcs8Pem.replace('-----END', '----END'), /without its END/],
    ['damaged base64', 'MALFORMED', pkcs8Pem.replace('MII', 'M?I'), /base64 is empty, damaged/],
    ['damaged DER', 'MALFORMED', pem('PRIVATE KEY', 'MIIB'), /damaged or cut short/],
    [
      'a keystore',
      'MALFORMED',
      Uint8Array.of(0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2),
      /another binary/,
    ],
    ['JSON', 'MALFORMED', JSON.stringify(jwk), /JSON\.parse/],
    ['two keys', 'MALFORMED', pkcs1Pem + other.pkcs8Pem, /more than one private key/],
    ['PuTTY', 'TYPE_UNSUPPORTED', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n', /PuTTY/],
    ['OpenSSH', 'TYPE_UNSUPPORTED', pem('OPENSSH PRIVATE KEY', 'b3BlbnNz'), /OpenSSH/],
    ['EC', 'TYPE_UNSUPPORTED', pem('EC PRIVATE KEY', 'AAAA'), /not an RSA key/],
    ['a DSA key', 'TYPE_UNSUPPORTED', pem('DSA PRIVATE KEY', 'AAAA'), /not an RSA key/],
    ['a label of another kind', 'LABEL_UNEXPECTED', pem('X EC PRIVATE', 'AAAA'), /of another kind/],
    ['encrypted', 'ENCRYPTED', pem('ENCRYPTED PRIVATE KEY', 'AAAA'), /pass phrase/],
    [
      'a bundle',
      'ENCRYPTED',
      pem('CERTIFICATE', 'AAAA') + pem('ENCRYPTED PRIVATE KEY', 'AAAA'),
      /pass phrase/,
    ],
    ['a certificate alone', 'CERTIFICATE', pem('CERTIFICATE', 'AAAA'), /certificate/],
    ['a public key', 'PUBLIC', publicPem, /public key/],
    ['a line of authorized_keys', 'PUBLIC', 'ssh-rsa AAAAB3NzaC1yc2E me@here', /public key/],
    ['a public key of RFC 4716', 'PUBLIC', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA', /public key/],
    ['a public JWK', 'PUBLIC', { kty: 'RSA', n, e }, /public key/],
    ['a JWK of n, e, d', 'MALFORMED', { kty: 'RSA', n, e, d }, /without all of its members p, q/],
    ['a JWK in base64', 'MALFORMED', { ...jwk, p: `${jwk['p']}=` }, /not base64url/],
    ['an EC JWK', 'TYPE_UNSUPPORTED', { kty: 'EC', crv: 'P-256', d: 'AA' }, /not an RSA key/],
    ['a symmetric JWK', 'TYPE_UNSUPPORTED', { kty: 'oct', k: 'AA' }, /symmetric/],
    ['DH parameters', 'LABEL_UNEXPECTED', dhPem, /Diffie-Hellman parameters.*swapped/],
  ])('%s', async (_, kind, input, message) => {
    for (const load of [importRsaSigningKey, importRsaDecryptionKey]) {
      const error = await load(input as string).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: `CRYPTO_KEY_${kind}` })
      expect((error as Error).message).toMatch(message)
    }
  })

  it.each<[string, unknown, RegExp]>([
    ['a promise', Promise.resolve(pkcs8Pem), /a promise\. Remedy: Await/],
    ['a pair', { privateKey: pkcs8Pem, publicKey: publicPem }, /a pair .*Give its privateKey/],
    ['a set', { keys: [jwk] }, /JSON Web Key Set.*Give one of its keys/],
    ['a KeyObject', { type: 'private', export: () => pkcs8Pem }, /KeyObject.*key\.export/],
    ['an ArrayBuffer', new ArrayBuffer(8), /new Uint8Array\(buffer\)/],
    ['a view', new DataView(new ArrayBuffer(8)), /new Uint8Array\(buffer\)/],
    ['nothing', undefined, /empty, or none of PEM.*content of the key file/],
    ['no bytes', new Uint8Array(0), /empty, or none of PEM/],
    ['a list', [pkcs8Pem], /empty, or none of PEM/],
    ['DER read as UTF-8', utf8Text(der), /binary, but no Uint8Array.*the bytes of the file/],
    ['DER read as Latin-1', latin1(der), /binary, but no Uint8Array.*the bytes of the file/],
  ])('%s', async (_, input, message) => {
    for (const load of [importRsaSigningKey, importRsaDecryptionKey]) {
      const error = await load(input as string).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'CRYPTO_OPTION_INVALID', option: 'input' })
      expect((error as Error).message).toMatch(message)
    }
  })

  it('takes a key after certificates and other blocks', async () => {
    const bundle = pem('CERTIFICATE', 'AAAA') + publicPem + pkcs8Pem
    expect((await importRsaSigningKey(bundle)).modulusBits).toBe(2048)
  })

  it.each<[string, object, boolean, boolean]>([
    ['alg RS256', { alg: 'RS256' }, true, false],
    ['alg RS512', { alg: 'RS512' }, false, false],
    ['alg PS256', { alg: 'PS256' }, false, false],
    ['alg ES256', { alg: 'ES256' }, false, false],
    ['alg RSA-OAEP', { alg: 'RSA-OAEP' }, false, true],
    ['alg RSA1_5', { alg: 'RSA1_5' }, false, true],
    ['key_ops sign', { key_ops: ['sign'] }, true, false],
    ['key_ops decrypt', { key_ops: ['decrypt'] }, false, true],
    ['key_ops both', { key_ops: ['decrypt', 'sign'] }, true, true],
    ['key_ops none', { key_ops: [] }, false, false],
    ['key_ops text', { key_ops: 'sign' }, false, false],
    ['use sig', { use: 'sig' }, true, false],
    ['use enc', { use: 'enc' }, false, true],
    ['nothing', {}, true, true],
  ])('a JSON Web Key with %s fits signing %s, decryption %s', async (_, more, signs, decrypts) => {
    const wrong = coded('CRYPTO_KEY_USAGE')
    const outcome = (work: Promise<unknown>) =>
      work.then(
        () => true,
        (thrown: unknown) => thrown,
      )
    expect(await outcome(importRsaSigningKey({ ...jwk, ...more }))).toEqual(signs || wrong)
    expect(await outcome(importRsaDecryptionKey({ ...jwk, ...more }))).toEqual(decrypts || wrong)
  })
})

describe('parameters that cannot be read say what they are', () => {
  const { prime } = modp2048
  const primeBytes = integer(prime)
  const unsigned = Uint8Array.from([2, 0x82, 1, 0, ...primeBytes.subarray(5)])
  it.each<[string, string | Uint8Array, RegExp]>([
    ['a file name', 'dhparam.pem', /name of a file/],
    ['a path', '/etc/keys/dhparam.pem', /name of a file/],
    ['text', 'correct horse', /without a PEM block.*the prime in hexadecimal/],
    ['a private key', pkcs1Pem, /is a private key.*swapped/],
    ['a public key', publicPem, /is a public key.*swapped/],
    ['a private key in DER', pkcs1(numbers), /DER of another kind/],
    ['a private key in base64', base64(pkcs8Pem), /is a private key.*swapped/],
    [
      'a private key of PuTTY',
      'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n',
      /is a key in PuTTY/,
    ],
    ['parameters of DSA', dhPem.replaceAll('DH P', 'DSA P'), /of another algorithm, such as DSA/],
    [
      'a key of elliptic curves',
      dhPem.replaceAll('DH PARAMETERS', 'EC PRIVATE KEY'),
      /such as DSA or elliptic/,
    ],
    ['a line of authorized_keys', 'ssh-rsa AAAAB3NzaC1yc2E me@here', /is a public key/],
    ['a JSON Web Key as text', JSON.stringify(jwk), /is JSON text/],
    ['other JSON', '{"prime":"ff"}', /is JSON text/],
    ['two groups', dhPem + encodeDhParameters(DH_GROUPS.ffdhe2048), /two different groups/],
    [
      'what openssl asn1parse prints',
      `    0:d=0  hl=4 l= 264 cons: SEQUENCE\n    4:d=1  hl=4 l= 257 prim: INTEGER           :${hex}`,
      /OpenSSL prints/,
    ],
    [
      'what openssl dhparam -text prints',
      `    DH Parameters: (2048 bit)\n    P:\n        00:${hex.replace(/../g, '$&:')}\n    G:    2 (0x2)`,
      /OpenSSL prints/,
    ],
    ['DER read as UTF-8', utf8Text(sequence(primeBytes, integer(2n))), /is binary, but no/],
    ['no END line', dhPem.slice(0, 300), /without its END line/],
    ['another END line', dhPem.replace('END DH', 'END X9.42 DH'), /BEGIN and END lines/],
    ['damaged base64', dhPem.replace('MIIB', 'MI*B'), /base64/],
    ['damaged DER', pem('DH PARAMETERS', 'MIIBCAKCAQEA'), /DER that is damaged/],
    ['decimal', prime.toString(10), /decimal/],
    ['negative', sequence(unsigned, integer(2n)), /negative/],
    ['too small', hex.slice(0, 256), /less than 2048 bits/],
    ['too large', 'f'.repeat(2049), /more than 8192 bits/],
    ['even', `${hex.slice(0, -1)}e`, /not prime/],
    ['not prime', `${hex.slice(0, -1)}d`, /not prime/],
    ['a modulus', numbers.n.toString(16), /not prime/],
    ['a digit changed', hex.replace('c90f', 'c91f'), /not prime/],
    ['a Mersenne number that is not prime', (2n ** 2213n - 1n).toString(16), /not prime/],
    ['one of 4093 bits', (2n ** 4093n - 1n).toString(16), /not prime/],
    ['a long number with a small factor', (2n ** 8192n - 1n).toString(16), /not prime/],
    ['no generator', sequence(primeBytes), /generator is missing/],
    ['generator 1', sequence(primeBytes, integer(1n)), /generator/],
    ['generator p - 1', sequence(primeBytes, integer(prime - 1n)), /generator/],
    ['a negative generator', sequence(primeBytes, Uint8Array.of(2, 1, 0x80)), /generator/],
    ['too long', '#'.repeat(70_000), /longer than 65536/],
  ])('%s', (_, input, message) => {
    const read = () => parseDhParameters(input)
    expect(read).toThrow(coded('CRYPTO_DH_PARAMETERS_INVALID') as Error)
    expect(read).toThrow(message)
    expect(read).toThrow(/Remedy: give the content of the file that is registered/)
  })
})

it('copies parameters that were read, and checks them', () => {
  class Group {
    get prime() {
      return modp2048.prime
    }
    get generator() {
      return 2n
    }
  }
  const given = { ...modp2048 }
  expect(parseDhParameters(given)).toEqual(modp2048)
  expect(parseDhParameters(given)).not.toBe(given)
  expect(parseDhParameters(new Group())).toEqual(modp2048)
  const invalid = coded('CRYPTO_DH_PARAMETERS_INVALID') as Error
  expect(() => parseDhParameters({ prime: 23n, generator: 5n })).toThrow(invalid)
  expect(() => parseDhParameters({ ...modp2048, generator: 1n })).toThrow(/generator/)
  expect(() => parseDhParameters({ prime: hex, generator: 2 } as never)).toThrow(/prime .* bigint/)
})

it('reads a file of parameters in hexadecimal', () => {
  const der = sequence(integer(modp2048.prime), integer(5n))
  expect(parseDhParameters(bytesToHex(der))).toEqual({ ...modp2048, generator: 5n })
})

it('takes one group that stands in a text twice', () => {
  expect(parseDhParameters(dhPem + dhPem)).toEqual(modp2048)
  expect(parseDhParameters(hex + hex)).toEqual(modp2048)
  expect(parseDhParameters(`00${hex}\n00${hex}\n`)).toEqual(modp2048)
})

it('does not hold a program up with the longest primes', async () => {
  const divisors = Array.from({ length: 499 }, (_unused, at) => BigInt(2 * at + 3))
  let number = 2n ** 8192n - 2n ** 64n + 1n
  while (divisors.some((divisor) => number % divisor === 0n)) number += 2n
  const digits = number.toString(16)
  const read = () => expect(parseDhParameters(digits).prime).toBe(number)
  expect(await quickest(200, read)).toBeLessThan(200)
})

describe('no remedy writes over a file that may be in use', () => {
  it.each([
    ['parameters', () => parseDhParameters('dhparam.pem')],
    ['a key of another type', () => importRsaSigningKey(pem('EC PRIVATE KEY', 'AAAA'))],
    ['an encrypted key', () => importRsaSigningKey(pem('ENCRYPTED PRIVATE KEY', 'AAAA'))],
    ['a public key', () => importRsaSigningKey(publicPem)],
    ['a certificate', () => importRsaSigningKey(pem('CERTIFICATE', 'AAAA'))],
  ])('%s', async (_, work) => {
    const error = await (async () => work())().catch((thrown: unknown) => thrown)
    const files = [...(error as Error).message.matchAll(/-out (\S+?)[. ]/g)].map(([, file]) => file)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(file).toMatch(/^(new|decrypted|exported)-/)
  })
})

describe('what is too long is refused before it is read', () => {
  const long = 'A'.repeat(10_000_000)
  const der = new Uint8Array(1_000_000).fill(0x30)
  it.each<[string, unknown]>([
    ['text', `-----BEGIN PRIVATE KEY-----${long}-----END PRIVATE KEY-----`],
    ['many blocks', '-----BEGIN PRIVATE KEY-----'.repeat(2400)],
    ['bytes', der],
    ['a JSON Web Key', { ...jwk, n: long }],
    [
      'a JSON Web Key of eight',
      Object.fromEntries(Object.keys(jwk).map((name) => [name, name === 'kty' ? 'RSA' : long])),
    ],
  ])('%s', async (_, input) => {
    const code = 'CRYPTO_KEY_MALFORMED'
    const read = async () => {
      await expect(importRsaSigningKey(input as string)).rejects.toMatchObject({ code })
      await expect(importRsaDecryptionKey(input as string)).rejects.toMatchObject({ code })
    }
    expect(await quickest(1000, read)).toBeLessThan(1000)
  })

  it.each([long, der, 'f'.repeat(5_000_000)])('parameters', async (input) => {
    const error = coded('CRYPTO_DH_PARAMETERS_INVALID') as Error
    const read = () => expect(() => parseDhParameters(input)).toThrow(error)
    expect(await quickest(1000, read)).toBeLessThan(1000)
  })
})
