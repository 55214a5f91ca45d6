/**
 * How long the next attempt waits after a failure that passes: 5 s at first, 10 minutes at most, for ever.
 */
import type { WaitReason } from './events.ts'
import { RATE_LIMITED_MS } from './failure.ts'
import { jittered } from './pause.ts'

/** Waits between attempts. */
export interface BackOff {
  /** The wait after one more failure in a row, in milliseconds. */
  nextMs(reason: WaitReason, askedMs: number | undefined): number
  /** A success ends the row. */
  reset(): void
}

const FIRST_MS = 5000
const LIMIT_MS = 600_000
/** A session lives five minutes without a call: within that time a lost request is made good every 5 s. */
const QUICK_ATTEMPTS = 6
/** The other platform is asked for at this pace: it may leave at any time. */
const COMPETING_MS = 60_000

/**
 * Makes a back-off without a failure.
 *
 * @param spreadMs - what the broker limits is limited for all members of a fleet at once: each waits longer by a part of
 *   this, drawn by lot, so that they do not come back in one moment
 */
export function createBackOff(spreadMs = 0): BackOff {
  // Two rows: a request that is lost after hours of maintenance, or of another platform, is the first of its own.
  let lost = 0
  let refused = 0
  return {
    nextMs(reason, askedMs) {
      const isQuick = reason === 'network' || reason === 'timeout'
      if (isQuick) lost++
      else if (reason !== 'competing') refused++
      const apartMs = reason === 'rate-limited' ? Math.round(Math.random() * spreadMs) : 0
      if (askedMs !== undefined && askedMs > 0) return askedMs + 100 + apartMs
      if (reason === 'competing') return jittered(COMPETING_MS)
      const doublings = Math.max(0, isQuick ? lost - QUICK_ATTEMPTS : refused - 1)
      const firstMs =
        reason === 'rate-limited' || reason === 'unauthorized' ? RATE_LIMITED_MS : FIRST_MS
      return jittered(Math.min(firstMs * 2 ** doublings, LIMIT_MS)) + apartMs
    },
    reset() {
      lost = 0
      refused = 0
    },
  }
}
