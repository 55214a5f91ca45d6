/**
 * A clock that is off is repaired from the answer's `Date`, once, and the request made anew.
 */
import type { Clock } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import { CLOCK_TOLERANCE_MS } from './service-error.ts'

/**
 * Runs an attempt, and once more after `IBKR_OAUTH1_CLOCK_OFF`.
 *
 * @param attempt - signs, sends and reads; tells the `Date` of the answer
 */
export async function withClockRepair<T>(
  clock: Clock,
  attempt: (onDate: (date: string | null) => void) => Promise<T>,
  onRepaired?: (differenceMs: number) => void,
): Promise<T> {
  let last: string | null = null
  const onDate = (date: string | null) => {
    last = date
  }
  try {
    return await attempt(onDate)
  } catch (error) {
    const isOff = hasCode(error, 'IBKR_OAUTH1_CLOCK_OFF')
    const differenceMs = isOff ? clock.repair(last, CLOCK_TOLERANCE_MS) : undefined
    if (differenceMs === undefined) throw error
    onRepaired?.(differenceMs)
    return attempt(onDate)
  }
}
