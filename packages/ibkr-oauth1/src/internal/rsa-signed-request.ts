/**
 * Requests to the broker's `/oauth/…` endpoints: a POST without a body, signed with RSA-SHA256; on
 * the legacy base also with the parameters as a JSON body.
 */
import { setUserAgent } from '@isoauth/core-client'
import { bytesToBase64, type RsaSigningKey, signRsaSha256 } from '@isoauth/core-crypto'
import { authorizationHeaderValue } from '../authorization-header.ts'
import { type Parameter, signatureBaseString } from '../base-string.ts'
import type { Endpoint } from './endpoint.ts'

/** Where the OAuth parameters travel: in the `Authorization` header, or as a JSON body (legacy base). */
export type ParameterTransport = 'header' | 'json-body'

/** What is signed and sent. */
export interface RsaSignedRequestOptions {
  readonly endpoint: Endpoint
  /** Below the base, like `/oauth/live_session_token`. */
  readonly path: string
  readonly consumerKey: string
  readonly signingKey: RsaSigningKey
  /** The parameters of this request beside those that all have, decoded. */
  readonly parameters: ReadonlyArray<Parameter>
  readonly nonce: string
  /** Whole seconds since 1970, ten digits. */
  readonly timestamp: string
  /** Before the base string; see `signatureBaseString`. */
  readonly prefix?: string | undefined
}

/** Signs a request; it is good for one use. */
export async function rsaSignedRequest(options: RsaSignedRequestOptions): Promise<Request> {
  const { endpoint, path, prefix } = options
  const unsigned: Parameter[] = [
    ...options.parameters,
    ['oauth_consumer_key', options.consumerKey],
    ['oauth_nonce', options.nonce],
    ['oauth_signature_method', 'RSA-SHA256'],
    ['oauth_timestamp', options.timestamp],
  ]
  const url = endpoint.signingBase.href + path
  const baseString = signatureBaseString({ method: 'POST', url, parameters: unsigned, prefix })
  const signature = bytesToBase64(await signRsaSha256(options.signingKey, baseString))
  const signed: Parameter[] = [...unsigned, ['oauth_signature', signature]]
  const headers = new Headers({ accept: '*/*' })
  setUserAgent(headers, endpoint.userAgent)
  const init = { method: 'POST', headers, redirect: 'manual' } as const
  if (endpoint.parameterTransport === 'json-body') {
    headers.set('content-type', 'application/json')
    const body = JSON.stringify(Object.fromEntries(signed))
    return new Request(endpoint.base.href + path, { ...init, body })
  }
  headers.set('authorization', authorizationHeaderValue(signed, { realm: endpoint.realm }))
  return new Request(endpoint.base.href + path, init)
}
