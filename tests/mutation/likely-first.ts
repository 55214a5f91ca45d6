/**
 * The order of test files in which a mutant is noticed soonest: first the files that noticed others of the same source,
 * the most often first; then those that noticed any; then the quickest.
 */
export interface LikelyFirst {
  order(files: readonly string[], source: string): readonly string[]
  /** `file` noticed a mutant of `source`. */
  noticed(file: string, source: string): void
  /** `file` took so long, in milliseconds. */
  took(file: string, durationMs: number): void
}

export function createLikelyFirst(): LikelyFirst {
  const ofSource = new Map<string, number>()
  const ofAll = new Map<string, number>()
  const durations = new Map<string, number>()
  const pair = (file: string, source: string) => `${file} ${source}`
  const add = (counts: Map<string, number>, key: string) =>
    counts.set(key, (counts.get(key) ?? 0) + 1)
  return {
    order(files, source) {
      const rank = (file: string) => [
        -(ofSource.get(pair(file, source)) ?? 0),
        -(ofAll.get(file) ?? 0),
        durations.get(file) ?? 0,
      ]
      return [...files].sort((a, b) => {
        const [ranks, others] = [rank(a), rank(b)]
        const at = ranks.findIndex((value, i) => value !== others[i])
        return at === -1 ? 0 : (ranks[at] as number) - (others[at] as number)
      })
    },
    noticed(file, source) {
      add(ofSource, pair(file, source))
      add(ofAll, file)
    },
    took(file, durationMs) {
      durations.set(file, durationMs)
    },
  }
}
