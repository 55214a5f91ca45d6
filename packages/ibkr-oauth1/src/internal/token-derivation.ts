/**
 * The derivation of the live session token and its proof, of values that were checked before.
 */
import {
  type Bytes,
  bigIntToTwosComplement,
  hexToBytes,
  hmacSha1,
  timingSafeEqual,
  utf8ToBytes,
} from '@isoauth/core-crypto'

/** HMAC-SHA1 of the secret, keyed with the shared secret's two's-complement bytes. */
export function deriveToken(sharedSecret: bigint, secret: Uint8Array): Bytes {
  return hmacSha1(bigIntToTwosComplement(sharedSecret), secret)
}

/** Tells whether hex text is HMAC-SHA1 of the consumer key, keyed with the token; in constant time. */
export function isTokenProof(token: Uint8Array, signature: string, consumerKey: string): boolean {
  return timingSafeEqual(hmacSha1(token, utf8ToBytes(consumerKey)), hexToBytes(signature))
}
