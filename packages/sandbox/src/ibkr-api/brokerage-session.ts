/** Brokerage sessions: one per user name over all platforms, idle ones end after six minutes. */
import { randomHex } from '../internal/crypto/bytes.ts'
import type { IbkrApiContext, SignIn } from './context.ts'

export interface BrokerageSession {
  /** The sign-in that holds it. */
  readonly holder: string
  readonly establishedAtMs: number
  /** 32 hexadecimal digits, as `/tickle` gives them. */
  readonly id: string
  lastSeenMs: number
}

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

export const IDLE_LIMIT_MS = 360_000

/** The user's session if it has not run out; any request of its holder keeps it alive. */
export function currentSession(
  context: IbkrApiContext,
  signIn: SignIn,
  now: number,
): BrokerageSession | undefined {
  const session = context.sessions.get(signIn.username)
  if (!session) return undefined
  if (now - session.lastSeenMs > IDLE_LIMIT_MS) {
    context.sessions.delete(signIn.username)
    return undefined
  }
  if (session.holder === signIn.holder) session.lastSeenMs = now
  return session
}

/** True when this sign-in holds the user's session and it is ready. */
export function hasBridge(context: IbkrApiContext, signIn: SignIn, now: number): boolean {
  const session = currentSession(context, signIn, now)
  return session?.holder === signIn.holder && now >= session.establishedAtMs
}

/** Opens or takes over the session; leaves another holder alone unless it may compete. */
export function openSession(
  context: IbkrApiContext,
  signIn: SignIn,
  now: number,
  compete: boolean,
): void {
  const session = currentSession(context, signIn, now)
  if (session && (session.holder === signIn.holder || !compete)) return
  context.sessions.set(signIn.username, {
    holder: signIn.holder,
    establishedAtMs: now + context.establishedAfterMs,
    id: randomHex(16),
    lastSeenMs: now,
  })
}

export function sessionStatus(
  context: IbkrApiContext,
  signIn: SignIn,
  now: number,
  fail = '',
): SessionStatus {
  const session = currentSession(context, signIn, now)
  const holds = session?.holder === signIn.holder && fail === ''
  return {
    authenticated: holds,
    established: holds && now >= session.establishedAtMs,
    competing: session !== undefined && session.holder !== signIn.holder,
    connected: session !== undefined && fail === '',
    message: '',
    MAC: '02:00:00:00:00:00',
    hardware_info: 'SANDBOX|02:00:00:00:00:00',
    serverInfo: { serverName: 'SANDBOX', serverVersion: 'isoauth sandbox' },
    fail,
  }
}
