/**
 * A brokerage session over a signed-in connection: opened, kept alive, shared, closed.
 */
import {
  createSingleFlight,
  type PlatformAbortSignal,
  readFlag,
  readSignal,
} from '@isoauth/core-client'
import { asyncDisposeSymbol, type DisposableMember } from './internal/async-disposable.ts'
import { createBackOff } from './internal/back-off.ts'
import { createBroker } from './internal/broker-call.ts'
import { closedError, refuse } from './internal/errors.ts'
import { type BrokerageSessionEvent, EVENT_TYPES, type LostReason } from './internal/events.ts'
import { createTurns } from './internal/exclusive.ts'
import { createKeepAlive } from './internal/keep-alive.ts'
import { createKeeper } from './internal/keeper.ts'
import type { SessionFetch } from './internal/known-answers.ts'
import { createRestorer } from './internal/restore.ts'
import { createSessionCalls, type Tickle, type Validation } from './internal/session-calls.ts'
import { createSessionFetch } from './internal/session-fetch.ts'
import { createSessionState, type SessionPhase } from './internal/session-state.ts'
import type { SessionStatus } from './internal/session-status.ts'
import {
  type BrokerageSessionOptions,
  checkKeepAlive,
  checkOpen,
  checkOptions,
  createOn,
  type KeepAliveOptions,
  type OpenOptions,
  readOptions,
} from './internal/settings.ts'
import { openSharedSession } from './internal/shared-session.ts'
import type { BrokerStream } from './internal/stream/stream.ts'
import type { StreamOptions } from './internal/stream/stream-settings.ts'
import { createStreams, type Streams } from './internal/stream/streams.ts'

/** How a session is, as far as this process knows; nothing is asked for it. */
export interface SessionHealth {
  /** `new`, `open`, `lost` (attempts go on), `given-up` (until `open` is called) or `closed`. */
  readonly state: SessionPhase
  /** Raised by each opening that made a session, or found one that was lost, in a fleet by that of any member. */
  readonly epoch: number
  readonly openedAtMs: number | undefined
  readonly lostReason: LostReason | undefined
  /** The last good tickle, in milliseconds since 1970; in a fleet that of its keeper. */
  readonly lastGoodTickleAtMs: number | undefined
  /** Since the connection told of its last renewal; undefined where it told of none. */
  readonly tokenAgeMs: number | undefined
  /** Nothing is sent by keep-alive until then, in milliseconds since 1970. */
  readonly waitingUntilMs: number | undefined
  /** In a fleet: whether this member keeps the session. Alone: whether it is being kept at all. */
  readonly isKeeper: boolean
}

/** What one step of keeping gave. */
export interface StepResult extends SessionHealth {
  /** When the next step is due, in milliseconds since 1970; undefined where there is none (given up, closed). */
  readonly nextStepAtMs: number | undefined
}

/** A listener for one kind of event. */
export type EventListener<Type extends BrokerageSessionEvent['type']> = (
  event: Extract<BrokerageSessionEvent, { readonly type: Type }>,
) => void

/** What {@link createBrokerageSession} gives. */
export type BrokerageSession = BrokerageSessionMembers & DisposableMember

/** The members of a {@link BrokerageSession}, `Symbol.asyncDispose` left out. */
export interface BrokerageSessionMembers {
  /**
   * The connection's `fetch`, with the broker's cookies. Calls below `/iserver` wait for an opening that is
   * under way. Where the broker answers 400 "no bridge" the session is opened again, once for all callers, and
   * the call repeated once if it is a GET, a HEAD or one of the POSTs that change nothing, its body neither a
   * stream nor that of a `Request`. So too where it answers 500 "Please query /accounts first": the accounts are asked for.
   * Everything else is sent once whatever happens. Where path and method are
   * written out and the answer is known, `json()` is typed once `ok` is true.
   *
   * @throws {@link IbkrSessionError} `IBKR_SESSION_OUTCOME_UNKNOWN` where a call that is not repeated got no
   *   answer, or 408, 502, 503 or 504; `IBKR_SESSION_CLOSED`; for what is repeated, also what the opening
   *   threw; whatever the connection throws
   */
  readonly fetch: SessionFetch
  /**
   * Opens the session: asks the status, and unless it is ready initialises it, waits until it is, asks for the
   * accounts, sends the suppressions and a tickle. In a fleet, joins the session that another member keeps. Of a
   * session that is open and ready nothing changes, neither `epoch` nor a stream.
   *
   * @param options.compete - true ends the session that the same user name has elsewhere; false fails while
   *   there is one
   * @returns what the broker says of the session
   * @throws {@link IbkrSessionError} `IBKR_SESSION_OPTION_INVALID` before anything is sent,
   *   `IBKR_SESSION_COMPETING`, `IBKR_SESSION_REFUSED` with what the broker says, `IBKR_SESSION_NOT_READY`,
   *   `IBKR_SESSION_NOT_ELIGIBLE`, `IBKR_SESSION_GONE` and the like; whatever the connection throws
   */
  open(options: OpenOptions): Promise<SessionHealth>
  /** Asks the broker for the state of the session. */
  status(options?: { readonly signal?: PlatformAbortSignal | undefined }): Promise<SessionStatus>
  /** Sends one tickle: at most one a second for each user name. */
  tickle(options?: { readonly signal?: PlatformAbortSignal | undefined }): Promise<Tickle>
  /** Asks whether the sign-in is valid: at most once a minute. */
  validate(options?: { readonly signal?: PlatformAbortSignal | undefined }): Promise<Validation>
  /**
   * Keeps the session alive until it is stopped: a tickle each `intervalMs`, and an opening where the broker says
   * that the session is gone, or `open` failed. No failure ends it but refused credentials, which are told
   * (`given-up`). It holds no process open. Called again, it goes on with the new interval. Before `open` it opens
   * nothing: alone it tickles, in a fleet it follows the members that called `open`.
   *
   * @returns a function that stops it
   */
  keepAlive(options?: KeepAliveOptions): () => void
  /**
   * One step of what `keepAlive` does, for runtimes that freeze between requests: call it from an alarm, a cron
   * or a scheduler, at the time the last one gave. It never rejects but by the signal.
   */
  step(options?: KeepAliveOptions): Promise<StepResult>
  /** How the session is, as far as this process knows; sends nothing. */
  health(): SessionHealth
  /**
   * Opens a stream: a WebSocket that is opened again whenever it is lost, on which everything is then subscribed to
   * again. Waits for its first login, `openTimeoutMs` at most. What the broker sent while a socket was gone is lost; it
   * is told as a `gap`. An open stream keeps a program running.
   *
   * @param options.webSocket - opens a socket with headers; needed in Node 20
   * @param options.reconcile - finds out what happened in a gap, such as {@link reconcileOrdersAndTrades}
   * @param options.signal - closes the stream
   * @throws {@link IbkrSessionError} `IBKR_SESSION_OPTION_INVALID` before anything is sent, also where the connection
   *   has no `webSocketUrl` (`option` is `connection`) or the runtime no WebSocket (`webSocket`);
   *   `IBKR_SESSION_NO_BRIDGE` before `open`; `IBKR_SESSION_NOT_READY`; the signal's reason; what the connection throws
   *
   * Security: no event, error or print of a stream holds a token or the session's id. `webSocket` is given both, in the
   * address and in a header: it must not write them down.
   *
   * Source: the broker's Web API documentation, "Websockets"; what authors of other clients report.
   */
  openStream(options?: StreamOptions): Promise<BrokerStream>
  /**
   * Runs work during which the library sends nothing of its own, apart from what saves the session: an order's
   * question becomes invalid by other requests. Works run one after the other. For this process only.
   *
   * @throws {@link IbkrSessionError} `IBKR_SESSION_OPTION_INVALID` where work calls `exclusive` at once, since it would
   *   wait for its own end; `IBKR_SESSION_TIMEOUT` where no turn began or ended for four minutes, as when it does so
   *   later; `IBKR_SESSION_CLOSED`; what work throws
   */
  exclusive<T>(work: () => Promise<T>): Promise<T>
  /** Calls `listener` for each event of a kind; gives a function to stop. */
  on<Type extends BrokerageSessionEvent['type']>(
    type: Type,
    listener: EventListener<Type>,
  ): () => void
  /**
   * Stops keeping and hands over to another member of the fleet.
   *
   * @param options.logout - true ends the session of the user name at the broker, for every process that shares
   *   it; where that failed, the next `close` asks for it again. Default: false
   */
  close(options?: {
    readonly logout?: boolean | undefined
    readonly signal?: PlatformAbortSignal | undefined
  }): Promise<void>
}

/**
 * Makes a session. Nothing is sent before it is used; options are checked at once.
 *
 * @param options.connection - a client of `@isoauth/ibkr-oauth1`, a session of `@isoauth/ibkr-sso`, or an
 *   object with `fetch` and, where it has them, `webSocketUrl` and `onRenewed`
 * @throws {@link IbkrSessionError} `IBKR_SESSION_OPTION_INVALID` with the field `option`
 *
 * Security: the session can trade for whoever holds the connection. Events, errors and `health()` hold no token,
 * no session id and no cookie.
 *
 * @example
 * ```ts
 * const session = createBrokerageSession({ connection, onEvent: console.log })
 * await session.open({ compete: false })
 * session.keepAlive()
 * const answer = await session.fetch('/iserver/accounts')
 * if (answer.ok) console.log((await answer.json()).accounts)
 * await session.close()
 * ```
 *
 * Source: the broker's Web API documentation, "Brokerage session" and "Session management"; answers recorded by
 * authors of other clients.
 */
export function createBrokerageSession(options: BrokerageSessionOptions): BrokerageSession {
  const settings = checkOptions(options)
  const { connection, listeners, now, waitUntil } = settings
  const emit = listeners.emit
  const state = createSessionState(now, emit, () => streams.alive())
  const broker = createBroker(settings)
  const calls = createSessionCalls(broker, now)
  const shared = openSharedSession(settings, emit)
  const turns = createTurns()
  // The broker takes a tickle a second from all members together.
  const backOff = createBackOff(shared.isShared ? settings.fleetSize * 1000 : 0)
  const restorer = createRestorer({
    ...{ settings, calls, state, shared, backOff },
    onAnswered: () => keeper.settledRenewal(),
  })
  const keeper = createKeeper({ settings, calls, state, shared, restorer, turns })
  const keepAlive = createKeepAlive(keeper, now)
  const fetch = createSessionFetch({
    ...{ broker, state, restorer, waitUntil, timeoutMs: settings.timeoutMs },
    onAsked: (asked, isGood) => streams.asked(asked, isGood),
  })
  const streams: Streams = createStreams({
    ...{ settings, broker, calls, state, restorer, turns, fetch },
  })
  let renewedAtMs: number | undefined
  let handingOver: Promise<void> | undefined
  const loggingOut = createSingleFlight<void>()
  let isLoggedOut = false

  const stopListening = connection.onRenewed?.(() => {
    renewedAtMs = now()
    keeper.renewed()
    // Not awaited: the renewal is part of a call that the step may wait for.
    if (keepAlive.isRunning && state.phase === 'open') restorer.hold(keepAlive.wake())
    streams.renewed()
  })

  function health(): SessionHealth {
    return {
      state: state.phase,
      epoch: state.epoch,
      openedAtMs: state.openedAtMs,
      lostReason: state.lostReason,
      lastGoodTickleAtMs: state.lastTickleAtMs,
      tokenAgeMs: renewedAtMs === undefined ? undefined : Math.max(0, now() - renewedAtMs),
      waitingUntilMs: state.wait()?.untilMs,
      isKeeper:
        state.phase !== 'given-up' && (shared.isShared ? shared.isKeeper() : keepAlive.isRunning),
    }
  }

  async function handOver(isLogout: boolean): Promise<void> {
    const facts = restorer.facts()
    // First of all, so that no listener that is told of an end begins anything anew.
    state.close()
    // In the same turn: what is under way would tell the fleet that its session is not open.
    const resigning = shared.resign(isLogout ? { ...facts, isOpen: false } : facts)
    keepAlive.stop()
    await streams.close()
    restorer.close()
    await resigning
    // Last, since it is the connection's, which may be anybody's.
    if (typeof stopListening === 'function') stopListening()
  }

  function refuseClosed(): void {
    if (state.phase === 'closed') throw closedError()
  }

  /** A call that a caller asks for by name. */
  const asked =
    <T>(call: (signal: PlatformAbortSignal | undefined) => Promise<T>) =>
    async (given?: { readonly signal?: PlatformAbortSignal | undefined }): Promise<T> => {
      const signal = readSignal(readOptions(given))
      refuseClosed()
      return await call(signal)
    }

  const members: BrokerageSessionMembers = {
    fetch: fetch as SessionFetch,
    async open(about) {
      const intent = checkOpen(about)
      refuseClosed()
      about.signal?.throwIfAborted()
      await restorer.open(intent, about.signal)
      return health()
    },
    status: asked(calls.status),
    tickle: asked(async (signal) => {
      const told = await calls.tickle(signal)
      if (told.status?.authenticated) state.tickled(now())
      return told
    }),
    validate: asked(calls.validate),
    keepAlive(given = {}) {
      const intervalMs = checkKeepAlive(given)
      refuseClosed()
      return keepAlive.start(intervalMs, given.signal)
    },
    async step(given = {}) {
      const intervalMs = checkKeepAlive(given)
      refuseClosed()
      const signal = given.signal ?? new AbortController().signal
      signal.throwIfAborted()
      const working = keeper.step(intervalMs, signal)
      waitUntil?.(working.catch(() => {}))
      const nextMs = await working
      const nextStepAtMs = Number.isFinite(nextMs) ? nextMs : undefined
      return { ...health(), nextStepAtMs }
    },
    health,
    async openStream(given = {}) {
      refuseClosed()
      return await streams.open(given)
    },
    async exclusive(work) {
      if (typeof work !== 'function') refuse('work', work, 'a function that gives a promise')
      refuseClosed()
      return await turns.exclusive(async () => {
        // It may have been closed while this waited for its turn.
        refuseClosed()
        return await work()
      })
    },
    on: createOn(EVENT_TYPES, listeners),
    async close(given) {
      const read = readOptions(given)
      const isLogout = readFlag(read, 'logout')
      const signal = readSignal(read)
      handingOver ??= handOver(isLogout)
      await handingOver
      if (!isLogout || isLoggedOut) return
      await loggingOut(calls.logout, signal)
      isLoggedOut = true
    },
  }
  const disposable: BrokerageSessionMembers = Object.assign(members, {
    [asyncDisposeSymbol()]: () => members.close(),
  })
  return disposable as BrokerageSession
}
