/**
 * A clock that is off is repaired from the answer's `Date`, once, and the request made anew.
 */
import type { Clock } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'

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
  let differenceMs: number | undefined
  const onDate = (date: string | null) => {
    differenceMs = clock.differenceMs(date)
  }
  try {
    return await attempt(onDate)
  } catch (error) {
    if (!hasCode(error, 'IBKR_OAUTH1_CLOCK_OFF') || differenceMs === undefined) throw error
    clock.adjust(differenceMs)
    onRepaired?.(differenceMs)
    return attempt(onDate)
  }
}
