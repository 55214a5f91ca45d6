/** The best of several runs, since noise only ever adds time. */

/** Milliseconds of the best of `runs`. */
export async function bestMs(runs: number, work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const began = performance.now()
    await work()
    best = Math.min(best, performance.now() - began)
  }
  return best
}
