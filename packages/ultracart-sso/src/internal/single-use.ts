/**
 * A bounded memory of what was used once, within one process only.
 */

const LIMIT = 10_000

/** Takes a name for the first time: true. Again: false. */
export type SingleUse = (name: string) => boolean

/** Makes a memory that forgets, past 10,000 names, the oldest. */
export function createSingleUse(): SingleUse {
  const used = new Set<string>()
  return (name) => {
    if (used.has(name)) return false
    used.add(name)
    // Deleting what is there gives true.
    const [oldest = ''] = used
    return used.size <= LIMIT || used.delete(oldest)
  }
}
