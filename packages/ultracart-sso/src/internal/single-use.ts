/**
 * A bounded memory of what was used once, within one process only.
 */

const LIMIT = 10_000

/** Takes a name for the first time: true. Again before its end: false. */
export type SingleUse = (name: string, untilMs: number) => boolean

/** Makes a memory that forgets names whose time is over and, past 10,000, the oldest. */
export function createSingleUse(now: () => number): SingleUse {
  const used = new Map<string, number>()
  return (name, untilMs) => {
    for (const [old, endMs] of used) {
      if (endMs > now() && used.size < LIMIT) break
      used.delete(old)
    }
    if (used.has(name)) return false
    used.set(name, untilMs)
    return true
  }
}
