/** A clock for tests whose subject is not how long a wait is: short waits are over at once, and deadlines pass on demand. */
import { afterAll, beforeAll, vi } from 'vitest'

/** How often a caller looks whether another's sign-in still runs (`single-flight.ts`). */
const LOOK_AT_OTHERS_MS = 300

export interface SkippedWaits {
  /**
   * Whether the looks of {@link LOOK_AT_OTHERS_MS} pass at once too, where the end of the other's work never comes.
   * Elsewhere that end wakes the caller, and the looks would use up every deadline while a busy machine signs.
   */
  readonly looks?: boolean
}

/**
 * Within the `describe` or the file that calls it, a timer that is due within `mostMs` of the clock comes as soon as
 * everything else had its turn, the earliest first, and the clock then shows the time it was due at. A longer timer (a
 * deadline) waits until the clock has come that near to it by the waits of others. So a wait between two attempts costs
 * no time, and no deadline passes because a machine is busy. Suites that run at once take it around all of them.
 */
export function skipWaits(mostMs: number, { looks = false }: SkippedWaits = {}): void {
  let end = () => {}
  beforeAll(() => {
    end = startQuickTime(mostMs, looks)
  })
  afterAll(() => end())
}

/** The same until the function that it gives is called. */
function startQuickTime(mostMs: number, looks: boolean): () => void {
  if (vi.isFakeTimers()) throw new Error('The timers are faked already.')
  const { setTimeout: realTimeout, clearTimeout: clearReal } = globalThis
  const due = new Map<unknown, number>()
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  })
  const { setTimeout: fakeTimeout, clearTimeout: clearFake } = globalThis
  globalThis.setTimeout = ((call: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const timer = fakeTimeout(() => {
      due.delete(timer)
      call(...args)
    }, ms)
    if (looks || ms !== LOOK_AT_OTHERS_MS) due.set(timer, Date.now() + ms)
    return timer
  }) as typeof globalThis.setTimeout
  globalThis.clearTimeout = (timer) => {
    due.delete(timer)
    clearFake(timer)
  }

  let isOver = false
  let turn = realTimeout(look)
  async function look(): Promise<void> {
    const waitMs = Math.min(...due.values()) - Date.now()
    // A timer of 0 ms that is set by another timer is due a millisecond later.
    if (waitMs <= mostMs) await vi.advanceTimersByTimeAsync(Math.max(1, waitMs))
    if (!isOver) turn = realTimeout(look)
  }

  return () => {
    isOver = true
    clearReal(turn)
    globalThis.setTimeout = fakeTimeout
    globalThis.clearTimeout = clearFake
    vi.useRealTimers()
  }
}

/** A call whose deadline is to pass. */
export interface LateCall<T> {
  /** Starts the call, and never rejects. */
  readonly call: () => Promise<T>
  /** What the call must have come to before: its request has arrived. */
  readonly arrived: Promise<unknown>
  /** The deadline, in milliseconds. */
  readonly timeoutMs: number
}

/** Gives what becomes of a call whose deadline passes once it has come far enough, and on no machine before. */
export async function pastDeadline<T>({ call, arrived, timeoutMs }: LateCall<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  try {
    const ended = call()
    await arrived
    await vi.advanceTimersByTimeAsync(timeoutMs)
    return await ended
  } finally {
    vi.useRealTimers()
  }
}
