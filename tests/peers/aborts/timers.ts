/** Which timers are set: none of a call that has ended may be left. */
import { afterAll, beforeAll } from 'vitest'

export interface Timers {
  /** Those that are set now, each with the place that set it. */
  readonly live: () => ReadonlyMap<unknown, string>
}

/** Watches timers within the file that calls it. */
export function watchTimers(): Timers {
  const timers = new Map<unknown, string>()
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis

  beforeAll(() => {
    globalThis.setTimeout = ((call: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        call(...args)
      }, ms)
      timers.set(timer, new Error(`a timer of ${ms} ms`).stack ?? '')
      return timer
    }) as typeof globalThis.setTimeout
    globalThis.setInterval = ((call: () => void, ms = 0) => {
      const timer = setInterval(call, ms)
      timers.set(timer, new Error(`a timer of ${ms} ms again and again`).stack ?? '')
      return timer
    }) as typeof globalThis.setInterval
    globalThis.clearTimeout = (timer) => {
      timers.delete(timer)
      clearTimeout(timer)
    }
    globalThis.clearInterval = (timer) => {
      timers.delete(timer)
      clearInterval(timer)
    }
  })
  afterAll(() => {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval })
  })
  return { live: () => new Map(timers) }
}
