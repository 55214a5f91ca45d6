/** One signal of several. */
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
