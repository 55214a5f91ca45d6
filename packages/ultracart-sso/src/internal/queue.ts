/**
 * One request at a time for each key: the service may answer 429 to two that overlap.
 */
import { abortable } from '@isoauth/core-client'

/** Does the work when its turn under a name has come, and gives what it gives. */
export type Queue = <T>(name: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>

/** Makes a queue: first come, first served, and whoever aborts while waiting leaves it. */
export function createQueue(): Queue {
  const tails = new Map<string, Promise<unknown>>()

  return (name, signal, work) => {
    const before = tails.get(name)
    const turn = abortable(Promise.resolve(before), signal).then(work)
    // Who left before its turn holds nobody up, and lets nobody in early.
    const tail = Promise.allSettled([before, turn]).then(() => {
      if (tails.get(name) === tail) tails.delete(name)
    })
    tails.set(name, tail)
    return turn
  }
}
