/**
 * The live session token: derived from the Diffie-Hellman secret and the access token secret, and
 * verified against the server's signature of it.
 */
import { type Bytes, isBytes } from '@isoauth/core-crypto'
import { refuse, requireOptions, requireText } from './internal/errors.ts'
import { deriveToken, isTokenProof } from './internal/token-derivation.ts'

/**
 * Computes the live session token: HMAC-SHA1 of the decrypted access token secret, keyed with the
 * shared secret's two's-complement bytes.
 *
 * @param options.sharedSecret - `B^a mod p`, above 0; a zero byte goes before it when its top bit is set
 * @param options.accessTokenSecret - the decrypted secret's bytes, leading zeros kept
 * @returns 20 bytes
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`
 *
 * Source: the broker's page "Compute the Live Session Token"; Java `BigInteger.toByteArray()`.
 */
export function computeLiveSessionToken(options: {
  readonly sharedSecret: bigint
  readonly accessTokenSecret: Uint8Array
}): Bytes {
  const { sharedSecret, accessTokenSecret } = requireOptions(options)
  if (typeof sharedSecret !== 'bigint' || sharedSecret < 1n) {
    refuse('sharedSecret', 'a positive bigint, as computeDhSharedSecret gives it')
  }
  requireSecretBytes('accessTokenSecret', accessTokenSecret)
  return deriveToken(sharedSecret, accessTokenSecret)
}

/**
 * Verifies a live session token: HMAC-SHA1 of the consumer key, keyed with the token, must be the
 * server's `live_session_token_signature`. Compared in constant time, hex in either case.
 *
 * @param options.token - 20 bytes (not the base64 text)
 * @param options.signature - 40 hex digits; anything else is false
 * @param options.consumerKey - as the broker stores it: upper case, no blanks
 * @throws {@link IbkrOAuth1Error} `IBKR_OAUTH1_OPTION_INVALID`
 *
 * Source: the broker's page "Validate the Live Session Token".
 */
export function verifyLiveSessionToken(options: {
  readonly token: Uint8Array
  readonly signature: string
  readonly consumerKey: string
}): boolean {
  const { token, signature, consumerKey } = requireOptions(options)
  requireSecretBytes('token', token)
  requireText(consumerKey, 'consumerKey')
  if (typeof signature !== 'string' || !/^[0-9a-f]{40}$/i.test(signature)) return false
  return isTokenProof(token, signature, consumerKey)
}

function requireSecretBytes(option: string, value: unknown): void {
  if (!isBytes(value) || value.length === 0) {
    refuse(option, 'a Uint8Array of at least one byte')
  }
}
