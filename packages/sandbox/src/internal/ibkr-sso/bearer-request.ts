/** Authentication of `/v1/api` by an SSO bearer. */

import { type Call, check } from '../call.ts'
import { tracedError } from '../ibkr-api/answers.ts'
import type { SignIn } from '../ibkr-api/sign-in.ts'
import { bearer } from '../ibkr-oauth2/access-token.ts'
import type { SocketSignIn } from '../ibkr-stream/stream-login.ts'
import { callerAddresses } from './caller-address.ts'
import type { IbkrSsoContext } from './context.ts'
import type { SsoSession } from './sso-session.ts'

/** Judges the bearer of a request for `/v1/api`; a good one lasts longer by it. */
export function authenticateSsoRequest(call: Call, context: IbkrSsoContext): SignIn {
  const { sessions } = context
  const token = bearer(call.request.headers.get('authorization') ?? '')
  check(call, token !== undefined, {
    name: 'bearer',
    detail: 'Authorization: Bearer, and one token',
    refuse: () => unauthorized(call),
  })
  const session = findSession(call, context, token)
  session.lastSeenMs = call.now
  return {
    holder: token,
    username: session.username,
    accountId: session.accountId,
    signedInAtMs: session.openedAtMs,
    expiresInMs: sessions.remainingMs(session, call.now),
    end: () => sessions.end(token),
  }
}

/** Judges `?sessionToken=…` of the stream's address; the socket ends with the bearer. */
export function authenticateSsoSocket(call: Call, context: IbkrSsoContext): SocketSignIn {
  const { sessions } = context
  const token = new URLSearchParams(call.query).get('sessionToken') ?? ''
  const session = findSession(call, context, token)
  return {
    holder: token,
    username: session.username,
    accountId: session.accountId,
    isAlive: (now) => sessions.find(token) === session && sessions.remainingMs(session, now) > 0,
  }
}

function findSession(call: Call, context: IbkrSsoContext, token: string): SsoSession {
  const { sessions, counts } = context
  const refuse = () => unauthorized(call)
  const session = sessions.find(token)
  const hint = token.includes('.')
    ? 'an access token opens /gw/api/v1 only; sso-sessions gives what opens this'
    : 'one that sso-sessions issued, and not logged out'
  check(call, session !== undefined, { name: 'sso-bearer', detail: hint, refuse })
  const alive = sessions.remainingMs(session, call.now) > 0
  check(call, alive, { name: 'sso-bearer', detail: 'it must not have run out', refuse })
  const caller = callerAddresses(call, context)
  const allowed = session.addresses.some((address) => caller.includes(address))
  check(call, allowed, { name: 'address', detail: 'one that ip or alternativeIps named', refuse })
  counts.authorized++
  return session
}

function unauthorized(call: Call): Response {
  return tracedError(call, 401, 'not authenticated')
}
