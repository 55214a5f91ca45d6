/**
 * Renewal under a caller's lock, with a bounded wait: a lock that is down or held for ever is
 * reported, and the renewal goes on without it.
 */
import type { Lock } from './store.ts'

/** The longest wait for the lock, in milliseconds. */
const LOCK_WAIT_MS = 30_000

/** Runs `work` under the lock, or without it once the lock failed. Work runs once at most. */
export async function underLock<T>(
  lock: Lock | undefined,
  name: string,
  work: () => Promise<T>,
  options: { readonly signal: AbortSignal; readonly onFailure: () => void },
): Promise<T> {
  if (lock === undefined) return work()
  const waiting = new AbortController()
  let outcome: Promise<T> | undefined
  let gaveUp = false
  const lockGone = new Promise<'gone'>((resolve) => {
    waiting.signal.addEventListener('abort', () => resolve('gone'), { once: true })
  })
  const timer = setTimeout(() => waiting.abort(), LOCK_WAIT_MS)
  const signal = AbortSignal.any([options.signal, waiting.signal])
  const held = async () => {
    // A lock that comes after we went on without it must not renew a second time.
    if (gaveUp) return undefined
    clearTimeout(timer)
    outcome = work()
    return outcome
  }
  try {
    await Promise.race([lock(name, held, { signal }), lockGone])
  } catch {
    // Either the work failed, which `outcome` tells below, or the lock did.
  } finally {
    clearTimeout(timer)
  }
  if (outcome !== undefined) return outcome
  options.signal.throwIfAborted()
  gaveUp = true
  options.onFailure()
  return work()
}
