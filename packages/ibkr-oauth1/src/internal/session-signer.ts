/**
 * Signs a client's requests: one prepared signer for each live session token, the URL as the broker
 * sees it.
 */
import type { QuerySigning } from '../base-string.ts'
import { createRequestSigner, type RequestSigner } from '../request-signer.ts'
import type { LiveSessionToken } from '../session-token.ts'
import type { TokenSession } from './credentials.ts'

/** Signs one request with a token. */
export type SessionSigner = (
  token: LiveSessionToken,
  request: { readonly method: string; readonly url: URL; readonly formBody?: string | undefined },
) => string

/** Makes a client's signer. */
export function createSessionSigner(
  session: TokenSession & { readonly querySigning: QuerySigning },
): SessionSigner {
  const { base, signingBase, clock } = session
  const signers = new WeakMap<LiveSessionToken, RequestSigner>()
  return (token, { method, url, formBody }) => {
    const { token: liveSessionToken } = token
    const signer = signers.get(token) ?? createRequestSigner({ ...session, liveSessionToken })
    signers.set(token, signer)
    return signer.sign({
      method,
      url: signingBase.href + url.href.slice(base.href.length),
      formBody,
      timestamp: clock.timestampSeconds(),
    })
  }
}
