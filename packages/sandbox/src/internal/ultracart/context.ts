/** What the handlers of the UltraCart service share: keys, logins, codes, sessions. */
import type { SandboxCounts } from '../counts.ts'
import type { UltraCartSettings } from './options.ts'

/** An authorized application, known by its simple key or by an OAuth access token. */
export interface Application {
  readonly name: string
  readonly standing: 'active' | 'disabled' | 'without sso_write'
}

/** A login between `authorize` and the person's decision. */
export interface Login {
  readonly application: Application
  readonly redirectUri: string
  readonly state: string | undefined
  readonly expiresAtMs: number
  decided: boolean
}

/** A code between the person's approval and its exchange. */
export interface Code {
  readonly application: Application
  readonly userId: number
  /** `User-Agent` of the browser that approved. */
  readonly userAgent: string
  readonly expiresAtMs: number
  used: boolean
}

/** What a user's simple key stands for. */
export interface UserSession {
  readonly userId: number
  readonly startedAtMs: number
  readonly expiresAtMs: number
  readonly userAgent: string
  revoked: boolean
}

export interface UltraCartContext {
  /** The sandbox's own origin. */
  readonly origin: string
  readonly options: UltraCartSettings
  readonly counts: SandboxCounts
  /** The registered redirect URI. */
  readonly redirectUri: string
  /** By simple key. */
  readonly applications: ReadonlyMap<string, Application>
  /** By OAuth access token. */
  readonly accessTokens: ReadonlyMap<string, Application>
  readonly logins: Map<string, Login>
  readonly codes: Map<string, Code>
  readonly sessions: Map<string, UserSession>
}

const KEEP_MS = 3_600_000

/** Forgets what has been over for an hour, so that a sandbox can run for long. */
export function forgetOld({ logins, codes, sessions }: UltraCartContext, now: number): void {
  for (const entries of [logins, codes, sessions]) {
    for (const [name, { expiresAtMs }] of entries) {
      if (expiresAtMs + KEEP_MS < now) entries.delete(name)
    }
  }
}
