/** The request for a live session token, made from the pure functions so that each byte can be shown. */
import {
  bytesToBase64,
  bytesToHex,
  type DhKeyPair,
  importRsaSigningKey,
  randomBytes,
  signRsaSha256,
} from '@isoauth/core-crypto'
import {
  authorizationHeaderValue,
  type Parameter,
  signatureBaseString,
} from '@isoauth/ibkr-oauth1/signing'
import type { Registration } from './keys.ts'

export interface UnsignedRequest {
  readonly method: 'POST'
  readonly url: string
  readonly parameters: readonly Parameter[]
  /** Lower-case hex of the decrypted secret. */
  readonly prefix: string
  readonly baseString: string
}

export function writeBaseString(
  { baseUrl, consumerKey, accessToken }: Registration,
  { publicKey }: DhKeyPair,
  secret: Uint8Array,
  nowMs: number,
): UnsignedRequest {
  const method = 'POST'
  const url = `${baseUrl}/oauth/live_session_token`
  const prefix = bytesToHex(secret)
  const parameters: readonly Parameter[] = [
    ['diffie_hellman_challenge', publicKey.toString(16)],
    ['oauth_consumer_key', consumerKey],
    ['oauth_nonce', bytesToHex(randomBytes(16))],
    ['oauth_signature_method', 'RSA-SHA256'],
    ['oauth_timestamp', String(Math.floor(nowMs / 1000))],
    ['oauth_token', accessToken],
  ]
  const baseString = signatureBaseString({ method, url, parameters, prefix })
  return { method, url, parameters, prefix, baseString }
}

/** Signs, and writes the `Authorization` header's value. */
export async function signRequest(
  { baseString, parameters }: UnsignedRequest,
  realm: string,
  privateKeyPem: string,
): Promise<{ readonly signature: string; readonly authorization: string }> {
  const key = await importRsaSigningKey(privateKeyPem)
  const signature = bytesToBase64(await signRsaSha256(key, baseString))
  const signed: readonly Parameter[] = [...parameters, ['oauth_signature', signature]]
  return { signature, authorization: authorizationHeaderValue(signed, { realm }) }
}
