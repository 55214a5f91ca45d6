/** Who may open the stream by OAuth 1.0a: the access token in its address, with a session token made for it. */
import { type Call, check } from '../call.ts'
import { tracedError } from '../ibkr-api/answers.ts'
import type { SocketSignIn } from '../ibkr-stream/stream-login.ts'
import type { IbkrOAuth1Context } from './context.ts'

/** Judges `?oauth_token=…`; the socket ends with the live session token that is newest now. */
export function authenticateSocket(call: Call, context: IbkrOAuth1Context): SocketSignIn {
  const refuse = () => tracedError(call, 401, 'not authenticated')
  const name = new URLSearchParams(call.query).get('oauth_token') ?? ''
  const token = context.registry.accessTokens.get(name)
  check(call, token !== undefined, {
    name: 'token',
    detail: 'oauth_token has to be an access token; the live session token stays out of addresses',
    refuse,
  })
  const { username, accountId, liveSessionTokens } = token
  const live = liveSessionTokens.at(-1)
  check(call, live !== undefined && call.now < live.expiresAtMs, {
    name: 'live-session-token',
    detail: 'one has to be requested first, and must not have expired',
    refuse,
  })
  context.counts.authorized++
  return {
    holder: name,
    username,
    accountId,
    isAlive: (now) =>
      now < live.expiresAtMs &&
      (context.keepReplacedTokens
        ? liveSessionTokens.includes(live)
        : liveSessionTokens.at(-1) === live),
  }
}
