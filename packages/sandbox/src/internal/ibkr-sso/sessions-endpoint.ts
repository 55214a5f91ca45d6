/** `POST /gw/api/v1/sso-sessions` and `/sso-browser-sessions`. */

import { type Call, check, jsonResponse } from '../call.ts'
import type { SandboxUser } from '../ibkr-api/sign-in.ts'
import type { GatewayRow } from '../ibkr-oauth2/gateway.ts'
import { simpleProblem } from '../ibkr-oauth2/problem-details.ts'
import { callerAddresses } from './caller-address.ts'
import { type IbkrSsoContext, RESOLVER_PATH } from './context.ts'
import { readBrowserSessionRequest, readSessionRequest } from './session-request.ts'

export function ssoRows(context: IbkrSsoContext): readonly GatewayRow[] {
  const common = { method: 'POST', policy: 'SIGNED_JWT', service: 'ibkr-sso' } as const
  return [
    {
      ...common,
      path: '/sso-sessions',
      scope: 'sso-sessions.write',
      answer: (call, claims) => openSession(call, context, claims),
    },
    {
      ...common,
      path: '/sso-browser-sessions',
      scope: 'sso-browser-sessions.write',
      answer: (call, claims) => issueLink(call, context, claims),
    },
  ]
}

type Claims = Readonly<Record<string, unknown>>

function openSession(call: Call, context: IbkrSsoContext, claims: Claims): Response {
  const { credential, addresses } = readSessionRequest(call, claims)
  const user = checkCredential(call, context, credential)
  const caller = callerAddresses(call, context)
  const own = addresses.some((address) => caller.includes(address))
  check(call, own, {
    name: 'address',
    detail: `ip or alternativeIps has to hold ${caller.join(' or ')}`,
    refuse,
  })
  const token = context.sessions.open(user, addresses, call.now)
  context.counts.ssoSessions++
  return jsonResponse({ active: true, access_token: token, token_type: 'Bearer' }, 200, NO_STORE)
}

function issueLink(call: Call, context: IbkrSsoContext, claims: Claims): Response {
  const { credential, addresses } = readBrowserSessionRequest(call, claims)
  const user = checkCredential(call, context, credential)
  const sid = context.links.issue(user, addresses[0] ?? '', call.now)
  context.counts.ssoBrowserSessions++
  // Real links have further parameters before SID: nobody may count on it being alone.
  const url = `${context.origin}${RESOLVER_PATH}?RL=1&SID=${sid}`
  return jsonResponse({ active: true, url }, 200, NO_STORE)
}

const NO_STORE = { 'content-type': 'application/json', 'cache-control': 'no-store' }
const refuse = () => simpleProblem(401, 'The access token request is invalid')

function checkCredential(call: Call, { users }: IbkrSsoContext, credential: string): SandboxUser {
  const user = users.get(credential)
  check(call, user !== undefined, {
    name: 'credential',
    detail: 'a user name this client may act for',
    refuse,
  })
  return user
}
