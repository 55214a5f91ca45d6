/**
 * One limit as a queue: who has a turn sends, and its place is taken until the limit allows another.
 */
import PQueue from 'p-queue'
import { setQuietTimeout } from '../pause.ts'
import type { PacingRule } from './rules.ts'

/** A limit that requests pass. */
export interface Gate {
  /** Nothing passes from one to the other, in milliseconds since 1970. */
  pause: { readonly fromMs: number; readonly untilMs: number }
  /** Nothing waits, and no place is taken. */
  isIdle(): boolean
  /**
   * Runs `work` when there is a place. Of a limit over time the place is free again that long after `sent` was
   * called; of a limit at once when the request that it was called with has ended; at once where nothing was sent.
   * Neither heeds the signal: what was sent counts at the broker, although nobody waits for it any more.
   */
  pass<T>(work: (sent: Sent) => Promise<T>, about: Passing): Promise<T>
}

/** Tells that a request was sent, and gives what settles when it has ended. */
export type Sent = (request: Promise<unknown>) => void

/** How a request waits. */
export interface Passing {
  readonly priority: number
  readonly signal: AbortSignal | undefined
}

/** The broker counts when requests arrive, which is not just as far apart as they were sent. */
const MARGIN_MS = 100
/** A timer of a longer time fires at once. */
const TIMER_LIMIT_MS = 2_147_483_647

/** Makes the gate of a rule, for a share of it (above 0, at most 1). */
export function createGate({ requests = 1, perMs = 0, atOnce }: PacingRule, share: number): Gate {
  const isOverTime = atOnce === undefined
  const wanted = (atOnce ?? requests) * share
  const places = Math.max(1, Math.floor(wanted))
  // Whole requests, so that all shares together never exceed the limit; of less than one, one in a longer time.
  const heldMs = Math.min(perMs / Math.min(1, wanted) + MARGIN_MS, TIMER_LIMIT_MS)
  const queue = new PQueue({ concurrency: places })

  return {
    pause: { fromMs: 0, untilMs: 0 },
    isIdle: () => queue.size + queue.pending === 0,
    pass<T>(work: (sent: Sent) => Promise<T>, { priority, signal }: Passing): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        signal?.throwIfAborted()
        // Who waits for a turn is not to see its process end.
        const holding = setTimeout(() => {}, TIMER_LIMIT_MS)
        // The queue hears of an abort only while the request waits: what was sent has taken its place.
        const waiting = new AbortController()
        let leave = () => waiting.abort()
        const onAbort = () => {
          clearTimeout(holding)
          reject(signal?.reason)
          leave()
        }
        signal?.addEventListener('abort', onAbort, { once: true })
        const take = () =>
          new Promise<unknown>((free) => {
            clearTimeout(holding)
            let isSent = false
            leave = () => {
              if (!isSent) free(undefined)
            }
            const sent: Sent = (request) => {
              isSent = true
              if (isOverTime) setQuietTimeout(() => free(undefined), heldMs)
              else request.then(free, free)
            }
            work(sent)
              .then(resolve, reject)
              .then(() => {
                signal?.removeEventListener('abort', onAbort)
                if (!isSent) free(undefined)
              })
          })
        queue.add(take, { priority, signal: waiting.signal }).catch(reject)
      })
    },
  }
}
