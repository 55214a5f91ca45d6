/** Waiting for what will have come to be, however busy the machine is. */
import { vi } from 'vitest'

/**
 * Resolves with what `check` gives once it throws no more. The limit is there to name what did not come to be, instead
 * of the test's own time limit: it is far beyond what a busy machine needs. Faked timers are moved on while it waits.
 */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 60_000, interval: vi.isFakeTimers() ? 50 : 2 })
}
