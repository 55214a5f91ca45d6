/**
 * Requests to the broker's `/oauth/…` endpoints: a POST without a body, signed with RSA-SHA256; on
 * the legacy base also with the parameters as a JSON body.
 */
import { setUserAgent } from '@isoauth/core-client'
import { bytesToBase64, signRsaSha256 } from '@isoauth/core-crypto'
import { authorizationHeaderValue } from '../authorization-header.ts'
import { type Parameter, signatureBaseString } from '../base-string.ts'
import type { Session } from './session.ts'

/** What is signed and sent. */
export interface RsaSignedRequestOptions {
  /** Below the base, like `/oauth/live_session_token`. */
  readonly path: string
  /** The parameters of this request beside those that all have, decoded. */
  readonly parameters: ReadonlyArray<Parameter>
  /** Default: a fresh one. */
  readonly nonce?: string | undefined
  /** Whole seconds since 1970, ten digits. */
  readonly timestamp: string
  /** Before the base string; see `signatureBaseString`. */
  readonly prefix?: string | undefined
}

/** Signs a request; it is good for one use. */
export async function rsaSignedRequest(
  session: Session,
  { path, parameters, nonce = session.nextNonce(), timestamp, prefix }: RsaSignedRequestOptions,
): Promise<Request> {
  const unsigned: Parameter[] = [
    ...parameters,
    ['oauth_consumer_key', session.consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'RSA-SHA256'],
    ['oauth_timestamp', timestamp],
  ]
  const method = 'POST'
  const url = session.signingBase.href + path
  const baseString = signatureBaseString({ method, url, parameters: unsigned, prefix })
  const signature = bytesToBase64(await signRsaSha256(await session.signingKey(), baseString))
  const signed: Parameter[] = [...unsigned, ['oauth_signature', signature]]
  const headers = new Headers({ accept: '*/*' })
  setUserAgent(headers, session.userAgent)
  const init: RequestInit = { method, headers, redirect: 'manual' }
  if (session.parameterTransport === 'header') {
    headers.set('authorization', authorizationHeaderValue(signed, session))
  } else {
    headers.set('content-type', 'application/json')
    init.body = JSON.stringify(Object.fromEntries(signed))
  }
  return new Request(session.base.href + path, init)
}
