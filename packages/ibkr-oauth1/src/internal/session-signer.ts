/**
 * Signs a client's requests: one prepared signer for each live session token, the URL as the broker
 * sees it.
 */

import type { LiveSessionToken } from '../session-token.ts'
import type { TokenSession } from './credentials.ts'
import { createHmacSigner, type HmacSigner, type HmacSignerOptions } from './hmac-signer.ts'

/** Signs one request with a token. */
export type SessionSigner = (
  token: LiveSessionToken,
  request: { readonly method: string; readonly url: URL; readonly formBody?: string | undefined },
) => string

/** Makes a client's signer. */
export function createSessionSigner(session: TokenSession & HmacSignerOptions): SessionSigner {
  const { base, signingBase, clock, nextNonce } = session
  const signers = new WeakMap<LiveSessionToken, HmacSigner>()
  return (token, { method, url, formBody }) => {
    const sign = signers.get(token) ?? createHmacSigner(session, token.token)
    signers.set(token, sign)
    const seen = new URL(signingBase.href + url.href.slice(base.href.length))
    const uri = seen.origin + seen.pathname
    const query = seen.search.slice(1)
    return sign(method, uri, query, formBody, nextNonce(), String(clock.timestampSeconds()))
  }
}
