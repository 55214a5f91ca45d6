/** Project Wycheproof's vectors, from the folder that `WYCHEPROOF_DIR` names. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { bytesToHex, hexToBytes, hmacSha1, hmacSha256, verifyRsaSha256 } from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { describe, expect, it } from 'vitest'

interface Case {
  tcId: number
  comment: string
  msg: string
  ct: string
  sig: string
  key: string
  tag: string
  flags: string[]
  result: 'valid' | 'acceptable' | 'invalid'
}

interface Group {
  privateKeyPem: string
  privateKeyPkcs8: string
  privateKeyJwk: Record<string, string>
  publicKeyDer: string
  tagSize: number
  tests: Case[]
}

const folder = env['WYCHEPROOF_DIR']

function load(name: string): { groups: Group[]; count: number } {
  const text = readFileSync(join(folder ?? '', `${name}_test.json`), 'utf8')
  const { testGroups, numberOfTests } = JSON.parse(text)
  return { groups: testGroups, count: numberOfTests }
}

const title =
  folder === undefined ? 'Wycheproof (SKIPPED: WYCHEPROOF_DIR is not set)' : 'Wycheproof'

describe.runIf(folder !== undefined)(title, () => {
  it.each(['auto', 'portable'] as const)(
    'rsa_pkcs1_2048 (%s): decryption, and one error for every bad padding',
    async (acceleration) => {
      const { groups, count } = load('rsa_pkcs1_2048')
      let done = 0
      const paddingErrors = new Set<string>()
      for (const group of groups) {
        for (const input of [
          group.privateKeyPem,
          hexToBytes(group.privateKeyPkcs8),
          group.privateKeyJwk,
        ]) {
          const key = await importRsaDecryptionKey(input, { acceleration })
          for (const { tcId, msg, ct, flags, result } of group.tests) {
            const outcome = await decryptRsaPkcs1v15(key, hexToBytes(ct)).then(
              bytesToHex,
              (error) => error,
            )
            done++
            if (result === 'valid') {
              expect(outcome, `case ${tcId}`).toBe(msg)
            } else if (flags.includes('InvalidPkcs1Padding')) {
              expect(outcome.code, `case ${tcId}`).toBe('CRYPTO_RSA_PADDING')
              const { name, code, message, option } = outcome
              paddingErrors.add(JSON.stringify([name, code, message, option, Object.keys(outcome)]))
            } else {
              expect(outcome.code, `case ${tcId}`).toMatch(
                /^CRYPTO_RSA_(?:CIPHERTEXT_(?:LENGTH|RANGE)|PADDING)$/,
              )
            }
          }
        }
      }
      expect(done).toBe(3 * count)
      expect(paddingErrors.size).toBe(1)
    },
  )

  it('rsa_signature_2048_sha256', async () => {
    const { groups, count } = load('rsa_signature_2048_sha256')
    let done = 0
    for (const { publicKeyDer, tests } of groups) {
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      const key = await crypto.subtle.importKey('spki', hexToBytes(publicKeyDer), algorithm, true, [
        'verify',
      ])
      for (const { tcId, msg, sig, result } of tests) {
        const valid = await verifyRsaSha256(key, hexToBytes(sig), hexToBytes(msg))
        done++
        if (result !== 'acceptable') expect(valid, `case ${tcId}`).toBe(result === 'valid')
      }
    }
    expect(done).toBe(count)
  })

  it.each([
    ['hmac_sha1', hmacSha1],
    ['hmac_sha256', hmacSha256],
  ] as const)('%s', (name, hmac) => {
    const { groups, count } = load(name)
    let done = 0
    for (const { tagSize, tests } of groups) {
      for (const { tcId, key, msg, tag, result } of tests) {
        const computed = bytesToHex(hmac(hexToBytes(key), hexToBytes(msg))).slice(0, tagSize / 4)
        done++
        expect(computed === tag, `case ${tcId}`).toBe(result === 'valid')
      }
    }
    expect(done).toBe(count)
  })
})
