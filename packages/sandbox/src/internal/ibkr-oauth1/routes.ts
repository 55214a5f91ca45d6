/** The handshakes on both API bases, and the resources of the older one. */
import type { Hono } from 'hono'
import type { SandboxEnv } from '../call.ts'
import { refusePath } from '../ibkr-api/answers.ts'
import { BASE_PATH } from '../ibkr-api/sign-in.ts'
import { type IbkrOAuth1Context, LEGACY_BASE_PATH, type OAuthEndpoint } from './context.ts'
import { legacyResource } from './legacy-resources.ts'
import { liveSessionToken } from './live-session-token.ts'
import { authenticateProtectedRequest } from './protected-request.ts'
import { accessToken, requestToken } from './third-party.ts'

const OAUTH: readonly (readonly [path: string, endpoint: OAuthEndpoint])[] = [
  ['/oauth/request_token', requestToken],
  ['/oauth/access_token', accessToken],
  ['/oauth/live_session_token', liveSessionToken],
]

export function mountIbkrOAuth1(app: Hono<SandboxEnv>, context: IbkrOAuth1Context): void {
  for (const base of [BASE_PATH, LEGACY_BASE_PATH]) {
    for (const [path, endpoint] of OAUTH) {
      app.all(base + path, ({ env: { call } }) => {
        call.record.service = 'ibkr-oauth1'
        return endpoint(call, context, base === LEGACY_BASE_PATH)
      })
    }
  }
  app.all(`${LEGACY_BASE_PATH}/*`, async ({ env: { call } }) => {
    call.record.service = 'ibkr-oauth1'
    const token = await authenticateProtectedRequest(call, context, true)
    const path = call.path.slice(LEGACY_BASE_PATH.length)
    const own = await call.ownAnswers.answer(call, token.username)
    return own ?? legacyResource(call, path, token) ?? refusePath(call)
  })
}
