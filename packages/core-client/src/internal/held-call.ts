/**
 * A sign-in of which every caller wants one of its own, such as a link for a browser: held back after a
 * failure as the sign-in of a token is.
 */
import { withDeadline } from './deadline.ts'
import { attemptOf, createHoldBack } from './hold-back.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'
import { openSharedPause, type SharedPauseOptions } from './shared-pause.ts'
import { createSingleFlight } from './single-flight.ts'
import { entryKey, underLock } from './store.ts'
import type { TokenSourceEvent } from './token-source.ts'

/** How calls are held back. */
export interface HeldCallOptions<T> extends SharedPauseOptions {
  /** Makes one call to the service. */
  readonly send: (signal: PlatformAbortSignal) => Promise<T>
  /** Milliseconds that one caller waits. */
  readonly timeoutMs: number
  readonly onEvent: (event: TokenSourceEvent) => void
}

/**
 * Makes a call. While the last one succeeded, each caller's is sent; otherwise one is, and what comes of it
 * goes for all that wait.
 *
 * @throws `…_TIMEOUT`; what the call rejects with, also from memory while it is held back
 */
export type HeldCall<T> = (signal?: PlatformAbortSignal | undefined) => Promise<T>

/** The longest wait for the lock, in milliseconds; a caller's time may be shorter. */
const LOCK_WAIT_MS = 30_000

/** Makes a call that is held back after a failure. Nothing is sent or read before it is called. */
export function createHeldCall<T>(options: HeldCallOptions<T>): HeldCall<T> {
  const { send, newError, timeoutMs, now, onEvent, lock, packageName, identity } = options
  const fly = createSingleFlight<T>()
  const hold = createHoldBack(now)
  const shared = openSharedPause({ ...options, timeoutMs: timeoutMs / 4, onStoreEvent: onEvent })
  let isProven = false

  async function attempt(signal: PlatformAbortSignal): Promise<T> {
    let result: T
    try {
      result = await attemptOf(() => send(signal), { signal, newError, onFailure: holdBack })
    } catch (error) {
      const pause = hold.current()
      if (pause) await shared.write(pause)
      throw error
    }
    isProven = true
    hold.end()
    await shared.end()
    return result
  }

  function holdBack(error: unknown): void {
    const isHeld = hold.current() !== undefined
    const pause = hold.begin(error)
    if (!pause) return
    isProven = false
    if (!isHeld) onEvent({ type: 'held-back', code: pause.error.code, untilMs: pause.untilMs })
  }

  /** The one call that is sent where it is not known to succeed. */
  async function tryAlone(signal: PlatformAbortSignal): Promise<T> {
    throwIfHeld()
    const work = async () => {
      const pause = await shared.read(signal)
      if (pause) hold.join(pause)
      throwIfHeld()
      await shared.claim(timeoutMs)
      return await attempt(signal)
    }
    const onFailure = () => onEvent({ type: 'lock-failed' })
    const waitMs = Math.min(LOCK_WAIT_MS, timeoutMs / 2)
    const name = await entryKey(packageName, identity)
    return await underLock(lock, name, work, { signal, onFailure, waitMs })
  }

  function throwIfHeld(): void {
    const { error } = hold.current() ?? {}
    if (error) throw error
  }

  /** Another member may have failed meanwhile. */
  async function isStillProven(signal: PlatformAbortSignal): Promise<boolean> {
    if (isProven && (await shared.read(signal))) isProven = false
    return isProven
  }

  return (caller) =>
    withDeadline({ timeoutMs, signal: caller, newError }, async (signal) => {
      for (;;) {
        if (await isStillProven(signal)) return await attempt(signal)
        let isOurs = false
        const work = (flightSignal: PlatformAbortSignal) => {
          isOurs = true
          return tryAlone(flightSignal)
        }
        const result = await fly(work, signal)
        // The other's result is the other's own; but it shows that the service answers.
        if (isOurs) return result
      }
    })
}
