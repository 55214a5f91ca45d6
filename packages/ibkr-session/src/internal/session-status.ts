/**
 * What the broker says of its brokerage session, in the answers of `ssodh/init`, `auth/status` and
 * `tickle`, and the rule by which it is ready.
 */
import { cleanText, createEchoCheck } from '@isoauth/core-client'
import type { LostReason } from './events.ts'

/** The state of the brokerage session as the broker tells it. */
export interface SessionStatus {
  /** True where calls below `/iserver` work: authenticated, connected, and established where that is told. */
  readonly isReady: boolean
  readonly authenticated: boolean
  readonly connected: boolean
  /** Undefined where the answer does not say. */
  readonly established: boolean | undefined
  /** Another platform has, or had, a session of the same user name. It does not decide whether this one is ready. */
  readonly competing: boolean
  /** What the broker says, on one line, at most 300 characters. */
  readonly message?: string | undefined
  /** Why the broker refused, on one line, at most 300 characters. */
  readonly fail?: string | undefined
  readonly serverName?: string | undefined
}

/** What an answer without any session means. */
export const NO_SESSION: SessionStatus = {
  isReady: false,
  authenticated: false,
  connected: false,
  established: undefined,
  competing: false,
}

/**
 * Reads a status object; undefined for what is none.
 *
 * @param secrets - texts that must not be shown, such as the session's id
 *
 * Source: the broker's `brokerageSessionStatus`; recorded answers of init, status and tickle.
 */
export function readStatus(value: unknown, secrets: readonly string[]): SessionStatus | undefined {
  const fields = Object(value) as Readonly<Record<string, unknown>>
  const { authenticated, connected, established, competing, serverInfo } = fields
  if (typeof authenticated !== 'boolean') return undefined
  const isEstablished = typeof established === 'boolean' ? established : undefined
  const isConnected = connected === true
  const isEcho = createEchoCheck(secrets)
  const text = (given: unknown, limit = 300) =>
    cleanText(given, limit, isEcho) ??
    // That it said something counts.
    (typeof given === 'string' && given.trim() ? NOT_SHOWN : undefined)
  const { serverName } = Object(serverInfo) as { readonly serverName?: unknown }
  return {
    // Not by `competing`: users saw it true in sessions that worked.
    isReady: authenticated && isConnected && isEstablished !== false,
    authenticated,
    connected: isConnected,
    established: isEstablished,
    competing: competing === true,
    message: text(fields['message']),
    fail: text(fields['fail']),
    serverName: text(serverName, 80),
  }
}

/** Why a session is gone, and what the broker says of it. */
export interface Loss {
  readonly reason: LostReason
  readonly message?: string | undefined
}

/** What a status that is not ready tells of the end of a session. */
export function lossOf({ authenticated, competing, fail, message }: SessionStatus): Loss {
  const unconnected = authenticated ? 'no-bridge' : 'not-authenticated'
  return { reason: competing ? 'competing' : unconnected, message: fail ?? message }
}

/** In the place of what the broker said, where that repeats a secret. */
const NOT_SHOWN = '(a text that is not shown, since it repeats the session id or a cookie)'
