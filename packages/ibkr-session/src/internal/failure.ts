/**
 * What a failure means for a session: credentials that are refused end all attempts, anything else passes
 * and is waited for.
 */
import type { WaitReason } from './events.ts'

/** How one failure is taken. */
export type Failure =
  /** Nothing helps but other credentials. */
  | {
      readonly kind: 'final'
      readonly reason?: undefined
      readonly askedMs: number | undefined
    }
  /** The broker says that there is no session (any more). */
  | {
      readonly kind: 'lost'
      readonly reason: 'no-bridge' | 'unauthorized'
      readonly askedMs: number | undefined
    }
  /** The same may work later. */
  | {
      readonly kind: 'passing'
      readonly reason: WaitReason
      /** The wait that was asked for, in milliseconds from now. */
      readonly askedMs: number | undefined
    }

const OWN = 'IBKR_SESSION_'
/** No wait that a server asks for is longer than this. */
const ASKED_LIMIT_MS = 3_600_000
/** After a 429 that names no time nothing is sent for so long: who goes on is blocked. */
export const RATE_LIMITED_MS = 60_000

/** Why a code waits, by its ending. Codes of the connection that are not here are about credentials. */
const PASSING: Readonly<Record<string, WaitReason>> = {
  NETWORK: 'network',
  TIMEOUT: 'timeout',
  UNAVAILABLE: 'unavailable',
  RATE_LIMITED: 'rate-limited',
  RESPONSE_INVALID: 'answer-invalid',
  REDIRECT_REFUSED: 'answer-invalid',
}

/** Those of this package's own that wait for something else. */
const OWN_PASSING: Readonly<Record<string, WaitReason>> = {
  COMPETING: 'competing',
  NOT_READY: 'not-ready',
}

/** Those of this package's own by which the broker says that there is no session. */
const LOST: Readonly<Record<string, 'no-bridge' | 'unauthorized'>> = {
  NO_BRIDGE: 'no-bridge',
  UNAUTHORIZED: 'unauthorized',
}

/** Judges what a call or an opening threw. */
export function judge(error: unknown, nowMs: number): Failure {
  const { code, retryAfterMs, nextAttemptAtMs } = Object(error) as {
    readonly code?: unknown
    readonly retryAfterMs?: number
    readonly nextAttemptAtMs?: number
  }
  const text = typeof code === 'string' ? code : ''
  const isOwn = text.startsWith(OWN)
  const name = text.slice(OWN.length)
  const heldMs = nextAttemptAtMs === undefined ? undefined : Math.max(0, nextAttemptAtMs - nowMs)
  const toldMs = heldMs ?? retryAfterMs
  const askedMs = toldMs === undefined ? undefined : Math.min(toldMs, ASKED_LIMIT_MS)
  if (isOwn) {
    const lost = LOST[name]
    if (lost) return { kind: 'lost', reason: lost, askedMs }
    const reason = PASSING[name] ?? OWN_PASSING[name] ?? 'refused'
    return { kind: 'passing', reason, askedMs }
  }
  const ending = Object.keys(PASSING).find((end) => text.endsWith(`_${end}`))
  if (ending) return { kind: 'passing', reason: PASSING[ending] as WaitReason, askedMs }
  // What has no code is a failure of the network, or of the caller's own fetch; EAI_… and UND_ERR_… are the platform's.
  return !/^(?!EAI_|UND_ERR_)[A-Z\d]+_[A-Z\d_]+$/.test(text)
    ? { kind: 'passing', reason: 'network', askedMs }
    : { kind: 'final', askedMs }
}

/** What may be told of a failure: the message of an error without a code like ours may hold anything. */
export function toldOf(error: unknown): {
  readonly code?: string
  readonly message?: string | undefined
} {
  const { code, message } = Object(error) as {
    readonly code?: unknown
    readonly message?: string | undefined
  }
  const isCoded = typeof code === 'string' && /^[A-Z\d]+_[A-Z\d_]+$/.test(code)
  return isCoded ? { code, message } : {}
}

/** How long the broker wants nothing to be sent after what was thrown, in milliseconds; 0 where it says nothing of it. */
export function firmWaitMs(error: unknown, nowMs: number): number {
  const { reason, askedMs } = judge(error, nowMs)
  return askedMs || (reason === 'rate-limited' ? RATE_LIMITED_MS : 0)
}
