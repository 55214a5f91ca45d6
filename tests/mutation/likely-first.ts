/** Which test files are likely to notice a mutant: those that noticed others of the same source, then of any. */
export interface LikelyFirst {
  /** Files to run first for a mutant of `source`, the likeliest first. */
  filesFor(source: string): readonly string[]
  /** `file` noticed a mutant of `source`. */
  noticed(file: string, source: string): void
}

/** More than any number of mutants of other sources can weigh. */
const OF_THE_SAME_SOURCE = 1e6

export function createLikelyFirst(): LikelyFirst {
  const seen: { readonly file: string; readonly source: string }[] = []
  return {
    filesFor(source) {
      const weights = new Map<string, number>()
      for (const one of seen) {
        const weight = one.source === source ? OF_THE_SAME_SOURCE : 1
        weights.set(one.file, (weights.get(one.file) ?? 0) + weight)
      }
      return [...weights].sort(([, a], [, b]) => b - a).map(([file]) => file)
    },
    noticed(file, source) {
      seen.push({ file, source })
    },
  }
}
