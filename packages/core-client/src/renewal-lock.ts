/**
 * Renewal under a caller's lock, with a bounded wait: a lock that is down or held for ever is
 * reported, and the renewal goes on without it.
 */
import { withDeadline } from './deadline.ts'
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
  const { signal, onFailure, waitMs: timeoutMs = LOCK_WAIT_MS } = options
  let outcome: Promise<T> | undefined
  let gaveUp = false
  const acquire = (deadline: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const held = async () => {
        // A lock that comes after we went on without it must not renew a second time.
        if (gaveUp) return
        outcome = work()
        resolve()
        await outcome
      }
      lock(name, held, { signal: deadline }).then(reject, reject)
    })
  try {
    await withDeadline({ raise: Error, timeoutMs, signal }, acquire)
  } catch {
    // The lock failed, or did not come in time.
    gaveUp = true
  }
  if (outcome !== undefined) return outcome
  signal.throwIfAborted()
  onFailure()
  return work()
}
