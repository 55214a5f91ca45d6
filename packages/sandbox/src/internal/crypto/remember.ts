/** What inputs came to before: tests make one sandbox after the other of the same credentials. */
import { BoundedMap } from '../bounded-map.ts'

const LIMIT = 64

/** Gives what `find` gave for a key before, or gives now. */
export type Memory<Value> = (key: string, find: () => Value) => Value

/** Makes a memory for one kind of input; the oldest of 64 is forgotten. */
export function createMemory<Value>(): Memory<Value> {
  const known = new BoundedMap<Value>(LIMIT)
  return (key, find) => {
    if (!known.has(key)) known.set(key, find())
    return known.get(key) as Value
  }
}
