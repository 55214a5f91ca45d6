/** SSO bearers: they open `/v1/api`, last while they are used, and end with `/logout`. */
import { tracedError } from '../ibkr-api/answers.ts'
import type { SandboxUser, SignIn } from '../ibkr-api/context.ts'
import { bearer } from '../ibkr-oauth2/access-token.ts'
import { type Call, check } from '../internal/call.ts'
import { randomHex } from '../internal/crypto/bytes.ts'
import { callerAddresses } from './caller-address.ts'
import type { IbkrSsoContext } from './context.ts'

interface SsoSession extends SandboxUser {
  /** From where it may be used. */
  readonly addresses: readonly string[]
  readonly openedAtMs: number
  lastSeenMs: number
}

/** A session ends after this time, however busy it is. */
const LIFETIME_MS = 86_400_000
const LIMIT = 100_000

export class SsoSessions {
  /** How long a session lasts without a request, in milliseconds. */
  readonly idleMs: number
  readonly #sessions = new Map<string, SsoSession>()

  constructor(idleMs: number) {
    this.idleMs = idleMs
  }

  open(user: SandboxUser, addresses: readonly string[], now: number): string {
    const token = `SANDBOX-SSO-${randomHex(24)}`
    for (const [oldest] of this.#sessions) {
      if (this.#sessions.size < LIMIT) break
      this.#sessions.delete(oldest)
    }
    this.#sessions.set(token, { ...user, addresses, openedAtMs: now, lastSeenMs: now })
    return token
  }

  find(token: string): SsoSession | undefined {
    return this.#sessions.get(token)
  }

  end(token: string): void {
    this.#sessions.delete(token)
  }

  /** How long it lasts if nothing more is asked of it; not positive once it is over. */
  remainingMs({ lastSeenMs, openedAtMs }: SsoSession, now: number): number {
    return Math.min(lastSeenMs + this.idleMs, openedAtMs + LIFETIME_MS) - now
  }
}

/** Judges the bearer of a request for `/v1/api`; a good one lasts longer by it. */
export function authenticateSsoRequest(call: Call, context: IbkrSsoContext): SignIn {
  const { sessions, counts } = context
  const refuse = () => tracedError(call, 401, 'not authenticated')
  const token = bearer(call.request.headers.get('authorization') ?? '')
  check(call, 'bearer', token !== undefined, 'Authorization: Bearer, and one token', refuse)
  const session = sessions.find(token)
  const hint = token.includes('.')
    ? 'an access token opens /gw/api/v1 only; sso-sessions gives what opens this'
    : 'one that sso-sessions issued, and not logged out'
  check(call, 'sso-bearer', session !== undefined, hint, refuse)
  const alive = sessions.remainingMs(session, call.now) > 0
  check(call, 'sso-bearer', alive, 'it must not have run out', refuse)
  const caller = callerAddresses(call, context)
  const allowed = session.addresses.some((address) => caller.includes(address))
  check(call, 'address', allowed, 'one that ip or alternativeIps named', refuse)
  session.lastSeenMs = call.now
  counts.authorized++
  return {
    holder: token,
    username: session.username,
    accountId: session.accountId,
    signedInAtMs: session.openedAtMs,
    expiresInMs: sessions.remainingMs(session, call.now),
    end: () => sessions.end(token),
  }
}
