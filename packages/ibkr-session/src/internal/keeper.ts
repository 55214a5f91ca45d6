/**
 * One step of keeping a session alive: who keeps it, is a tickle due, what does its answer mean.
 *
 * Only what the broker says ends a session: `authenticated: false`, "no bridge", or a 401 that a renewed token
 * does not mend. A request that was lost says nothing; it is made again.
 */
import type { PlatformAbortSignal } from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import { newError } from './errors.ts'
import type { Turns } from './exclusive.ts'
import { firmWaitMs } from './failure.ts'
import { jittered, repeatDuring } from './pause.ts'
import type { Restorer } from './restore.ts'
import type { SessionCalls } from './session-calls.ts'
import type { SessionState } from './session-state.ts'
import { type Loss, lossOf, type SessionStatus } from './session-status.ts'
import { INTERVAL_LIMIT_MS, type Settings, WATCHERS } from './settings.ts'
import { LIFE_SIGN_MS, type SharedSession } from './shared-session.ts'

/** Keeps the session, step by step. */
export interface Keeper {
  /** Makes one step; gives when the next one is due, in milliseconds since 1970. Never rejects but by the signal. */
  step(intervalMs: number, signal: PlatformAbortSignal): Promise<number>
  /** The connection's token was renewed: the next step looks after the session first. */
  renewed(): void
  /** An opening has asked with the renewed token, so no step needs to. */
  settledRenewal(): void
}

/** What a step needs. */
export interface KeeperParts {
  readonly settings: Settings
  readonly calls: SessionCalls
  readonly state: SessionState
  readonly shared: SharedSession
  readonly restorer: Restorer
  readonly turns: Turns
}

/** A session that was not heard of for so long is saved even while a caller has the turn, in milliseconds. */
const URGENT_MS = 240_000
/** How soon a step that found the turn taken, or another step at work, is made again. */
const TAKEN_MS = 1000
/** A session that is authenticated and not ready is kept all the same: no tickle is put off for longer, in milliseconds. */
const UNREADY_MS = 60_000
/** The work of a step that has not ended by then never will: its Worker was frozen, in milliseconds. */
const WORK_LIMIT_MS = 90_000
/** While the store is down, members that watch save it by themselves after 180 s to 290 s: not all at once. */
const UNHEARD_MS = 180_000
const UNHEARD_SPREAD_MS = 110_000
/** How often a follower looks at the store that watches the keeper, and one that does not. */
const WATCH_MS = 5000
const LOOK_MS = 60_000

/** Makes the keeper of one session. */
export function createKeeper(parts: KeeperParts): Keeper {
  const { settings, calls, state, shared, restorer, turns } = parts
  const { now } = settings
  let isRenewed = false
  /** The session was found authenticated and not ready, and not ready since. */
  let isUnready = false
  /** When the step began that is at work. */
  let workingSinceMs = Number.NaN
  const isWatcher = Math.random() < WATCHERS / settings.fleetSize
  const unheardMs = UNHEARD_MS + Math.random() * UNHEARD_SPREAD_MS

  const sinceTickleMs = () => {
    const ageMs = now() - (state.lastTickleAtMs ?? Number.NEGATIVE_INFINITY)
    // Of a clock that was set back, no age can be told.
    return ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs
  }

  const isOver = () => state.phase === 'closed' || state.phase === 'given-up'

  /** When a step is due that has nothing to do now: never, where all is over. */
  const nextAtMs = (intervalMs: number) => {
    if (isOver()) return Number.POSITIVE_INFINITY
    const spacingMs = Math.min(jittered(intervalMs), INTERVAL_LIMIT_MS)
    const tickMs = Math.max(0, spacingMs - Math.min(sinceTickleMs(), intervalMs))
    const dueMs = (state.wait()?.untilMs ?? now() + tickMs) - now()
    return now() + (shared.isShared ? Math.min(dueMs, LIFE_SIGN_MS) : dueMs)
  }

  async function lost(loss: Loss, signal: PlatformAbortSignal): Promise<void> {
    state.lose(loss)
    isUnready = false
    await reopen(signal)
  }

  /** What fails is told as an event by the opening itself, with the time of the next attempt. */
  const reopen = (signal: PlatformAbortSignal): Promise<void> =>
    restorer.restore(state.epoch, signal).catch(() => signal.throwIfAborted())

  async function judgeStatus(status: SessionStatus, signal: PlatformAbortSignal): Promise<void> {
    state.tickled(now())
    if (restorer.intent && !status.isReady) {
      isUnready = true
      // Authenticated, and not connected or established: it comes by itself, or is lost soon.
      const message =
        'The broker says that the session is authenticated, and not connected or not established: it may be in its nightly reset.'
      restorer.failed(newError('NOT_READY', message), UNREADY_MS)
      return
    }
    restorer.worked()
    // It may be another one behind the same sign-in: accounts and suppressions are asked for as by an opening.
    if (isUnready) await reopen(signal)
    isUnready = state.wait() !== undefined
  }

  async function tick(signal: PlatformAbortSignal): Promise<void> {
    const { epoch } = state
    try {
      const { status, loss, refusal } = await calls.look(signal)
      // Opened again meanwhile: what was asked before that says nothing of it.
      if (epoch !== state.epoch) return
      if (loss) await lost(loss, signal)
      if (loss && restorer.intent) return
      if (status) await judgeStatus(status, signal)
      else restorer.failed(refusal)
    } catch (error) {
      signal.throwIfAborted()
      restorer.failed(error)
    }
  }

  /** After a renewal the status is asked first: a new token may need a new session. */
  async function afterRenewal(signal: PlatformAbortSignal): Promise<void> {
    isRenewed = false
    const { epoch } = state
    try {
      const status = await calls.status(signal)
      if (epoch !== state.epoch) return
      if (!status.authenticated) return await lost(lossOf(status), signal)
      await calls.suppress(settings.suppress, signal)
      await tick(signal)
    } catch (error) {
      signal.throwIfAborted()
      isRenewed = !hasCode(error, 'IBKR_SESSION_UNAUTHORIZED')
      // The next tickle tells what it was; but who goes on although the broker limits what it takes is blocked.
      if (firmWaitMs(error, now())) restorer.failed(error)
      else await tick(signal)
    }
  }

  async function work(intervalMs: number, signal: PlatformAbortSignal): Promise<void> {
    if (state.wait()) return
    if (isRenewed && state.phase === 'open') return await afterRenewal(signal)
    // An opening that failed is made again, also where the session came by itself: the rest of it is still to be asked.
    if (restorer.intent && state.phase !== 'open') return await reopen(signal)
    // A little early rather than a whole look of a scheduler late.
    if (sinceTickleMs() >= intervalMs * 0.9 - 1000) await tick(signal)
  }

  return {
    renewed() {
      isRenewed = true
    },
    settledRenewal() {
      isRenewed = false
    },
    async step(intervalMs, signal) {
      if (isOver()) return nextAtMs(intervalMs)
      // Who may not open what is lost leaves it to those who may, and follows.
      const mayLead = !shared.isShared || restorer.intent
      const { role, found } = mayLead
        ? await shared.lead(restorer.facts, signal)
        : { role: 'follower', found: await shared.read(signal) }
      if (isOver()) return nextAtMs(intervalMs)
      if (found) restorer.adopt(found)
      const isAway = role === 'follower' && !(isWatcher && sinceTickleMs() >= unheardMs)
      if (isAway) return now() + jittered(isWatcher ? WATCH_MS : LOOK_MS)
      // In the same turn as the work: what the store was asked for took time.
      const isTaken = turns.isTaken() && sinceTickleMs() < URGENT_MS
      // Several schedulers, or one beside keepAlive, tickle no more than one.
      const isAtWork = Math.abs(now() - workingSinceMs) < WORK_LIMIT_MS
      if (isTaken || isAtWork) return now() + TAKEN_MS
      const before = JSON.stringify(restorer.facts())
      // An opening takes up to a minute, for which its keeper is not to be taken for dead.
      const showLife = () => {
        if (mayLead) shared.lead(restorer.facts, signal).catch(() => {})
      }
      workingSinceMs = now()
      const working = () => turns.own(() => work(intervalMs, signal))
      await repeatDuring(working, LIFE_SIGN_MS, showLife).finally(() => {
        workingSinceMs = Number.NaN
      })
      const isChanged = JSON.stringify(restorer.facts()) !== before
      if (mayLead && isChanged) await shared.write(restorer.facts())
      return nextAtMs(intervalMs)
    },
  }
}
