/**
 * Single flight: many callers, one piece of work, each caller free to leave.
 */
import { abortable } from './deadline.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

/** Joins the work under way or starts it. */
export type SingleFlight<T> = (
  work: (signal: PlatformAbortSignal) => Promise<T>,
  signal?: PlatformAbortSignal | undefined,
) => Promise<T>

/**
 * Makes a single flight. A caller whose signal aborts is rejected at once with the signal's reason
 * and harms no other; the work itself is aborted only when its last caller has left.
 */
export function createSingleFlight<T>(): SingleFlight<T> {
  let flight: { promise: Promise<T>; waiting: number; controller: AbortController } | undefined

  return async (work, signal) => {
    signal?.throwIfAborted()
    if (!flight) {
      const controller = new AbortController()
      const promise = work(controller.signal).finally(() => {
        if (flight?.promise === promise) flight = undefined
      })
      flight = { promise, waiting: 0, controller }
    }
    const joined = flight
    joined.waiting++
    try {
      return await abortable(joined.promise, signal)
    } finally {
      joined.waiting--
      if (!joined.waiting && signal?.aborted) {
        if (flight === joined) flight = undefined
        joined.controller.abort(signal.reason)
      }
    }
  }
}
