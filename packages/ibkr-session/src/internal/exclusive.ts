/**
 * A caller's turn: while an order's question is open, other calls may make it invalid, so the library's own
 * stay away.
 */
import { abortable, type PlatformAbortSignal } from '@isoauth/core-client'
import { newError } from './errors.ts'
import { pause } from './pause.ts'

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

/** A turn that does not end for so long may wait for itself: nothing tells a call from inside of work from another one. */
const PATIENCE_MS = 240_000
const NESTED =
  'Work that calls exclusive itself waits for its own end: call directly what the inner exclusive was given.'

/** Makes the turns of one session. */
export function createTurns(): Turns {
  let callers: Promise<unknown> = Promise.resolve()
  let taken = 0
  /** How many turns have begun or ended. */
  let changes = 0
  /** While work runs up to its first `await`. */
  let isBeginning = false
  const running = new Set<Promise<unknown>>()

  async function own<T>(work: () => Promise<T>): Promise<T> {
    const result = work()
    const settled = result.catch(() => {})
    running.add(settled)
    settled.then(() => running.delete(settled))
    return await result
  }

  async function lostPatience(signal: PlatformAbortSignal): Promise<never> {
    for (let seen = -1; seen !== changes; ) {
      seen = changes
      await pause(PATIENCE_MS, signal)
    }
    throw newError('TIMEOUT', `No turn of exclusive ended within 4 minutes. ${NESTED}`)
  }

  return {
    own,
    async exclusive(work) {
      if (isBeginning) throw newError('OPTION_INVALID', NESTED, { option: 'work' })
      taken++
      const before = callers
      const waiting = new AbortController()
      const turn = (async () => {
        const free = before.then(() => Promise.all(running))
        await Promise.race([free, lostPatience(waiting.signal)])
        waiting.abort()
        changes++
        isBeginning = true
        // What work throws at once is a rejection as well.
        const made = (async () => await work())()
        isBeginning = false
        return await made
      })()
      callers = Promise.all([before, turn.catch(() => {})]).then(() => {
        changes++
        taken--
      })
      return await turn
    },
    isTaken: () => taken > 0,
    async ownWhenFree(work, signal) {
      signal.throwIfAborted()
      while (taken > 0) await abortable(callers, signal)
      // In the same turn as the look at `taken`: work that comes from now on waits for this.
      return await own(work)
    },
  }
}
