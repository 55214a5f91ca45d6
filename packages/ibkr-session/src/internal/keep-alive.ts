/**
 * The timer that makes step after step. It survives every failure, never overlaps itself, and holds no
 * process open.
 */
import type { PlatformAbortSignal } from '@isoauth/core-client'
import type { Keeper } from './keeper.ts'
import { setQuietTimeout } from './pause.ts'

/** The running of a keeper. */
export interface KeepAlive {
  readonly isRunning: boolean
  /** Starts, or goes on with another interval. The function returned, and the signal, stop it. */
  start(intervalMs: number, signal: PlatformAbortSignal | undefined): () => void
  /** Makes the next step now; one that is under way is followed by another. Resolves when it is done. */
  wake(): Promise<void>
  stop(): void
}

interface Run {
  readonly controller: AbortController
  readonly intervalMs: number
  /** Ends the connection to the caller's signal. */
  readonly leave: () => void
}

/** The longest time without a look, in milliseconds: clocks jump, and machines sleep. */
const LOOK_LIMIT_MS = 60_000
/** The shortest, so that no fault makes a loop of requests. */
const LOOK_LEAST_MS = 250

/** Makes the timer of one session, not running. */
export function createKeepAlive(keeper: Keeper, now: () => number): KeepAlive {
  let run: Run | undefined
  let cancel: (() => void) | undefined
  let stepping: Promise<void> | undefined
  let isWokenMeanwhile = false

  function stop(): void {
    const ended = run
    run = undefined
    ended?.leave()
    cancel?.()
    cancel = undefined
    // The step under way ends by it; nobody waits for that here, since its own listeners may call this.
    ended?.controller.abort()
  }

  function schedule(ms: number): void {
    cancel?.()
    cancel = run && setQuietTimeout(() => void step(), ms)
  }

  function step(): Promise<void> {
    if (stepping) {
      isWokenMeanwhile = true
      return stepping
    }
    cancel?.()
    const current = makeStep()
    stepping = current
    return current
  }

  async function makeStep(): Promise<void> {
    const current = run
    if (!current) return
    let delayMs = LOOK_LIMIT_MS
    try {
      const nextAtMs = await keeper.step(current.intervalMs, current.controller.signal)
      delayMs = Math.min(Math.max(nextAtMs - now(), LOOK_LEAST_MS), LOOK_LIMIT_MS)
    } catch {
      // The signal: stopped, or started anew.
    }
    stepping = undefined
    if (isWokenMeanwhile) delayMs = LOOK_LEAST_MS
    // Of one that was started anew meanwhile the first step is due already.
    if (isWokenMeanwhile || run === current) schedule(delayMs)
    isWokenMeanwhile = false
  }

  return {
    get isRunning() {
      return run !== undefined
    },
    start(intervalMs, signal) {
      stop()
      const leave = () => signal?.removeEventListener('abort', stopThis)
      const started = { controller: new AbortController(), intervalMs, leave }
      run = started
      const stopThis = () => {
        if (run === started) stop()
      }
      if (signal?.aborted) stopThis()
      else {
        signal?.addEventListener('abort', stopThis)
        schedule(0)
      }
      return stopThis
    },
    wake: () => (run ? step() : Promise.resolve()),
    stop,
  }
}
