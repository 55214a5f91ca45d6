/**
 * Paired rounds: every round runs every contender once, in random order, so that a machine that is busy for a
 * while is busy for all of them. What is compared is the best round of each: noise only ever adds time.
 */

import { allocatedBytes } from './allocation.ts'

/** One way of doing the job. */
export interface Contender {
  readonly name: string
  /** Does the job once. */
  readonly run: () => unknown
}

/** A job with everybody who does it. */
export interface Cost {
  readonly id: string
  /** What is done, with its sizes. */
  readonly title: string
  readonly contenders: readonly Contender[]
  /** Rounds. Default: 40. */
  readonly rounds?: number | undefined
  /** Whether what a run allocates is told too, where the runtime does. Default: false. */
  readonly tellsBytes?: boolean | undefined
}

/** The times of one contender, in microseconds for one run of the job. */
export interface Times {
  readonly name: string
  readonly best: number
  readonly median: number
  /** Bytes that one run allocates on the heap, where that was asked for and is told. */
  readonly bytes?: number | undefined
}

/** A round of one contender lasts at least so long, in milliseconds: a clock's step is then below 1 %. */
const ROUND_MS = 2
/** Runs before the first round that counts, in milliseconds, for compilers to settle. */
const WARM_UP_MS = 120

/** Measures a cost. */
export async function measure({
  contenders,
  rounds = 40,
  tellsBytes = false,
}: Cost): Promise<Times[]> {
  const runs = new Map<Contender, number>()
  for (const contender of contenders) runs.set(contender, await warmUp(contender))
  const times = new Map(contenders.map((contender) => [contender, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    for (const contender of shuffled(contenders)) {
      const count = runs.get(contender) ?? 1
      times.get(contender)?.push(((await time(contender, count)) / count) * 1000)
    }
  }
  const measured: Times[] = []
  for (const contender of contenders) {
    const sorted = (times.get(contender) ?? []).sort((a, b) => a - b)
    const [best = Number.NaN] = sorted
    const median = sorted[sorted.length >> 1] ?? Number.NaN
    const bytes = tellsBytes ? await allocatedBytes(contender) : undefined
    measured.push({ name: contender.name, best, median, bytes })
  }
  return measured
}

/** Runs a contender until it is warm; gives how many runs make a round. */
async function warmUp(contender: Contender): Promise<number> {
  let count = 1
  let took = 0
  const began = performance.now()
  do {
    took = await time(contender, count)
    if (took < ROUND_MS) count = Math.max(count + 1, Math.ceil((count * ROUND_MS) / (took || 0.1)))
  } while (performance.now() - began < WARM_UP_MS || took < ROUND_MS / 2)
  return Math.max(1, Math.round((count * ROUND_MS) / took))
}

/** Milliseconds for `count` runs, one after the other. */
async function time({ run }: Contender, count: number): Promise<number> {
  const began = performance.now()
  for (let i = 0; i < count; i++) {
    const result = run()
    // Awaiting what is no promise would put a turn of the event loop's cost on synchronous contenders.
    if (result instanceof Promise) await result
  }
  return performance.now() - began
}

function shuffled<T>(items: readonly T[]): T[] {
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    const [a, b] = [all[i] as T, all[j] as T]
    all[i] = b
    all[j] = a
  }
  return all
}
