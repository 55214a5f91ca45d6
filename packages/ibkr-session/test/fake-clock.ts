/** Fake timers for the tests of a file. In Node alone. */
import { afterEach, beforeEach, vi } from 'vitest'
import { NOW_MS } from './support.ts'

/** Each test begins at `NOW_MS`; the function returned lets milliseconds pass. */
export function useFakeClock(): (ms: number) => Promise<unknown> {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW_MS })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  return (ms) => vi.advanceTimersByTimeAsync(ms)
}
