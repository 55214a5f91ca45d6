/**
 * A deadline over work of any kind, as one abort signal.
 */
import { abortable } from './single-flight.ts'

/** A clock that ends work when it runs out. */
export interface Deadline {
  /** Aborts with the caller's signal, or when time is up. */
  readonly signal: AbortSignal
  /** True once time was up. */
  readonly expired: boolean
  /** Stops the clock; the caller's signal stays connected. */
  stop(): void
}

/** Starts a clock of `timeoutMs` milliseconds beside the caller's signal. */
export function startDeadline(timeoutMs: number, signal?: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  let expired = false
  const timer = setTimeout(() => {
    expired = true
    controller.abort()
  }, timeoutMs)
  return {
    signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
    get expired() {
      return expired
    },
    stop: () => clearTimeout(timer),
  }
}

/**
 * Runs work under a deadline, even work that ignores its signal.
 *
 * @param onTimeout - makes the error when time was up
 */
export async function withDeadline<T>(
  options: {
    readonly timeoutMs: number
    readonly signal?: AbortSignal | undefined
    readonly onTimeout: () => Error
  },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted()
  const deadline = startDeadline(options.timeoutMs, options.signal)
  try {
    return await abortable(work(deadline.signal), deadline.signal)
  } catch (error) {
    if (deadline.expired && !options.signal?.aborted) throw options.onTimeout()
    throw error
  } finally {
    deadline.stop()
  }
}
