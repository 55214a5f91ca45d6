/**
 * The handshake of a client: prepare, send, process, and once more when the clock was the cause.
 */
import { callService } from '@isoauth/core-client'
import type { IbkrOAuth1Event } from './events.ts'
import { type ClockRepair, withClockRepair } from './internal/clock-repair.ts'
import type { TokenSession } from './internal/credentials.ts'
import { raise } from './internal/raise.ts'
import {
  type Exchange,
  type HandshakeStep,
  prepareHandshake,
} from './live-session-token-request.ts'
import { processHandshake } from './live-session-token-response.ts'
import type { LiveSessionToken } from './session-token.ts'

/** Obtains a live session token; a clock that is off is repaired from the answer's `Date`, once. */
export function handshake(
  session: TokenSession,
  emit: (event: IbkrOAuth1Event) => void,
  repair: ClockRepair,
  signal: AbortSignal,
): Promise<LiveSessionToken> {
  let exchange: Exchange
  let onStep: (step: HandshakeStep) => void
  return withClockRepair(
    repair,
    () => {
      const prepare = async () => {
        onStep = stepTimer(emit)
        const prepared = await prepareHandshake(session, onStep)
        exchange = prepared.exchange
        return prepared.request
      }
      return callService({ prepare }, { ...session, newError: raise, signal })
    },
    (answer) => processHandshake(answer, exchange, onStep),
  )
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
