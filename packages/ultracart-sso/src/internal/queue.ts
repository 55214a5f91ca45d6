/**
 * One request at a time for each key: the service may answer 429 to two that overlap.
 */
import { abortable } from '@isoauth/core-client'

/** Waits for the turn under a name; the result ends the turn. */
export type Queue = (name: string, signal: AbortSignal) => Promise<() => void>

/** Makes a queue: first come, first served, and whoever aborts while waiting leaves it. */
export function createQueue(): Queue {
  const tails = new Map<string, Promise<void>>()

  return async (name, signal) => {
    const before = tails.get(name) ?? Promise.resolve()
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const tail = before.then(() => ended)
    tails.set(name, tail)
    void tail.then(() => {
      if (tails.get(name) === tail) tails.delete(name)
    })
    try {
      await abortable(before, signal)
    } catch (error) {
      end()
      throw error
    }
    return end
  }
}
