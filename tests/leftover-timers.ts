/**
 * No test file may leave a timer that sets itself again. All files share one realm, so it would run on in those behind
 * it, and where a file lets waits pass at once, use up the deadlines of calls that have hardly begun.
 */
import { afterAll, beforeAll } from 'vitest'

/** Waits of as much pass at once in one file or another (`quick-time.ts`). */
const SHORT_MS = 5000
/** A timer that is not set again is gone after that time, on a busy machine too. */
const GRACE_MS = 15_000

interface Watch {
  /** Timers that are set, with the place that set them. */
  readonly timers: Map<unknown, string>
  readonly setTimeout: typeof setTimeout
}

const shared = globalThis as { leftoverTimers?: Watch }
shared.leftoverTimers ??= startWatch()
const { timers, setTimeout: realTimeout } = shared.leftoverTimers

function startWatch(): Watch {
  const { setTimeout: real, clearTimeout: clearReal } = globalThis
  const watched: Watch = { timers: new Map(), setTimeout: real }
  globalThis.setTimeout = ((call: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const timer = real(() => {
      watched.timers.delete(timer)
      call(...args)
    }, ms)
    if (ms <= SHORT_MS) watched.timers.set(timer, new Error(`a timer of ${ms} ms`).stack ?? '')
    return timer
  }) as typeof globalThis.setTimeout
  globalThis.clearTimeout = (timer) => {
    watched.timers.delete(timer)
    clearReal(timer)
  }
  return watched
}

// What another file left is told there.
beforeAll(() => timers.clear())

afterAll(async () => {
  const endMs = performance.now() + GRACE_MS
  // Those that are set once come to their end; what sets itself again does not.
  while (timers.size > 0 && performance.now() < endMs) {
    await new Promise((resolve) => realTimeout(resolve, 50))
  }
  const [place] = timers.values()
  if (place !== undefined)
    throw new Error(`This file leaves a timer that sets itself again: ${place}`)
})
