/**
 * Link after link, for ever: what failed is waited for, a second at first and five minutes at most, and a good tickle
 * ends the wait, since then the broker is there.
 */
import type { PlatformAbortSignal } from '@isoauth/core-client'
import { firmWaitMs, toldOf } from '../failure.ts'
import { jittered } from '../pause.ts'
import type { Link, LinkEnd } from './link.ts'
import type { StreamEvent } from './stream-events.ts'

/** The running of links. */
export interface Reconnector {
  /** Opens links until the signal aborts; resolves then. */
  run(signal: PlatformAbortSignal): Promise<void>
  /** The broker was seen alive: a wait ends, unless the broker itself asked for it. */
  wake(): void
}

/** What the running needs. */
export interface ReconnectParts {
  readonly now: () => number
  readonly emit: (event: StreamEvent) => void
  /** Opens one link. */
  readonly connect: (signal: PlatformAbortSignal) => Promise<Link>
  /** A link is there. */
  readonly onLink: (link: Link) => void
  /** It has ended. */
  readonly onEnd: (link: Link, end: LinkEnd) => void
  /** It could not be opened. Gives true where no other attempt is to follow. */
  readonly onFailure: (error: unknown) => boolean
  /** What is left of the session's own wait after this failure, in milliseconds; undefined where there is none. */
  readonly restMs: (error: unknown) => number | undefined
}

const FIRST_MS = 1000
const LIMIT_MS = 300_000
/** A link that lasted so long was a good one: what comes after is a first failure again. */
const GOOD_MS = 60_000
/** No tickle brings two attempts closer together. */
const LEAST_MS = 1000

/** Makes the running, not started. */
export function createReconnector(parts: ReconnectParts): Reconnector {
  const { now, emit, connect, onLink, onEnd, onFailure, restMs } = parts
  let failures = 0
  let wakeUp: (() => void) | undefined

  /** Waits; a process that waits for its stream is not to end meanwhile, so this timer holds it. */
  function wait(ms: number, isFirm: boolean, signal: PlatformAbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const beganAtMs = now()
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        wakeUp = undefined
        resolve()
      }
      let timer = setTimeout(done, ms)
      // It may be over already: what ended the link, or a listener that was told of it, closed the stream.
      if (signal.aborted) return done()
      signal.addEventListener('abort', done)
      wakeUp = () => {
        if (isFirm) return
        clearTimeout(timer)
        const restMs = LEAST_MS - Math.max(0, now() - beganAtMs)
        timer = setTimeout(done, Math.max(0, Math.min(ms, restMs)))
      }
    })
  }

  /** Opens one link and waits for its end, and for the time of the next; false where there is to be no next. */
  async function attempt(signal: PlatformAbortSignal): Promise<boolean> {
    let link: Link
    try {
      link = await connect(signal)
    } catch (error) {
      if (signal.aborted || onFailure(error)) return false
      failures++
      const askedMs = firmWaitMs(error, now())
      const firmMs = askedMs && (restMs(error) ?? askedMs)
      const delayMs = jittered(Math.min(FIRST_MS * 2 ** failures, LIMIT_MS))
      const waitMs = Math.max(delayMs, firmMs)
      emit({ type: 'waiting', untilMs: now() + waitMs, ...toldOf(error) })
      await wait(waitMs, firmMs > 0, signal)
      return true
    }
    const beganAtMs = now()
    onLink(link)
    const end = await link.ended
    onEnd(link, end)
    if (now() - beganAtMs >= GOOD_MS) failures = 0
    if (end.reason === 'renewed' || end.reason === 'reopened') return true
    // Machines that lost their sockets in one moment do not come back in one moment.
    const delayMs = failures === 0 ? Math.random() * FIRST_MS : FIRST_MS * 2 ** failures
    failures++
    await wait(jittered(Math.min(delayMs, LIMIT_MS)), false, signal)
    return true
  }

  return {
    async run(signal) {
      let goesOn = true
      while (goesOn && !signal.aborted) goesOn = await attempt(signal)
    },
    wake: () => wakeUp?.(),
  }
}
