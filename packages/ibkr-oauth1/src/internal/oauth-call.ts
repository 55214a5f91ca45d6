/**
 * A call of one of the broker's `/oauth/…` endpoints: sent once, and made anew once where its answer
 * shows that this clock was the cause.
 */
import type {
  Clock,
  PlatformAbortSignal,
  PlatformHeaders,
  PlatformRequest,
  ReceivedAnswer,
} from '@isoauth/core-client'
import { callService } from '@isoauth/core-client/transport'
import { hasCode } from '@isoauth/core-crypto'
import { CLOCK_TOLERANCE_MS } from './answer.ts'
import type { IbkrOAuth1Event } from './events.ts'
import type { ConsumerSettings } from './settings.ts'

/**
 * Sets the clock by an answer's `Date`; true when it was off by more than the tolerance, so that a request
 * signed anew may succeed.
 */
export type ClockRepair = (answer: { readonly headers: PlatformHeaders }) => boolean

/** Makes what repairs a clock; a repair is told to `emit`. */
export function createClockRepair(
  clock: Clock,
  emit?: (event: IbkrOAuth1Event) => void,
): ClockRepair {
  return ({ headers }) => {
    const differenceMs = clock.repair(headers.get('date'), CLOCK_TOLERANCE_MS)
    if (differenceMs) emit?.({ type: 'clock-repaired', differenceMs })
    return !!differenceMs
  }
}

/** A call, and what its answer means. `prepare` and `read` run a second time where the clock was off. */
export interface OAuthCall<T> {
  /** Signs a request; it is good for one use. */
  readonly prepare: () => Promise<PlatformRequest>
  /** Gives what the answer holds, or throws what it says; `IBKR_OAUTH1_CLOCK_OFF` has the call made anew. */
  readonly read: (answer: ReceivedAnswer) => T
  readonly repair: ClockRepair
  readonly signal: PlatformAbortSignal | undefined
}

/**
 * Makes a call and reads its answer; both once more after `IBKR_OAUTH1_CLOCK_OFF`, if the answer
 * tells the time.
 */
export async function callOAuth<T>(
  settings: ConsumerSettings,
  { prepare, read, repair, signal }: OAuthCall<T>,
): Promise<T> {
  const send = () => callService({ prepare }, { ...settings, signal })
  const answer = await send()
  try {
    return read(answer)
  } catch (error) {
    if (!hasCode(error, 'IBKR_OAUTH1_CLOCK_OFF') || !repair(answer)) throw error
  }
  try {
    return read(await send())
  } catch (error) {
    // The time that the answer told did not help, so it is not believed.
    if (hasCode(error, 'IBKR_OAUTH1_CLOCK_OFF')) settings.clock.undoRepair()
    throw error
  }
}
