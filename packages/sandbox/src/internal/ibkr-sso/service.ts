/** SSO sessions put together: who may be signed in, from where, and for how long. */
import type { Hono } from 'hono'
import type { SandboxEnv } from '../call.ts'
import type { SandboxCounts } from '../counts.ts'
import type { Authenticator } from '../ibkr-api/authenticator.ts'
import { FIRST_USER, type SandboxUser } from '../ibkr-api/sign-in.ts'
import type { IbkrOAuth2Credentials } from '../ibkr-oauth2/credentials.ts'
import type { GatewayRow } from '../ibkr-oauth2/gateway.ts'
import { isLoginProblem, type LoginProblem } from '../login-problem.ts'
import { authenticateSsoRequest, authenticateSsoSocket } from './bearer-request.ts'
import { BrowserLinks } from './browser-link.ts'
import { type IbkrSsoContext, RESOLVER_PATH } from './context.ts'
import { findLink, resolver, useLink } from './resolver-page.ts'
import { ssoRows } from './sessions-endpoint.ts'
import { SsoSessions } from './sso-session.ts'

export interface IbkrSsoServiceOptions {
  readonly origin: string
  readonly counts: SandboxCounts
  readonly credentials: Pick<IbkrOAuth2Credentials, 'credential' | 'ip'>
  readonly users: readonly SandboxUser[]
  readonly ssoSessionIdleMs: number
}

export interface IbkrSsoService {
  /** Who can be signed in. */
  readonly people: readonly SandboxUser[]
  /** What outlives a restart. */
  readonly kept: Readonly<Record<string, Map<string, unknown>>>
  readonly mount: (app: Hono<SandboxEnv>) => void
  /** Opens a browser link as the user's browser would: uses it up, or says why not. */
  readonly openLink: (query: URLSearchParams, now: number) => LoginProblem | undefined
  /** The calls below the gateway's base. */
  readonly rows: readonly GatewayRow[]
  /** Judges requests for `/v1/api`, and sockets. */
  readonly authenticate: Authenticator
}

export function createIbkrSsoService(options: IbkrSsoServiceOptions): IbkrSsoService {
  const { credential, ip } = options.credentials
  const own = { ...FIRST_USER, username: credential }
  const context: IbkrSsoContext = {
    origin: options.origin,
    ip,
    users: new Map([own, ...options.users].map((user) => [user.username, user])),
    sessions: new SsoSessions(options.ssoSessionIdleMs),
    links: new BrowserLinks(),
    counts: options.counts,
  }
  return {
    people: [...context.users.values()],
    kept: { ssoSessions: context.sessions.sessions, ssoLinks: context.links.links },
    mount: (app) => {
      app.all(RESOLVER_PATH, ({ env: { call } }) => {
        call.record.service = 'ibkr-sso'
        return resolver(call, context)
      })
    },
    openLink: (query, now) => {
      const link = findLink(context, query, now)
      if (isLoginProblem(link)) return link
      useLink(context, link)
      return undefined
    },
    rows: ssoRows(context),
    authenticate: {
      request: (call) => authenticateSsoRequest(call, context),
      socket: (call) => authenticateSsoSocket(call, context),
      usernameOf: (token) => context.sessions.find(token)?.username,
    },
  }
}
