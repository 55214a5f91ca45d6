/**
 * Requests to the broker's `/oauth/…` endpoints: a POST without a body, signed with RSA-SHA256; on
 * the legacy base also with the parameters as a JSON body.
 */
import { setUserAgent } from '@isoauth/core-client'
import { bytesToBase64, signRsaSha256 } from '@isoauth/core-crypto'
import { authorizationHeaderValue } from '../authorization-header.ts'
import type { Parameter } from '../base-string.ts'
import { headerPairs, joinBaseString, protocolParameters } from './joined-base-string.ts'
import type { Session } from './session.ts'

/**
 * Signs a request; it is good for one use.
 *
 * @param path - below the base, like `/oauth/live_session_token`
 * @param parameters - of this request beside those that all have, decoded
 * @param timestamp - whole seconds since 1970, ten digits
 * @param prefix - before the base string; see `signatureBaseString`
 */
export async function rsaSignedRequest(
  session: Session,
  path: string,
  parameters: ReadonlyArray<Parameter>,
  timestamp: string,
  nonce: string = session.nextNonce(),
  prefix = '',
): Promise<Request> {
  const method = 'POST'
  const signed = [
    ...parameters,
    ...protocolParameters(session.consumerKey, nonce, 'RSA-SHA256', timestamp),
  ]
  const uri = session.signingBase.href + path
  const baseString = prefix + joinBaseString(method, uri, headerPairs(signed))
  const signature = await signRsaSha256(await session.signingKey(), baseString)
  signed.push(['oauth_signature', bytesToBase64(signature)])
  const headers = new Headers({ accept: '*/*' })
  setUserAgent(headers, session.userAgent)
  const isHeader = session.parameterTransport === 'header'
  if (isHeader) headers.set('authorization', authorizationHeaderValue(signed, session))
  else headers.set('content-type', 'application/json')
  const body = isHeader ? null : JSON.stringify(Object.fromEntries(signed))
  return new Request(session.base.href + path, { method, headers, body, redirect: 'manual' })
}
