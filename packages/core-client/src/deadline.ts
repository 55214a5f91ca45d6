/**
 * A deadline over work of any kind.
 */
import { abortable, anySignal } from './abort.ts'
import type { Raise } from './errors.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

/** What ends the work before it is done. */
export interface DeadlineOptions {
  readonly raise: Raise
  readonly timeoutMs: number
  readonly signal?: PlatformAbortSignal | undefined
}

/**
 * Runs work under a deadline, even work that ignores its signal. Once the work is done the clock
 * stops, while the caller's signal stays connected to what the work left behind (a body to read).
 *
 * @throws `…_TIMEOUT`; the caller's abort reason; whatever the work rejects with
 */
export async function withDeadline<T>(
  { raise, timeoutMs, signal }: DeadlineOptions,
  work: (signal: PlatformAbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const late = new AbortController()
  const timer = setTimeout(() => {
    late.abort(raise('TIMEOUT', `No answer within timeoutMs (${timeoutMs}).`))
  }, timeoutMs)
  const both = signal ? anySignal([signal, late.signal]) : late.signal
  try {
    return await abortable(work(both), both)
  } finally {
    clearTimeout(timer)
  }
}
