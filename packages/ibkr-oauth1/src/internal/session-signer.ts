/**
 * Signs a client's requests: one prepared signer for each live session token, the URL as the broker
 * sees it.
 */
import type { Clock } from '@isoauth/core-client'
import type { QuerySigning } from '../base-string.ts'
import { createRequestSigner, type RequestSigner } from '../request-signer.ts'
import type { LiveSessionToken } from '../session-token.ts'
import type { Credentials } from './credentials.ts'
import type { Endpoint } from './endpoint.ts'

/** Signs one request with a token. */
export type SessionSigner = (
  token: LiveSessionToken,
  request: { readonly method: string; readonly url: URL; readonly formBody?: string | undefined },
) => string

/** Makes a client's signer. */
export function createSessionSigner(options: {
  readonly credentials: Credentials
  readonly endpoint: Endpoint
  readonly querySigning: QuerySigning
  readonly clock: Clock
}): SessionSigner {
  const { clock, querySigning } = options
  const { consumerKey, accessToken } = options.credentials
  const { base, signingBase, realm } = options.endpoint
  const signers = new WeakMap<LiveSessionToken, RequestSigner>()

  const signerOf = (token: LiveSessionToken): RequestSigner => {
    const known = signers.get(token)
    if (known !== undefined) return known
    const signer = createRequestSigner({
      consumerKey,
      accessToken,
      liveSessionToken: token.token,
      realm,
      querySigning,
    })
    signers.set(token, signer)
    return signer
  }

  return (token, { method, url, formBody }) =>
    signerOf(token).sign({
      method,
      url: signingBase.href + url.href.slice(base.href.length),
      formBody,
      timestamp: clock.timestampSeconds(),
    })
}
