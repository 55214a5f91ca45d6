/**
 * A clock that learns its offset from a server's `Date` header, and timestamps that never go
 * backwards.
 */

/** The client's view of the server's time. */
export interface Clock {
  /** The server's time as far as known, in milliseconds since 1970; a clock that was set right since is believed again. */
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
  /** Takes the last repair back: it did not help, so the `Date` was wrong. */
  undoRepair(): void
}

/** Timestamps stay behind a clock that steps back by so much at most. */
const STEP_BACK_SECONDS = 120
const LIMIT_MS = 86_400_000
/** A clock this near to the server's is right. */
const SET_RIGHT_MS = 2000

/** By how much a clock is behind its server's. */
interface Offset {
  readonly ms: number
  /** The server's time when this was learned, less a time that no clock's setting moves. */
  readonly serverBaseMs: number
}

const NO_OFFSET: Offset = { ms: 0, serverBaseMs: 0 }

/** IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`. */
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * Reads an HTTP date in the form that senders must use (RFC 9110 section 5.6.7); platforms' own parsers
 * read nearly anything, `-1` as the year 2001.
 *
 * @returns milliseconds since 1970, or undefined for anything else
 */
export function parseHttpDate(value: string | null): number | undefined {
  if (value === null || !IMF_FIXDATE.test(value)) return undefined
  const ms = Date.parse(value)
  // Some platforms read an hour of 25; of what is no date the text is another one too.
  return new Date(ms).toUTCString() === value ? ms : undefined
}

/**
 * A sentence that says how wrong this clock is, without its full stop: by how many seconds, in days too
 * where it is days, and to which side.
 *
 * @param differenceMs - how far the server is ahead of this clock
 */
export function describeClock(differenceMs: number): string {
  const seconds = Math.round(Math.abs(differenceMs) / 1000)
  const days = Math.round(seconds / 86_400)
  const inDays = days > 1 ? ` (${days} days)` : ''
  const side = differenceMs > 0 ? 'behind' : 'ahead of'
  return `Set this clock, which is off by ${seconds} s${inDays}: it is ${side} the server's`
}

/** Makes a clock upon `now`, which gives milliseconds since 1970. */
export function createClock(now: () => number): Clock {
  let offset = NO_OFFSET
  let previous = offset
  let lastTimestamp = 0
  const nowMs = () => {
    const clockMs = now()
    // Most clocks are right, and each signed request asks.
    if (offset.ms === 0) return clockMs
    // Set right meanwhile, as at the start of a machine: with the offset it would be wrong again.
    const isSetRight = Math.abs(clockMs - performance.now() - offset.serverBaseMs) < SET_RIGHT_MS
    if (isSetRight) offset = NO_OFFSET
    return clockMs + offset.ms
  }
  return {
    nowMs,
    timestampSeconds() {
      const seconds = Math.floor(nowMs() / 1000)
      // What a clock gave out that was far ahead binds nobody once it is right again.
      const isBound = lastTimestamp - seconds <= STEP_BACK_SECONDS
      lastTimestamp = isBound ? Math.max(lastTimestamp, seconds) : seconds
      return lastTimestamp
    },
    repair(date, toleranceMs) {
      const dateMs = parseHttpDate(date)
      // No clock is repaired by more than a day: such a Date is wrong itself.
      if (dateMs === undefined || Math.abs(dateMs - now()) > LIMIT_MS) return undefined
      const differenceMs = dateMs - nowMs()
      const isRight = Math.abs(differenceMs) <= toleranceMs
      // A timestamp may have been signed that lies ahead of a clock that is right again.
      const aheadMs = lastTimestamp * 1000 - dateMs
      if (isRight && aheadMs <= toleranceMs) return undefined
      // What was given out by the wrong clock was refused, so it binds nobody.
      lastTimestamp = 0
      previous = offset
      if (isRight) return -aheadMs
      offset = { ms: offset.ms + differenceMs, serverBaseMs: dateMs - performance.now() }
      return differenceMs
    },
    undoRepair() {
      offset = previous
      lastTimestamp = 0
    },
  }
}
