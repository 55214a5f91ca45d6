/**
 * Single flight: many callers, one piece of work, each caller free to leave.
 *
 * In Workers the request that began the work may end first, and its promises then never settle; those of
 * one request must not be awaited by another either. So every other caller looks after the work itself: it
 * sees by a beat whether the work is still alive, and replaces work whose beat has stopped.
 */
import { abortable } from './deadline.ts'
import type { PlatformAbortSignal } from './runtime-types.ts'

/** Joins the work under way or starts it. */
export type SingleFlight<T> = (
  work: (signal: PlatformAbortSignal) => Promise<T>,
  signal?: PlatformAbortSignal | undefined,
) => Promise<T>

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

/** Work under way. */
interface Flight<T> {
  /** Resolves when the outcome is known; never rejects. */
  readonly settled: Promise<void>
  readonly controller: AbortController
  outcome: Outcome<T> | undefined
  beats: number
  waiting: number
}

/** The work shows so often that it lives, in milliseconds. */
const BEAT_MS = 200
/** Work that has not shown it for so long a time is dead. */
const DEAD_MS = 1500
/** How often others look at the work, where they cannot wait for it and where they can. */
const LOOK_MS = 25
const LONG_LOOK_MS = 300

/**
 * Makes a single flight. A caller whose signal aborts is rejected at once with the signal's reason
 * and harms no other; the work itself is aborted only when its last caller has left.
 */
export function createSingleFlight<T>(): SingleFlight<T> {
  let current: Flight<T> | undefined

  return async (work, signal) => {
    for (;;) {
      signal?.throwIfAborted()
      const isOurs = current === undefined
      const flight = current ?? start(work)
      current = flight
      flight.waiting++
      try {
        const outcome = isOurs
          ? await abortable(outcomeOf(flight), signal)
          : await watch(flight, signal)
        if (outcome !== undefined) return resultOf(outcome)
        // Dead: the next turn begins anew, unless another caller did so already.
        if (current === flight) current = undefined
      } finally {
        flight.waiting--
        const isLeft = flight.waiting === 0 && signal?.aborted && flight.outcome === undefined
        if (isLeft && current === flight) current = undefined
        if (isLeft) abortFlight(flight, signal?.reason)
      }
    }
  }

  function start(work: (signal: PlatformAbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    const flight = { controller, outcome: undefined, beats: 0, waiting: 0 } as {
      -readonly [Name in keyof Flight<T>]: Flight<T>[Name]
    }
    const beat = setInterval(() => flight.beats++, BEAT_MS)
    const settle = (outcome: Outcome<T>) => {
      clearInterval(beat)
      flight.outcome = outcome
      if (current === flight) current = undefined
    }
    flight.settled = work(controller.signal).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    )
    return flight
  }
}

async function outcomeOf<T>(flight: Flight<T>): Promise<Outcome<T> | undefined> {
  await flight.settled
  return flight.outcome
}

/** The outcome of another caller's work; undefined where that died. */
async function watch<T>(
  flight: Flight<T>,
  signal: PlatformAbortSignal | undefined,
): Promise<Outcome<T> | undefined> {
  const isAwaitable = !isWorkers()
  const lookMs = isAwaitable ? LONG_LOOK_MS : LOOK_MS
  let seenBeats = -1
  let quietLooks = 0
  while (flight.outcome === undefined) {
    if (flight.beats !== seenBeats) quietLooks = 0
    else if (++quietLooks * lookMs > DEAD_MS) return undefined
    seenBeats = flight.beats
    await pause(lookMs, isAwaitable ? flight.settled : undefined, signal)
  }
  return flight.outcome
}

/** Waits for a time, or until the other promise is settled or the signal aborts. */
function pause(
  ms: number,
  other: Promise<void> | undefined,
  signal: PlatformAbortSignal | undefined,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
    other?.then(resolve)
  })
  return abortable(over, signal).finally(() => clearTimeout(timer))
}

function resultOf<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

function abortFlight<T>(flight: Flight<T>, reason: unknown): void {
  try {
    flight.controller.abort(reason)
  } catch {
    // Workers refuse to end what another request began; its own end ends it.
  }
}

function isWorkers(): boolean {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers'
}
