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
   * Reads a `Date` header (RFC 9110 section 6.6.1).
   * @returns by how many milliseconds this clock is behind the server (negative: ahead), or
   *   undefined where the header is missing or unreadable
   */
  differenceMs(date: string | null | undefined): number | undefined
  /** Moves the clock by a difference found by {@link Clock.differenceMs}. */
  adjust(differenceMs: number): void
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
    differenceMs(date) {
      const time = date ? Date.parse(date) : Number.NaN
      return Number.isNaN(time) ? undefined : time - nowMs()
    },
    adjust(differenceMs) {
      offsetMs += differenceMs
      // What was given out by the wrong clock was refused, so it binds nobody.
      lastTimestamp = 0
    },
  }
}
