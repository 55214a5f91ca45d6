/** `GET /v1/api/ws`: the upgrade to the stream, judged like any other request. */
import { type Call, check } from '../call.ts'
import { checkMaintenance, plainError } from './answers.ts'
import type { Authenticators } from './authenticator.ts'
import type { Broker } from './broker.ts'

/** Lets a socket in, or refuses it; what carries the socket finds the login in the call. */
export function upgradeToStream(
  call: Call,
  broker: Broker,
  { oauth1, sso }: Authenticators,
): Response {
  const { headers } = call.request
  check(call, call.upgrade !== undefined, {
    name: 'upgrade',
    detail: 'the handshake of RFC 6455 opens the stream',
    refuse: () => plainError(426, 'Upgrade Required'),
  })
  const bySso = sso !== undefined && new URLSearchParams(call.query).has('sessionToken')
  call.record.service = bySso ? 'ibkr-sso' : 'ibkr-oauth1'
  const signIn = (bySso ? sso : oauth1).socket(call)
  broker.meet(signIn.username)
  checkMaintenance(call, broker.states, signIn.username)
  check(call, !broker.stream.refuses(signIn.username, call.now), {
    name: 'line',
    detail: 'no socket is let in for a while after a cut that said so',
    refuse: () => plainError(503, 'Service Unavailable'),
  })
  const cookies = headers.get('cookie')
  call.upgrade.login = {
    signIn,
    cookie: /(?:^|;\s*)api=([^;\s]*)/.exec(cookies ?? '')?.[1],
    hadCookie: cookies !== null,
    userAgent: headers.get('user-agent'),
  }
  broker.counts.sockets++
  return new Response(null, { status: 204 })
}
