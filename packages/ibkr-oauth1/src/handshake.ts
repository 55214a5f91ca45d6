/**
 * The handshake of a client: prepare, send, process, and once more when the clock was the cause.
 */
import { type Clock, type FetchFunction, sendOnce } from '@isoauth/core-client'
import type { IbkrOAuth1Event } from './events.ts'
import { withClockRepair } from './internal/clock-repair.ts'
import type { Credentials } from './internal/credentials.ts'
import type { Endpoint } from './internal/endpoint.ts'
import { raise } from './internal/raise.ts'
import { type HandshakeStep, prepareHandshake } from './live-session-token-request.ts'
import { processHandshake } from './live-session-token-response.ts'
import type { LiveSessionToken } from './session-token.ts'

/** What a handshake needs. */
export interface HandshakeOptions {
  readonly credentials: Credentials
  readonly endpoint: Endpoint
  readonly clock: Clock
  readonly nextNonce: () => string
  readonly fetch: FetchFunction | undefined
  readonly now: () => number
  readonly timeoutMs: number
  readonly emit: (event: IbkrOAuth1Event) => void
}

/** Obtains a live session token; a clock that is off is repaired from the answer's `Date`, once. */
export async function handshake(
  options: HandshakeOptions,
  signal: AbortSignal,
): Promise<LiveSessionToken> {
  const { clock, emit } = options
  return withClockRepair(
    clock,
    (onDate) => attempt(options, signal, onDate),
    (differenceMs) => emit({ type: 'clock-repaired', differenceMs }),
  )
}

async function attempt(
  options: HandshakeOptions,
  signal: AbortSignal,
  onDate: (date: string | null) => void,
): Promise<LiveSessionToken> {
  const { credentials, endpoint, clock, nextNonce, fetch, now, timeoutMs } = options
  const onStep = stepTimer(options.emit)
  const { request, pending } = await prepareHandshake({
    credentials,
    endpoint,
    now,
    nonce: nextNonce(),
    timestamp: String(clock.timestampSeconds()),
    onStep,
  })
  return sendOnce(request, { raise, fetch, timeoutMs, signal }, (response) => {
    onDate(response.headers.get('date'))
    return processHandshake(response, pending, onStep)
  })
}

/** Tells each step with the time since the one before. */
function stepTimer(emit: (event: IbkrOAuth1Event) => void): (step: HandshakeStep) => void {
  let last = performance.now()
  return (step) => {
    const time = performance.now()
    emit({ type: 'handshake', step, durationMs: time - last })
    last = time
  }
}
