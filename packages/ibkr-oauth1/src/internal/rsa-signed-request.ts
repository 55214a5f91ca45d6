/**
 * Requests to the broker's `/oauth/…` endpoints: a POST without a body, signed with RSA-SHA256; on
 * the legacy base also with the parameters as a JSON body.
 */
import { setUserAgent } from '@isoauth/core-client'
import { bytesToBase64 } from '@isoauth/core-crypto'
import { authorizationHeaderValue } from './authorization-header.ts'
import { headerPairs, joinBaseString } from './base-string.ts'
import { percentEncode } from './percent-encode.ts'
import { type Parameter, protocolParameters } from './protocol-parameters.ts'
import { type ConsumerSettings, signWithKey } from './settings.ts'

/** What is asked of the broker. */
export interface RsaSignedCall {
  /** Below the base, like `/oauth/live_session_token`. */
  readonly path: string
  /** Of this request beside those that all have, decoded. */
  readonly parameters: ReadonlyArray<Parameter>
  /** Whole seconds since 1970, ten digits. */
  readonly timestamp: string
  /** Default: a new one. */
  readonly nonce?: string | undefined
  /**
   * Signed before the base string and not sent: the decrypted access token secret in hex, for the live
   * session token. Default: empty.
   */
  readonly prefix?: string | undefined
}

/** A request, good for one use. */
export interface RsaSignedRequest {
  readonly request: Request
  /** The values in it that must not come back in an error, as they are and percent-encoded. */
  readonly secrets: readonly string[]
}

/** Of these an error may tell what the broker says: no secrets, and too common to be left out of its text. */
const NOT_SECRET = ['oauth_signature_method', 'oauth_timestamp']

/** Signs a request. */
export async function rsaSignedRequest(
  settings: ConsumerSettings,
  { path, parameters, timestamp, nonce = settings.nextNonce(), prefix = '' }: RsaSignedCall,
): Promise<RsaSignedRequest> {
  const { consumerKey } = settings
  const method = 'POST'
  const signed = [
    ...parameters,
    ...protocolParameters({ consumerKey, nonce, signatureMethod: 'RSA-SHA256', timestamp }),
  ]
  const uri = settings.signingBase.href + path
  const baseString = prefix + joinBaseString(method, uri, headerPairs(signed))
  const signature = await signWithKey(settings, baseString)
  signed.push(['oauth_signature', bytesToBase64(signature)])
  const headers = new Headers({ accept: '*/*' })
  setUserAgent(headers, settings.userAgent)
  const isHeader = settings.parameterTransport === 'header'
  if (isHeader) headers.set('authorization', authorizationHeaderValue(signed, settings))
  else headers.set('content-type', 'application/json')
  const body = isHeader ? null : JSON.stringify(Object.fromEntries(signed))
  // A redirect is an answer to be refused: the signature holds for this URL alone.
  const request = new Request(settings.base.href + path, {
    method,
    headers,
    body,
    redirect: 'manual',
  })
  const values = signed.map(secretOf)
  return { request, secrets: values.flatMap((value) => [value, percentEncode(value)]) }
}

/** What of a parameter is secret: of a callback its query alone, since the rest has words that are everybody's. */
function secretOf([name, value]: Parameter): string {
  if (NOT_SECRET.includes(name)) return ''
  return name === 'oauth_callback' ? (/\?(.*)/.exec(value)?.[1] ?? '') : value
}
