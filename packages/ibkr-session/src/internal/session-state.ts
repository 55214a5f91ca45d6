/**
 * The session as this process knows it: a state machine whose changes are told as events, each once.
 */
import type { BrokerageSessionEvent, LostReason, WaitReason } from './events.ts'
import { toldOf } from './failure.ts'
import type { Loss } from './session-status.ts'

/**
 * `new`: never opened here. `open`. `lost`: it was open; an attempt to reopen it is under way or waited for.
 * `given-up`: nothing is tried until `open` is called. `closed`: by `close`.
 */
export type SessionPhase = 'new' | 'open' | 'lost' | 'given-up' | 'closed'

/** A wait before the next attempt, and the error that is answered meanwhile. */
export interface Wait {
  readonly untilMs: number
  readonly reason: WaitReason
  readonly error: unknown
}

/** The session's state. */
export interface SessionState {
  readonly phase: SessionPhase
  /** Raised by each opening that made a session, or found one that was lost: what failed in an older epoch needs no new opening. */
  readonly epoch: number
  /** Since when it is lost, in milliseconds since 1970. */
  readonly lostAtMs: number | undefined
  readonly lostReason: LostReason | undefined
  readonly openedAtMs: number | undefined
  readonly lastTickleAtMs: number | undefined
  /** The wait that lasts now. */
  wait(): Wait | undefined
  /** An opening succeeded, here or at another member. What is open in that epoch stays as it is. */
  open(about: { readonly epoch: number; readonly message?: string | undefined }): void
  lose(loss: Loss): void
  /** A tickle was answered, here or at another member; that of a stream which opens a socket wakes no other one. */
  tickled(atMs: number, isOfStream?: boolean): void
  waitFor(wait: Wait): void
  endWait(): void
  giveUp(code: string, message: string): void
  /** `open` was called: what was given up is tried again. */
  revive(): void
  close(): void
}

/** Makes the state of a session that was never opened. */
export function createSessionState(
  now: () => number,
  emit: (event: BrokerageSessionEvent) => void,
  /** Told of each good tickle and each opening. */
  onAlive: () => void,
): SessionState {
  let phase: SessionPhase = 'new'
  let epoch = 0
  let lostAtMs: number | undefined
  let lostReason: LostReason | undefined
  let openedAtMs: number | undefined
  let lastTickleAtMs: number | undefined
  let wait: Wait | undefined
  let waitsSinceMs = 0
  let isCompetingTold = false

  return {
    get phase() {
      return phase
    },
    get epoch() {
      return epoch
    },
    get lostAtMs() {
      return lostAtMs
    },
    get lostReason() {
      return lostReason
    },
    get openedAtMs() {
      return openedAtMs
    },
    get lastTickleAtMs() {
      return lastTickleAtMs
    },
    // A clock that was set back would make the wait longer than it was meant to be.
    wait: () => (wait && now() >= waitsSinceMs && now() < wait.untilMs ? wait : undefined),
    open({ epoch: nextEpoch, message }) {
      const wasOpen = phase === 'open'
      if (phase === 'closed' || (wasOpen && nextEpoch === epoch)) return
      const isFirst = openedAtMs === undefined
      const downMs = lostAtMs === undefined ? 0 : Math.max(0, now() - lostAtMs)
      phase = 'open'
      epoch = nextEpoch
      openedAtMs = now()
      lostAtMs = undefined
      lostReason = undefined
      wait = undefined
      isCompetingTold = false
      const said = message === undefined ? {} : { message }
      if (isFirst) emit({ type: 'opened', epoch, ...said })
      else if (!wasOpen) emit({ type: 'reopened', epoch, downMs, ...said })
      onAlive()
    },
    lose({ reason, message }) {
      if (phase !== 'open') return
      phase = 'lost'
      lostAtMs = now()
      lostReason = reason
      emit({ type: 'lost', epoch, reason, ...(message !== undefined && { message }) })
    },
    tickled(atMs, isOfStream) {
      lastTickleAtMs = atMs
      if (!isOfStream) onAlive()
    },
    waitFor(next) {
      if (phase === 'closed') return
      wait = next
      waitsSinceMs = now()
      const { untilMs, reason, error } = next
      if (reason === 'competing' && !isCompetingTold) {
        isCompetingTold = true
        emit({ type: 'competing', epoch })
      }
      emit({ type: 'waiting', untilMs, reason, ...toldOf(error) })
    },
    endWait() {
      wait = undefined
    },
    giveUp(code, message) {
      if (phase === 'closed' || phase === 'given-up') return
      phase = 'given-up'
      wait = undefined
      emit({ type: 'given-up', code, message })
    },
    revive() {
      if (phase === 'given-up') {
        phase = openedAtMs === undefined ? 'new' : 'lost'
        lostAtMs ??= now()
      }
      wait = undefined
    },
    close() {
      phase = 'closed'
      wait = undefined
    },
  }
}
