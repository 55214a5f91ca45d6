/**
 * RSA-SHA256 signatures, Diffie-Hellman, HMAC, keys and encodings for any JavaScript runtime.
 *
 * @packageDocumentation
 */

export { DH_GROUPS } from './dh-groups.ts'
export { encodeDhParameters, parseDhParameters } from './dh-parameters.ts'
export {
  type ComputeDhSharedSecretOptions,
  computeDhSharedSecret,
  type DhKeyPair,
  type DhParameters,
  type GenerateDhKeyPairOptions,
  generateDhKeyPair,
} from './diffie-hellman.ts'
export { createHmacSha256, hmacSha1, hmacSha256 } from './hmac.ts'
export { type Bytes, isBytes } from './internal/bytes.ts'
export {
  base64ToBytes,
  base64UrlToBytes,
  bytesToBase64,
  bytesToBase64Url,
  bytesToHex,
  hexToBytes,
  utf8ToBytes,
} from './internal/encoding.ts'
export {
  CodedError,
  type CodedErrorJson,
  type CodedErrorOptions,
  CryptoError,
  type CryptoErrorCode,
  type CryptoErrorOptions,
  hasCode,
} from './internal/errors.ts'
export { bigIntToTwosComplement } from './internal/integers.ts'
export type { CryptoKey, JsonWebKey, SigningKey } from './internal/keys.ts'
export { randomBytes } from './internal/random-bytes.ts'
export { modPow } from './mod-pow.ts'
export {
  type GenerateRsaKeyPairOptions,
  generateRsaKeyPair,
  type RsaKeyPairPem,
} from './rsa-key-pair.ts'
export { signRsaSha256, verifyRsaSha256 } from './rsa-signature.ts'
export { importRsaSigningKey, type RsaSigningKey } from './rsa-signing-key.ts'
export { timingSafeEqual } from './timing-safe-equal.ts'
