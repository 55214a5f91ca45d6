/**
 * One request at a time for each key: the service may answer 429 to two that overlap.
 *
 * Nobody waits for a promise of another call. In Workers a request may end before its work is done: its
 * promises then never settle and its timers never fire, and what does settle may go on in that request's
 * context. So each waiting call looks at the line by a timer of its own, and each call in the line shows
 * by another that it is still there.
 */
import { abortable, type PlatformAbortSignal } from '@isoauth/core-client'

/** Does the work when its turn under a name has come, and gives what it gives. */
export type Queue = <T>(
  name: string,
  signal: PlatformAbortSignal,
  work: () => Promise<T>,
) => Promise<T>

/** A call in the line. */
export interface Place {
  /** The call was there at this time, in milliseconds since 1970. */
  seenAtMs: number
  /** The turn is given up at this time, though the call be there. */
  endsAtMs: number
}

/** How often a call in turn shows that it is there. */
const SIGN_MS = 250
/** A call that gave no sign for so long has ended with its request. */
const LOST_MS = 2000
/** The longest pause between two looks at the line: of the next call in it, and of one far from its turn. */
const LOOK_MS = 20
const FAR_LOOK_MS = 500
/** For each call before it. Otherwise a thousand that wait would do nothing but look. */
const LOOK_MS_EACH = 5

/**
 * Makes a queue: first come, first served, and whoever aborts while waiting leaves it.
 *
 * @param turnMs - a turn that lasts longer is given up, in milliseconds
 * @param lines - where the queue keeps the calls in line by name; empty when there are none
 */
export function createQueue(turnMs: number, lines: Map<string, Place[]> = new Map()): Queue {
  return async (name, signal, work) => {
    const line = lines.get(name) ?? []
    lines.set(name, line)
    const place: Place = { seenAtMs: Date.now(), endsAtMs: Number.POSITIVE_INFINITY }
    line.push(place)
    let signs: ReturnType<typeof setInterval> | undefined
    try {
      await turnOf(place, line, signal)
      place.endsAtMs = Date.now() + turnMs
      signs = setInterval(() => {
        place.seenAtMs = Date.now()
      }, SIGN_MS)
      return await work()
    } finally {
      clearInterval(signs)
      leave(line, place)
      if (line.length === 0 && lines.get(name) === line) lines.delete(name)
    }
  }
}

/** Waits until the place is the first of its line. */
async function turnOf(place: Place, line: Place[], signal: PlatformAbortSignal): Promise<void> {
  for (let pauseMs = 1; ; pauseMs *= 2) {
    const nowMs = Date.now()
    place.seenAtMs = nowMs
    // A waiting call that was taken for lost, and was only held up, begins anew.
    if (!line.includes(place)) line.push(place)
    const [first] = line
    if (first === undefined || first === place) return
    if (nowMs - first.seenAtMs > LOST_MS || nowMs >= first.endsAtMs) leave(line, first)
    else {
      const farMs = Math.min(line.indexOf(place) * LOOK_MS_EACH, FAR_LOOK_MS)
      pauseMs = Math.min(pauseMs, Math.max(farMs, LOOK_MS))
      await abortable(pause(pauseMs), signal)
    }
  }
}

function leave(line: Place[], place: Place): void {
  const at = line.indexOf(place)
  if (at >= 0) line.splice(at, 1)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
