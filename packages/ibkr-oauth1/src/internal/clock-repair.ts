/**
 * A clock that is off is repaired from the answer's `Date`, once, and the request made anew.
 */
import type { Clock } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import { CLOCK_TOLERANCE_MS } from './service-error.ts'

/** Sets the clock by an answer's `Date`; true when it was off. */
export type ClockRepair = (response: Response) => boolean

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
 * Runs an attempt, and once more after `IBKR_OAUTH1_CLOCK_OFF`.
 *
 * @param attempt - signs, sends and reads; tells the answer
 */
export async function withClockRepair<T>(
  repair: ClockRepair,
  attempt: (onAnswer: (response: Response) => void) => Promise<T>,
): Promise<T> {
  let answer: Response | undefined
  const onAnswer = (response: Response) => {
    answer = response
  }
  try {
    return await attempt(onAnswer)
  } catch (error) {
    if (!hasCode(error, 'IBKR_OAUTH1_CLOCK_OFF') || !answer || !repair(answer)) throw error
    return attempt(onAnswer)
  }
}
