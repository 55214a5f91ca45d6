/**
 * Renewal under a caller's lock, with a bounded wait: a lock that is down or held for ever is
 * reported, and the renewal goes on without it.
 */
import { abortable } from './single-flight.ts'
import type { Lock } from './store.ts'

const LOCK_WAIT_MS = 30_000

/** Runs `work` under the lock, or without it once the lock failed. Work runs once at most. */
export async function underLock<T>(
  lock: Lock | undefined,
  name: string,
  work: () => Promise<T>,
  options: {
    readonly signal: AbortSignal
    readonly onFailure: () => void
    /** Milliseconds to wait for the lock. Default: 30000. */
    readonly waitMs?: number
  },
): Promise<T> {
  if (lock === undefined) return work()
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), options.waitMs ?? LOCK_WAIT_MS)
  const signal = AbortSignal.any([options.signal, waiting.signal])
  let outcome: Promise<T> | undefined
  let gaveUp = false
  const held = async () => {
    // A lock that comes after we went on without it must not renew a second time.
    if (gaveUp) return
    clearTimeout(timer)
    outcome = work()
    await outcome
  }
  try {
    await abortable(lock(name, held, { signal }), signal)
  } catch {
    // Either the work failed, which `outcome` tells below, or the lock did.
  } finally {
    clearTimeout(timer)
    gaveUp = outcome === undefined
  }
  if (outcome !== undefined) return outcome
  options.signal.throwIfAborted()
  options.onFailure()
  return work()
}
