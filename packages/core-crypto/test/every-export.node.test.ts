/** Every export, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/core-crypto'
import * as rsaes from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import { describe, expect, it } from 'vitest'
import {
  always,
  functionsOf,
  type Outcomes,
  outcomesOf,
} from '../../../tests/support/wrong-arguments.ts'

const OPTION = 'CRYPTO_OPTION_INVALID'
/** A text is of the right type, and means nothing. */
const onText = (code: string): Outcomes => [OPTION, OPTION, OPTION, code, OPTION]

const EXPORTS: Readonly<Record<string, Outcomes>> = {
  CodedError: always(OPTION),
  CryptoError: always(OPTION),
  RsaDecryptionKey: always(OPTION),
  base64ToBytes: onText('CRYPTO_ENCODING_INVALID'),
  base64UrlToBytes: onText('CRYPTO_ENCODING_INVALID'),
  bigIntToTwosComplement: always(OPTION),
  bytesToBase64: always(OPTION),
  bytesToBase64Url: always(OPTION),
  bytesToHex: always(OPTION),
  computeDhSharedSecret: always(OPTION),
  createHmacSha256: always(OPTION),
  decryptRsaPkcs1v15: always(OPTION),
  encodeDhParameters: always(OPTION),
  generateDhKeyPair: always(OPTION),
  generateRsaKeyPair: ['returns', OPTION, OPTION, OPTION, OPTION],
  hasCode: always('returns'),
  hexToBytes: onText('CRYPTO_ENCODING_INVALID'),
  hmacSha1: always(OPTION),
  hmacSha256: always(OPTION),
  importRsaDecryptionKey: always(OPTION),
  importRsaSigningKey: onText('CRYPTO_KEY_MALFORMED'),
  isBytes: always('returns'),
  modPow: always(OPTION),
  parseDhParameters: always(OPTION),
  randomBytes: [OPTION, OPTION, 'returns', OPTION, OPTION],
  signRsaSha256: onText('CRYPTO_KEY_MALFORMED'),
  timingSafeEqual: always(OPTION),
  utf8ToBytes: onText('returns'),
  verifyRsaSha256: always(OPTION),
}

describe('an export', () => {
  const exported = { ...main, ...rsaes }

  it('of every name is in the table', () => {
    expect(functionsOf(exported)).toEqual(Object.keys(EXPORTS).sort())
  })

  it.each(Object.entries(EXPORTS))('%s', async (name, expected) => {
    expect(await outcomesOf(exported, name)).toEqual(expected)
  })
})
