/**
 * One limit as a queue: who has a turn sends, and its place is taken until the limit allows another.
 */
import PQueue from 'p-queue'
import { setQuietTimeout } from '../pause.ts'
import type { PacingRule } from './rules.ts'

/** A limit that requests pass. */
export interface Gate {
  /** Nothing passes until then, in milliseconds since 1970. */
  pausedUntilMs: number
  /**
   * Runs `work` when there is a place. Of a limit over time the place is free again that long after `sent` was
   * called; of a limit at once when the work is done; at once where nothing was sent.
   */
  pass<T>(work: (sent: () => void) => Promise<T>, about: Passing): Promise<T>
}

/** How a request waits. */
export interface Passing {
  readonly priority: number
  readonly signal: AbortSignal | undefined
}

/** The broker counts when requests arrive, which is not just as far apart as they were sent. */
const MARGIN_MS = 100

/** Makes the gate of a rule, for a share of it (above 0, at most 1). */
export function createGate({ requests = 1, perMs = 0, atOnce }: PacingRule, share: number): Gate {
  const isOverTime = atOnce === undefined
  const wanted = (atOnce ?? requests) * share
  const places = Math.max(1, Math.floor(wanted))
  // Whole requests, so that all shares together never exceed the limit; of less than one, one in a longer time.
  const heldMs = perMs / Math.min(1, wanted) + MARGIN_MS
  const queue = new PQueue({ concurrency: places })

  return {
    pausedUntilMs: 0,
    pass<T>(work: (sent: () => void) => Promise<T>, { priority, signal }: Passing): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        // Who waits for a turn is not to see its process end.
        const holding = setTimeout(() => {}, 2_147_483_647)
        const take = () =>
          new Promise<void>((free) => {
            clearTimeout(holding)
            let isSent = false
            const sent = () => {
              if (isOverTime && !isSent) setQuietTimeout(free, heldMs)
              isSent = true
            }
            work(sent)
              .then(resolve, reject)
              .then(() => {
                if (!isOverTime || !isSent) free()
              })
          })
        queue
          .add(take, { priority, ...(signal && { signal }) })
          .catch((error: unknown) => reject(signal?.aborted ? signal.reason : error))
          .finally(() => clearTimeout(holding))
      })
    },
  }
}
