/**
 * What a run allocates: by how much the heap grows over a few runs that come right after a collection, so that none
 * falls among them. Node alone tells that.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Contender } from './paired-rounds.ts'

/** So few runs that what they allocate fits into the young generation. */
const RUNS = 10
const BATCHES = 31

/** Bytes on JavaScript's heap for each run, the median of many batches; undefined where the runtime does not tell them. */
export async function allocatedBytes({ run }: Contender): Promise<number | undefined> {
  const { deno, bun } = process.versions
  if (deno !== undefined || bun !== undefined) return undefined
  const collect = collector()
  const found: number[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    collect()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < RUNS; i++) await run()
    found.push((process.memoryUsage().heapUsed - before) / RUNS)
  }
  return found.sort((a, b) => a - b)[BATCHES >> 1]
}

/** Collects what nothing refers to any more. */
export function collector(): () => void {
  setFlagsFromString('--expose_gc')
  return runInNewContext('gc') as () => void
}
