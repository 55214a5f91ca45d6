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
  /** Resolves when no caller's work runs. */
  free(signal: PlatformAbortSignal): Promise<void>
}

/** Makes the turns of one session. */
export function createTurns(): Turns {
  let callers: Promise<unknown> = Promise.resolve()
  let taken = 0
  const own = new Set<Promise<unknown>>()

  return {
    async exclusive(work) {
      taken++
      const before = callers
      const turn = (async () => {
        await before
        await Promise.all(own)
        return await work()
      })()
      callers = turn.catch(() => {}).then(() => void taken--)
      return await turn
    },
    isTaken: () => taken > 0,
    async own(work) {
      const running = work()
      const settled = running.catch(() => {})
      own.add(settled)
      settled.then(() => own.delete(settled))
      return await running
    },
    async free(signal) {
      while (taken > 0)
        await abortable(
          callers.then(() => {}),
          signal,
        )
    },
  }
}
