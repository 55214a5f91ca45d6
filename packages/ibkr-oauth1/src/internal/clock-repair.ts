/**
 * A clock that is off is repaired from the answer's `Date`, once, and the request made anew.
 */
import type { Clock } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import { CLOCK_TOLERANCE_MS } from './service-error.ts'

/**
 * Runs an attempt, and once more after `IBKR_OAUTH1_CLOCK_OFF`.
 *
 * @param attempt - signs, sends and reads; tells the answer
 */
export async function withClockRepair<T>(
  clock: Clock,
  attempt: (onAnswer: (response: Response) => void) => Promise<T>,
  onRepaired?: (differenceMs: number) => void,
): Promise<T> {
  let date: string | null = null
  const onAnswer = ({ headers }: Response) => {
    date = headers.get('date')
  }
  try {
    return await attempt(onAnswer)
  } catch (error) {
    const isOff = hasCode(error, 'IBKR_OAUTH1_CLOCK_OFF')
    const differenceMs = isOff && clock.repair(date, CLOCK_TOLERANCE_MS)
    if (!differenceMs) throw error
    onRepaired?.(differenceMs)
    return attempt(onAnswer)
  }
}
