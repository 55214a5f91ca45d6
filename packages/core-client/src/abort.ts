/**
 * Work that an `AbortSignal` ends, also where the work itself does not heed it.
 */
import type { PlatformAbortSignal } from './runtime-types.ts'

/**
 * Aborts with the reason of the first that aborts. `AbortSignal.any`, or the same by listeners in
 * runtimes without it, such as edge-light; there a listener stays on each signal while that lives.
 */
export function anySignal(signals: readonly PlatformAbortSignal[]): PlatformAbortSignal {
  if ('any' in AbortSignal) return AbortSignal.any([...signals])
  const first = new AbortController()
  for (const signal of signals) {
    const onAbort = () => first.abort(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
  }
  return first.signal
}

/** Waits for a promise, or rejects with the signal's reason as soon as it aborts. */
export function abortable<T>(
  promise: Promise<T>,
  signal: PlatformAbortSignal | undefined,
): Promise<T> {
  if (!signal) return promise
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
