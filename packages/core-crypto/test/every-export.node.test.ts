/** Every export, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/core-crypto'
import * as rsaes from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import * as every from '../../../tests/support/every-export.ts'

const OPTION = 'CRYPTO_OPTION_INVALID'
/** A text is of the right type, and means nothing. */
const onText = (code: string): every.Outcomes => [OPTION, OPTION, OPTION, code, OPTION]

const EXPORTS: every.Table = {
  CodedError: every.always(OPTION),
  CryptoError: every.always(OPTION),
  RsaDecryptionKey: every.always(OPTION),
  base64ToBytes: onText('CRYPTO_ENCODING_INVALID'),
  base64UrlToBytes: onText('CRYPTO_ENCODING_INVALID'),
  bigIntToTwosComplement: every.always(OPTION),
  bytesToBase64: every.always(OPTION),
  bytesToBase64Url: every.always(OPTION),
  bytesToHex: every.always(OPTION),
  computeDhSharedSecret: every.always(OPTION),
  createHmacSha256: every.always(OPTION),
  decryptRsaPkcs1v15: every.always(OPTION),
  encodeDhParameters: every.always(OPTION),
  generateDhKeyPair: every.always(OPTION),
  generateRsaKeyPair: ['returns', OPTION, OPTION, OPTION, OPTION],
  hasCode: every.always('returns'),
  hexToBytes: onText('CRYPTO_ENCODING_INVALID'),
  hmacSha1: every.always(OPTION),
  hmacSha256: every.always(OPTION),
  importRsaDecryptionKey: every.always(OPTION),
  importRsaSigningKey: onText('CRYPTO_KEY_MALFORMED'),
  isBytes: every.always('returns'),
  modPow: every.always(OPTION),
  parseDhParameters: every.always(OPTION),
  randomBytes: [OPTION, OPTION, 'returns', OPTION, OPTION],
  signRsaSha256: onText('CRYPTO_KEY_MALFORMED'),
  timingSafeEqual: every.always(OPTION),
  utf8ToBytes: onText('returns'),
  verifyRsaSha256: every.always(OPTION),
}

every.describeExports({ ...main, ...rsaes }, EXPORTS)
