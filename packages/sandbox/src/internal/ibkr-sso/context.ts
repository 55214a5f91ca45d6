/** The state behind SSO sessions: users, bearers and browser links. */
import type { SandboxCounts } from '../counts.ts'
import type { SandboxUser } from '../ibkr-api/sign-in.ts'
import type { BrowserLinks } from './browser-link.ts'
import type { SsoSessions } from './sso-session.ts'

/** Where browser links lead. */
export const RESOLVER_PATH = '/sso/resolver'

export interface IbkrSsoContext {
  readonly origin: string
  /** The address that callers are taken to have, unless they connect from elsewhere. */
  readonly ip: string
  /** Whom the client may sign in, by user name. */
  readonly users: ReadonlyMap<string, SandboxUser>
  readonly sessions: SsoSessions
  readonly links: BrowserLinks
  readonly counts: SandboxCounts
}
