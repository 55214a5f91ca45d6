/**
 * The state machine of the brokerage session: one per user name over all platforms, opened by
 * `ssodh/init`, taken over by whoever may compete, ended by `/logout` or six idle minutes.
 */
import { randomHex } from '../crypto/bytes.ts'
import type { SignIn } from './sign-in.ts'

export interface SessionStatus {
  readonly authenticated: boolean
  readonly established: boolean
  readonly competing: boolean
  readonly connected: boolean
  readonly message: string
  readonly MAC: string
  readonly hardware_info: string
  readonly serverInfo: { readonly serverName: string; readonly serverVersion: string }
  readonly fail: string
}

interface BrokerageSession {
  /** The sign-in that holds it. */
  readonly holder: string
  readonly establishedAtMs: number
  /** 32 hexadecimal digits, as `/tickle` gives them. */
  readonly id: string
  lastSeenMs: number
}

export const IDLE_LIMIT_MS = 360_000

export class BrokerageSessions {
  readonly #establishedAfterMs: number
  /** By user name. */
  readonly #sessions = new Map<string, BrokerageSession>()

  constructor(establishedAfterMs: number) {
    this.#establishedAfterMs = establishedAfterMs
  }

  /** Opens or takes over the session; leaves another holder alone unless it may compete. */
  open(signIn: SignIn, now: number, compete: boolean): void {
    const session = this.#current(signIn, now)
    if (session && (session.holder === signIn.holder || !compete)) return
    this.#sessions.set(signIn.username, {
      holder: signIn.holder,
      establishedAtMs: now + this.#establishedAfterMs,
      id: randomHex(16),
      lastSeenMs: now,
    })
  }

  /** True when this sign-in holds the user's session and it is ready. */
  hasBridge(signIn: SignIn, now: number): boolean {
    const session = this.#held(signIn, now)
    return session !== undefined && now >= session.establishedAtMs
  }

  /** The session's id; `undefined` unless this sign-in holds it. */
  idOf(signIn: SignIn, now: number): string | undefined {
    return this.#held(signIn, now)?.id
  }

  /** Ends the session if this sign-in holds it. */
  close(signIn: SignIn, now: number): void {
    if (this.#held(signIn, now)) this.#sessions.delete(signIn.username)
  }

  status(signIn: SignIn, now: number): SessionStatus {
    const session = this.#current(signIn, now)
    const holds = session?.holder === signIn.holder
    return {
      ...UNCONNECTED,
      authenticated: holds,
      established: holds && now >= session.establishedAtMs,
      competing: session !== undefined && !holds,
      connected: session !== undefined,
    }
  }

  /** What `ssodh/init` answers, with status 200, when it does not do what was asked. */
  failure(signIn: SignIn, now: number, fail: string): SessionStatus {
    return { ...UNCONNECTED, competing: this.status(signIn, now).competing, fail }
  }

  #held(signIn: SignIn, now: number): BrokerageSession | undefined {
    const session = this.#current(signIn, now)
    return session?.holder === signIn.holder ? session : undefined
  }

  /** The user's session if it has not run out; any request of its holder keeps it alive. */
  #current(signIn: SignIn, now: number): BrokerageSession | undefined {
    const session = this.#sessions.get(signIn.username)
    if (!session) return undefined
    if (now - session.lastSeenMs > IDLE_LIMIT_MS) {
      this.#sessions.delete(signIn.username)
      return undefined
    }
    if (session.holder === signIn.holder) session.lastSeenMs = now
    return session
  }
}

const UNCONNECTED: SessionStatus = {
  authenticated: false,
  established: false,
  competing: false,
  connected: false,
  message: '',
  MAC: '02:00:00:00:00:00',
  hardware_info: 'SANDBOX|02:00:00:00:00:00',
  serverInfo: { serverName: 'SANDBOX', serverVersion: 'isoauth sandbox' },
  fail: '',
}
