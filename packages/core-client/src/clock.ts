/**
 * A clock that learns its offset from a server's `Date` header, and timestamps that never go
 * backwards.
 */

/** The client's view of the server's time. */
export interface Clock {
  /** The server's time as far as known, in milliseconds since 1970. */
  nowMs(): number
  /** Whole seconds since 1970, never below one given out before. */
  timestampSeconds(): number
  /**
   * Sets the clock by a `Date` header (RFC 9110 section 6.6.1) that differs by more than
   * `toleranceMs`.
   *
   * @returns by how many milliseconds the clock was behind (negative: ahead), or undefined where it
   *   was right or the header cannot be read
   */
  repair(date: string | null, toleranceMs: number): number | undefined
}

/** Makes a clock upon `now`, which gives milliseconds since 1970. */
export function createClock(now: () => number): Clock {
  let offsetMs = 0
  let lastTimestamp = 0
  const nowMs = () => now() + offsetMs
  return {
    nowMs,
    timestampSeconds() {
      lastTimestamp = Math.max(lastTimestamp, Math.floor(nowMs() / 1000))
      return lastTimestamp
    },
    repair(date, toleranceMs) {
      const differenceMs = Date.parse(date ?? '') - nowMs()
      if (!(Math.abs(differenceMs) > toleranceMs)) return undefined
      offsetMs += differenceMs
      // What was given out by the wrong clock was refused, so it binds nobody.
      lastTimestamp = 0
      return differenceMs
    },
  }
}
