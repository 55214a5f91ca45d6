/** Brokerage sessions: one per user name over all platforms, idle ones end after six minutes. */
import { randomHex } from '../internal/crypto/bytes.ts'
import type { AccessToken } from './consumer.ts'
import type { IbkrOAuth1Context } from './context.ts'

export interface BrokerageSession {
  /** The access token that holds it. */
  readonly token: string
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
  context: IbkrOAuth1Context,
  token: AccessToken,
  now: number,
): BrokerageSession | undefined {
  const session = context.sessions.get(token.username)
  if (!session) return undefined
  if (now - session.lastSeenMs > IDLE_LIMIT_MS) {
    context.sessions.delete(token.username)
    return undefined
  }
  if (session.token === token.token) session.lastSeenMs = now
  return session
}

/** True when this access token holds the user's session and it is ready. */
export function hasBridge(context: IbkrOAuth1Context, token: AccessToken, now: number): boolean {
  const session = currentSession(context, token, now)
  return session?.token === token.token && now >= session.establishedAtMs
}

/** Opens or takes over the session; leaves another holder alone unless it may compete. */
export function openSession(
  context: IbkrOAuth1Context,
  token: AccessToken,
  now: number,
  compete: boolean,
): void {
  const session = currentSession(context, token, now)
  if (session && (session.token === token.token || !compete)) return
  context.sessions.set(token.username, {
    token: token.token,
    establishedAtMs: now + context.establishedAfterMs,
    id: randomHex(16),
    lastSeenMs: now,
  })
}

export function sessionStatus(
  context: IbkrOAuth1Context,
  token: AccessToken,
  now: number,
  fail = '',
): SessionStatus {
  const session = currentSession(context, token, now)
  const holds = session?.token === token.token && fail === ''
  return {
    authenticated: holds,
    established: holds && now >= session.establishedAtMs,
    competing: session !== undefined && session.token !== token.token,
    connected: session !== undefined && fail === '',
    message: '',
    MAC: '02:00:00:00:00:00',
    hardware_info: 'SANDBOX|02:00:00:00:00:00',
    serverInfo: { serverName: 'SANDBOX', serverVersion: 'isoauth sandbox' },
    fail,
  }
}
