/**
 * RSA-SHA256 signatures, Diffie-Hellman, HMAC, keys and encodings for any JavaScript runtime.
 *
 * @packageDocumentation
 */

export { DH_GROUPS } from './dh-groups.ts'
export {
  type ComputeDhSharedSecretOptions,
  computeDhSharedSecret,
  type DhKeyPair,
  type DhParameters,
  encodeDhParameters,
  type GenerateDhKeyPairOptions,
  generateDhKeyPair,
  type ParseDhParametersOptions,
  parseDhParameters,
} from './diffie-hellman.ts'
export { createHmacSha256, hmacSha1, hmacSha256 } from './hmac.ts'
export {
  type Bytes,
  base64ToBytes,
  base64UrlToBytes,
  bigIntToTwosComplement,
  bytesToBase64,
  bytesToBase64Url,
  bytesToHex,
  hexToBytes,
  isBytes,
  randomBytes,
  timingSafeEqual,
  utf8ToBytes,
} from './internal/bytes.ts'
export {
  CodedError,
  type CodedErrorJson,
  type CodedErrorOptions,
  CryptoError,
  type CryptoErrorCode,
  type CryptoErrorOptions,
  hasCode,
} from './internal/errors.ts'
export type { CryptoKey, JsonWebKey, SigningKey } from './internal/keys.ts'
export type { Acceleration } from './internal/native-crypto.ts'
export { modPow } from './mod-pow.ts'
export {
  type GenerateRsaKeyPairOptions,
  generateRsaKeyPair,
  type RsaKeyPairPem,
} from './rsa-key-pair.ts'
export {
  importRsaSigningKey,
  type RsaSigningKey,
  signRsaSha256,
  verifyRsaSha256,
} from './rsa-signature.ts'
