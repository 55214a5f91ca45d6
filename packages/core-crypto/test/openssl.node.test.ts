/** OpenSSL and this package read each other's files, where there is an `openssl` command. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  base64ToBytes,
  DH_GROUPS,
  encodeDhParameters,
  generateRsaKeyPair,
  importRsaSigningKey,
  parseDhParameters,
  signRsaSha256,
} from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coded, dhGroups, keys } from './support.ts'

const present = spawnSync('openssl', ['version']).status === 0
let folder = ''
const file = (name: string) => join(folder, name)

function openssl(...args: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8', cwd: folder })
  return { status, text: `${stdout}${stderr}` }
}

function produce(name: string, ...args: string[]): string {
  const { status, text } = openssl(...args, '-out', name)
  expect(status, text).toBe(0)
  return readFileSync(file(name), 'utf8')
}

const title = present ? 'OpenSSL' : 'OpenSSL (SKIPPED: there is no openssl command)'

describe.runIf(present)(title, () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isoauth-openssl-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('checks the Diffie-Hellman parameters that are written', () => {
    for (const [name, parameters] of Object.entries(DH_GROUPS)) {
      writeFileSync(file(`${name}.pem`), encodeDhParameters(parameters))
      const { status, text } = openssl('dhparam', '-check', '-noout', '-in', `${name}.pem`)
      expect(status, text).toBe(0)
      expect(text).toMatch(/DH parameters appear to be ok/i)
      const parsed = openssl('asn1parse', '-in', `${name}.pem`).text
      expect(parsed).not.toContain('INTEGER           :-')
    }
  })

  it('writes Diffie-Hellman parameters that are read', () => {
    const { pem, primeHex } = dhGroups['openssl']!
    writeFileSync(file('dh.pem'), pem)
    const expected = { prime: BigInt(`0x${primeHex}`), generator: 2n }
    const { text } = openssl('dhparam', '-text', '-in', 'dh.pem')
    openssl('dhparam', '-in', 'dh.pem', '-outform', 'DER', '-out', 'dh.der')
    for (const acceleration of ['auto', 'portable'] as const) {
      expect(parseDhParameters(text, { acceleration })).toEqual(expected)
      expect(parseDhParameters(readFileSync(file('dh.der')), { acceleration })).toEqual(expected)
    }
  })

  it('checks the RSA keys that are made, and verifies signatures by them', async () => {
    const { privateKeyPem, publicKeyPem } = await generateRsaKeyPair({ modulusBits: 2048 })
    writeFileSync(file('private.pem'), privateKeyPem)
    writeFileSync(file('public.pem'), publicKeyPem)
    expect(openssl('rsa', '-check', '-noout', '-in', 'private.pem').text).toContain('RSA key ok')
    expect(openssl('rsa', '-in', 'private.pem', '-pubout').text).toContain(publicKeyPem.trim())
    writeFileSync(file('data'), 'text')
    writeFileSync(file('signature'), await signRsaSha256(privateKeyPem, 'text'))
    const verified = openssl(
      'dgst',
      '-sha256',
      '-verify',
      'public.pem',
      '-signature',
      'signature',
      'data',
    )
    expect(verified.text).toContain('Verified OK')
  })

  it('encrypts what is decrypted, with keys in every form that it writes', async () => {
    const pkcs8 = produce(
      'pkcs8.pem',
      'genpkey',
      '-algorithm',
      'RSA',
      '-pkeyopt',
      'rsa_keygen_bits:3072',
    )
    const pkcs1 = produce('pkcs1.pem', 'rsa', '-in', 'pkcs8.pem', '-traditional')
    expect(pkcs1).toContain('BEGIN RSA PRIVATE KEY')
    openssl('rsa', '-in', 'pkcs8.pem', '-outform', 'DER', '-out', 'key.der')
    writeFileSync(file('message'), 'secret')
    openssl('pkeyutl', '-encrypt', '-inkey', 'pkcs8.pem', '-in', 'message', '-out', 'ciphertext')
    const ciphertext = readFileSync(file('ciphertext'))
    for (const input of [
      pkcs8,
      pkcs1,
      readFileSync(file('key.der')),
      readFileSync(file('pkcs1.pem')),
    ]) {
      for (const acceleration of ['auto', 'portable'] as const) {
        const key = await importRsaDecryptionKey(input, { acceleration })
        const message = await decryptRsaPkcs1v15(key, ciphertext)
        expect(new TextDecoder().decode(message)).toBe('secret')
      }
      expect((await importRsaSigningKey(input)).modulusBits).toBe(3072)
    }
  })

  it('writes files that are refused with a code of their own', async () => {
    writeFileSync(file('rsa.pem'), keys['signature']!.pkcs8Pem)
    const encrypt = ['-aes256', '-passout', 'pass:test']
    const wrong: [string, string][] = [
      [
        'CRYPTO_KEY_ENCRYPTED',
        produce('e8.pem', 'pkcs8', '-topk8', '-in', 'rsa.pem', '-passout', 'pass:test'),
      ],
      [
        'CRYPTO_KEY_ENCRYPTED',
        produce('e1.pem', 'rsa', '-traditional', '-in', 'rsa.pem', ...encrypt),
      ],
      ['CRYPTO_KEY_PUBLIC', produce('pub.pem', 'rsa', '-pubout', '-in', 'rsa.pem')],
      ['CRYPTO_KEY_PUBLIC', produce('pub1.pem', 'rsa', '-RSAPublicKey_out', '-in', 'rsa.pem')],
      [
        'CRYPTO_KEY_CERTIFICATE',
        produce('cert.pem', 'req', '-x509', '-key', 'rsa.pem', '-subj', '/CN=test'),
      ],
      [
        'CRYPTO_KEY_CERTIFICATE',
        produce('csr.pem', 'req', '-new', '-key', 'rsa.pem', '-subj', '/CN=test'),
      ],
      [
        'CRYPTO_KEY_TYPE_UNSUPPORTED',
        produce('ec.pem', 'ecparam', '-genkey', '-name', 'prime256v1'),
      ],
      ['CRYPTO_KEY_TYPE_UNSUPPORTED', produce('ed.pem', 'genpkey', '-algorithm', 'ED25519')],
      [
        'CRYPTO_KEY_TOO_SMALL',
        produce('small.pem', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'),
      ],
    ]
    for (const [code, text] of wrong) {
      const der = base64ToBytes(/-----BEGIN [^-]+KEY-----([^-:]*)-----END/.exec(text)?.[1] ?? '')
      await expect(importRsaSigningKey(text), text.slice(0, 40)).rejects.toThrow(
        coded(code) as Error,
      )
      await expect(importRsaDecryptionKey(text)).rejects.toThrow(coded(code) as Error)
      if (der.length > 0) await expect(importRsaDecryptionKey(der)).rejects.toHaveProperty('code')
    }
  })

  it('can follow the remedies that the messages name', () => {
    writeFileSync(file('rsa.pem'), keys['signature']!.pkcs8Pem)
    produce('encrypted.pem', 'pkcs8', '-topk8', '-in', 'rsa.pem', '-passout', 'pass:test')
    const { status, text } = openssl(
      'pkey',
      '-in',
      'encrypted.pem',
      '-passin',
      'pass:test',
      '-out',
      'out.pem',
    )
    expect(status, text).toBe(0)
    expect(readFileSync(file('out.pem'), 'utf8')).toContain('BEGIN PRIVATE KEY')
    expect(openssl('rsa', '-check', '-noout', '-in', 'rsa.pem').status).toBe(0)
    expect(openssl('genrsa', '-out', 'private.pem', '2048').status).toBe(0)
    expect(openssl('rsa', '-in', 'private.pem', '-pubout', '-out', 'public.pem').status).toBe(0)
  })
})
