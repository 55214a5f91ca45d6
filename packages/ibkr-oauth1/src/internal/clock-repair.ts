/**
 * A clock that is off is repaired from the answer's `Date`, once, and the request made anew.
 */
import type { Clock, PlatformHeaders, ReceivedAnswer } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import { CLOCK_TOLERANCE_MS } from './service-error.ts'

/** Sets the clock by an answer's `Date`; true when it was off. */
export type ClockRepair = (answer: { readonly headers: PlatformHeaders }) => boolean

/** Makes what repairs a clock; a repair is told to `emit`. */
export function createClockRepair(
  clock: Clock,
  emit?: (event: { readonly type: 'clock-repaired'; readonly differenceMs: number }) => void,
): ClockRepair {
  return ({ headers }) => {
    const differenceMs = clock.repair(headers.get('date'), CLOCK_TOLERANCE_MS)
    if (differenceMs) emit?.({ type: 'clock-repaired', differenceMs })
    return !!differenceMs
  }
}

/**
 * Makes a call and reads its answer; both once more after `IBKR_OAUTH1_CLOCK_OFF`, if the answer
 * tells the time.
 */
export async function withClockRepair<T>(
  repair: ClockRepair,
  call: () => Promise<ReceivedAnswer>,
  read: (answer: ReceivedAnswer) => T,
): Promise<T> {
  const answer = await call()
  try {
    return read(answer)
  } catch (error) {
    if (!hasCode(error, 'IBKR_OAUTH1_CLOCK_OFF') || !repair(answer)) throw error
  }
  return read(await call())
}
