/**
 * Opening and reopening, once for all that ask: one opening for a burst of failures however many callers saw
 * one, one member of a fleet at a time, and none for a failure of an older epoch.
 */
import {
  abortable,
  createSingleFlight,
  type PlatformAbortSignal,
  withDeadline,
} from '@isoauth/core-client'
import type { BackOff } from './back-off.ts'
import { bringUp } from './bring-up.ts'
import { closedError, newError } from './errors.ts'
import { judge } from './failure.ts'
import type { SessionCalls } from './session-calls.ts'
import type { SessionState } from './session-state.ts'
import { lossOf, type SessionStatus } from './session-status.ts'
import type { Intent, Settings } from './settings.ts'
import type { FoundFacts, SharedFacts, SharedSession } from './shared-session.ts'

/** Opens the session for everyone who waits for it. */
export interface Restorer {
  /** How the session is opened; undefined until `open` was called. */
  readonly intent: Intent | undefined
  /** `open` was called: its way of opening counts from now on, and what was given up is tried again. */
  open(intent: Intent, signal: PlatformAbortSignal | undefined): Promise<void>
  /**
   * Opens the session again, unless that happened since `epoch`. Of one that is open, asks for what an opening asks for.
   *
   * @throws what the opening threw; while the next attempt waits, what the last one threw
   */
  restore(epoch: number, signal: PlatformAbortSignal | undefined): Promise<void>
  /** Waits for an opening that is under way, whatever comes of it. */
  settled(signal: PlatformAbortSignal | undefined): Promise<void>
  /** What others are told. */
  facts(): SharedFacts
  /** Takes over what another member found. */
  adopt(found: FoundFacts): void
  /** Decides what comes after a failure: a wait, of so many milliseconds at most, or the end of all attempts. */
  failed(error: unknown, limitMs?: number): void
  /** The session was found to work: a row of failures ends, and so does the wait after them. */
  worked(): void
  /** Makes callers wait for work that may open the session anew. */
  hold(work: Promise<unknown>): void
  /** Ends an opening that is under way: the session was closed. */
  close(): void
}

/** What an opening needs. */
export interface RestoreParts {
  readonly settings: Settings
  readonly calls: SessionCalls
  readonly state: SessionState
  readonly shared: SharedSession
  readonly backOff: BackOff
  /** Told when an opening has asked the broker with the connection's current token. */
  readonly onAnswered: () => void
}

/** What a keeper wrote may be seen a minute later, and its times are taken to be later by that. */
const SEEN_LATE_MS = 90_000

/** One attempt to open the session. */
interface Attempt {
  readonly way: Intent
  /** The epoch of the session that is to be followed by another one. */
  readonly seenEpoch: number
  /** By `open`, or of a session that is open: whatever other members wait for. */
  readonly isAsked: boolean
}

/**
 * A sign-in that was refused so often in a row is final for a session that was open: each is at least a minute
 * after the one before, so that the connection has tried another token, and no short outage looks like it.
 */
const REFUSALS = 3

/** Makes the restorer of one session. */
export function createRestorer(parts: RestoreParts): Restorer {
  const { settings, calls, state, shared, backOff, onAnswered } = parts
  const { now, openTimeoutMs, suppress } = settings
  const flight = createSingleFlight<void>()
  let underWay: Promise<unknown> | undefined
  let endOpening = (_reason: unknown) => {}
  /** The way of the opening that is under way. */
  let wayUnderWay: Intent | undefined
  let intent: Intent | undefined
  /** How often the sign-in was refused in a row. */
  let refusals = 0
  /** The newest epoch of the fleet, also of a session that nobody keeps any more. */
  let knownEpoch = 0

  const facts = (): SharedFacts => {
    const wait = state.wait()
    return {
      epoch: state.epoch,
      isOpen: state.phase === 'open',
      lostReason: state.lostReason,
      tickledAtMs: state.lastTickleAtMs ?? 0,
      ...(wait && { waitUntilMs: wait.untilMs, waitReason: wait.reason }),
    }
  }

  function adopt(found: FoundFacts): void {
    const { epoch, isOpen, tickledAtMs, lostReason = 'not-authenticated' } = found
    knownEpoch = Math.max(knownEpoch, epoch)
    // What nobody wrote lately says nothing of now.
    if (!found.isFresh) return
    if (tickledAtMs > (state.lastTickleAtMs ?? 0)) state.tickled(tickledAtMs)
    // Alive after this member took it for lost: it was not, or is back.
    const isBack =
      epoch === state.epoch && tickledAtMs > (state.lostAtMs ?? tickledAtMs) + SEEN_LATE_MS
    if (isOpen && (isBack || epoch > state.epoch)) {
      worked()
      state.open({ epoch })
    } else if (!isOpen && epoch === state.epoch) state.lose({ reason: lostReason })
    if (!isOpen && epoch >= state.epoch) adoptWait(found)
  }

  /** Another member waits before its next attempt; sixty that try by themselves would be sixty times as many. */
  function adoptWait({ waitUntilMs = 0, waitReason: reason = 'not-ready' }: FoundFacts): void {
    const ownUntilMs = state.wait()?.untilMs ?? now()
    if (waitUntilMs <= ownUntilMs + 1000) return
    const message = `Another member could not open the session (${reason}); the next attempt is at ${new Date(waitUntilMs).toISOString()}.`
    state.waitFor({ untilMs: waitUntilMs, reason, error: newError('NOT_READY', message) })
  }

  async function openNow({ way, seenEpoch, isAsked }: Attempt, signal: PlatformAbortSignal) {
    const found = await shared.read(signal)
    if (found) {
      adopt(found)
      // Another member opened it since, and its keeper has seen it alive.
      const isFound = found.epoch > seenEpoch || (!isAsked && state.phase === 'open')
      if (found.isFresh && found.isOpen && isFound) return
      // Another member has tried while this one waited for its turn; nobody asked for another attempt.
      const wait = state.wait()
      if (wait && !isAsked) throw wait.error
    }
    // The one that this member has, or the others of a fleet, stays what it is: their streams go on.
    let isAnother = state.phase === 'new' && !found?.isOpen
    const onAsked = (before: SessionStatus) => {
      onAnswered()
      if (before.isReady) return
      isAnother = true
      state.lose(lossOf(before))
    }
    const { message } = await bringUp({ calls, intent: way, suppress, signal, onAsked })
    worked()
    state.tickled(now())
    isAnother ||= state.phase === 'lost'
    state.open({ epoch: Math.max(state.epoch, knownEpoch) + Number(isAnother), message })
    await shared.write(facts())
  }

  function worked(): void {
    refusals = 0
    backOff.reset()
    state.endWait()
  }

  function failed(error: unknown, limitMs = Number.POSITIVE_INFINITY): void {
    // One failure, such as that of a sign-in, is told to all that waited for it: the wait after it is there already.
    if (error === state.wait()?.error) return
    const failure = judge(error, now())
    const isPassing = failure.kind === 'passing'
    const isNoBridge = failure.reason === 'no-bridge'
    const isRefused = !isPassing && !isNoBridge
    refusals = isRefused ? refusals + 1 : 0
    const isFinal = failure.kind === 'final' && state.openedAtMs === undefined
    if (isFinal || refusals >= REFUSALS) {
      const { code, message } = error as { readonly code: string; readonly message: string }
      state.giveUp(code, message)
      return
    }
    const reason = isPassing ? failure.reason : isNoBridge ? 'not-ready' : 'unauthorized'
    const untilMs = now() + Math.min(backOff.nextMs(reason, failure.askedMs), limitMs)
    state.waitFor({ untilMs, reason, error })
  }

  function run(attempt: Attempt, signal: PlatformAbortSignal | undefined) {
    const running = flight(async (left) => {
      if (state.phase === 'closed') throw closedError()
      const ending = new AbortController()
      endOpening = (reason) => ending.abort(reason)
      wayUnderWay = attempt.way
      left.addEventListener('abort', () => ending.abort(left.reason))
      const late = () =>
        newError(
          'NOT_READY',
          `The session was not ready within openTimeoutMs (${openTimeoutMs} ms): the broker may be in its nightly reset or under maintenance; try again later.`,
        )
      try {
        await withDeadline(
          { timeoutMs: openTimeoutMs, signal: ending.signal, newError: late },
          (deadline) => shared.opening(() => openNow(attempt, deadline), deadline),
        )
      } catch (error) {
        // Another member's failure is told already, with the time of the next attempt.
        const isTold = error === state.wait()?.error
        if (!ending.signal.aborted && !isTold) {
          failed(error)
          await shared.write(facts())
        }
        throw error
      } finally {
        wayUnderWay = undefined
      }
    }, signal)
    hold(running)
    return running
  }

  function hold(work: Promise<unknown>): void {
    // Beside what is under way already: who leaves an opening does not end it for others.
    const settled = Promise.all([underWay, work.catch(() => {})])
    underWay = settled
    settled.then(() => {
      if (underWay === settled) underWay = undefined
    })
  }

  async function settled(signal: PlatformAbortSignal | undefined): Promise<void> {
    if (underWay) await abortable(underWay, signal)
  }

  return {
    get intent() {
      return intent
    },
    facts,
    adopt,
    failed,
    worked,
    hold,
    close: () => endOpening(closedError()),
    async open(way, signal) {
      intent = way
      const { epoch } = state
      // One that leaves the other platform alone may fail where this one would not.
      if (way.compete && wayUnderWay?.compete === false) await settled(signal)
      if (state.epoch !== epoch) return
      state.revive()
      backOff.reset()
      // The entry of a fleet counts where it is newer than what was known before.
      await run({ way, seenEpoch: epoch, isAsked: true }, signal)
    },
    async restore(epoch, signal) {
      if (intent === undefined || state.epoch !== epoch) return
      if (state.phase === 'given-up') {
        throw newError('NO_BRIDGE', 'The session was given up: open it again with open().')
      }
      const wait = state.wait()
      if (wait) throw wait.error
      // That of another member asks nothing for this one.
      await run({ way: intent, seenEpoch: epoch, isAsked: state.phase === 'open' }, signal)
    },
    settled,
  }
}
