/** The two API bases of the OAuth 1.0a service. */
import type { Hono } from 'hono'
import { type Call, check, type SandboxEnv } from '../internal/call.ts'
import { plainError } from './answers.ts'
import { hasBridge } from './brokerage-session.ts'
import { BASE_PATH, type IbkrOAuth1Context, LEGACY_BASE_PATH } from './context.ts'
import { legacyResource } from './legacy-resources.ts'
import { liveSessionToken } from './live-session-token.ts'
import { authenticateProtectedRequest } from './protected-request.ts'
import { RESOURCES } from './resources.ts'
import { accessToken, requestToken } from './third-party.ts'

type OAuthEndpoint = (call: Call, context: IbkrOAuth1Context, legacy: boolean) => Promise<Response>

const OAUTH: readonly (readonly [path: string, endpoint: OAuthEndpoint])[] = [
  ['/oauth/request_token', requestToken],
  ['/oauth/access_token', accessToken],
  ['/oauth/live_session_token', liveSessionToken],
]

export function mountIbkrOAuth1(app: Hono<SandboxEnv>, context: IbkrOAuth1Context): void {
  for (const base of [BASE_PATH, LEGACY_BASE_PATH]) {
    const legacy = base === LEGACY_BASE_PATH
    for (const [path, endpoint] of OAUTH) {
      app.all(base + path, ({ env: { call } }) => {
        call.record.service = 'ibkr-oauth1'
        return endpoint(call, context, legacy)
      })
    }
    app.all(`${base}/*`, ({ env: { call } }) => {
      call.record.service = 'ibkr-oauth1'
      return protectedResource(call, context, legacy)
    })
  }
}

async function protectedResource(
  call: Call,
  context: IbkrOAuth1Context,
  legacy: boolean,
): Promise<Response> {
  const token = await authenticateProtectedRequest(call, context, legacy)
  if (legacy) {
    const path = call.path.slice(LEGACY_BASE_PATH.length)
    return legacyResource(call, path, token) ?? plainError(404, 'Resource not found')
  }
  const path = call.path.slice(BASE_PATH.length)
  const row = RESOURCES.find((candidate) => candidate.path === path)
  if (!row) return plainError(404, 'Resource not found')
  const { method } = call.record
  const known = row.methods.includes(method) || (method === 'HEAD' && row.methods.includes('GET'))
  if (!known) return plainError(405, 'Method Not Allowed')
  if (row.bridge) {
    check(
      call,
      'session',
      hasBridge(context, token, call.now),
      'an established brokerage session is required',
      () => plainError(400, 'Bad Request: no bridge'),
    )
  }
  return row.resource(call, context, token)
}
