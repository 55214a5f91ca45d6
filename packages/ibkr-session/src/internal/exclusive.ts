/**
 * A caller's turn: while an order's question is open, other calls may make it invalid, so the library's own
 * stay away.
 */
import { abortable, type PlatformAbortSignal } from '@isoauth/core-client'

/** Turns of callers and of the library. */
export interface Turns {
  /** Runs a caller's work, one after the other, while the library sends nothing of its own. */
  exclusive<T>(work: () => Promise<T>): Promise<T>
  /** True while a caller's work runs or waits for its turn. */
  isTaken(): boolean
  /** Runs a call of the library's; a caller's work that begins meanwhile waits for its end. */
  own<T>(work: () => Promise<T>): Promise<T>
  /** The same as soon as no caller's work runs or waits. */
  ownWhenFree<T>(work: () => Promise<T>, signal: PlatformAbortSignal): Promise<T>
}

/** Makes the turns of one session. */
export function createTurns(): Turns {
  let callers: Promise<unknown> = Promise.resolve()
  let taken = 0
  const running = new Set<Promise<unknown>>()

  async function own<T>(work: () => Promise<T>): Promise<T> {
    const result = work()
    const settled = result.catch(() => {})
    running.add(settled)
    settled.then(() => running.delete(settled))
    return await result
  }

  return {
    own,
    async exclusive(work) {
      taken++
      const before = callers
      const turn = (async () => {
        await before
        await Promise.all(running)
        return await work()
      })()
      callers = turn.catch(() => {}).then(() => void taken--)
      return await turn
    },
    isTaken: () => taken > 0,
    async ownWhenFree(work, signal) {
      signal.throwIfAborted()
      while (taken > 0) await abortable(Promise.resolve(callers), signal)
      // In the same turn as the look at `taken`: work that comes from now on waits for this.
      return await own(work)
    },
  }
}
