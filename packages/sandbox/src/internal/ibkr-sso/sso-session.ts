/** SSO bearers: they open `/v1/api`, last while they are used, and end with `/logout`. */

import { BoundedMap, ISSUED_LIMIT } from '../bounded-map.ts'
import { randomHex } from '../crypto/bytes.ts'
import type { SandboxUser } from '../ibkr-api/sign-in.ts'

export interface SsoSession extends SandboxUser {
  /** From where it may be used. */
  readonly addresses: readonly string[]
  readonly openedAtMs: number
  lastSeenMs: number
}

/** A session ends after this time, however busy it is. */
const LIFETIME_MS = 86_400_000

export class SsoSessions {
  /** How long a session lasts without a request, in milliseconds. */
  readonly idleMs: number
  readonly sessions: Map<string, SsoSession> = new BoundedMap(ISSUED_LIMIT)

  constructor(idleMs: number) {
    this.idleMs = idleMs
  }

  open(user: SandboxUser, addresses: readonly string[], now: number): string {
    const token = `SANDBOX-SSO-${randomHex(24)}`
    this.sessions.set(token, { ...user, addresses, openedAtMs: now, lastSeenMs: now })
    return token
  }

  find(token: string): SsoSession | undefined {
    return this.sessions.get(token)
  }

  end(token: string): void {
    this.sessions.delete(token)
  }

  /** How long it lasts if nothing more is asked of it; not positive once it is over. */
  remainingMs({ lastSeenMs, openedAtMs }: SsoSession, now: number): number {
    return Math.min(lastSeenMs + this.idleMs, openedAtMs + LIFETIME_MS) - now
  }
}
