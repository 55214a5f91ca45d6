/**
 * A stream: a socket that heals itself, what is subscribed to on it, and what it missed.
 */
import {
  createListeners,
  type FetchFunction,
  type PlatformAbortSignal,
  withDeadline,
} from '@isoauth/core-client'
import { hasCode } from '@isoauth/core-crypto'
import { asyncDisposeSymbol, type DisposableMember } from '../async-disposable.ts'
import type { Broker } from '../broker-call.ts'
import { newError } from '../errors.ts'
import type { Turns } from '../exclusive.ts'
import { firmWaitMs, judge, toldOf } from '../failure.ts'
import { pause } from '../pause.ts'
import type { Restorer } from '../restore.ts'
import type { Look, SessionCalls } from '../session-calls.ts'
import type { SessionState } from '../session-state.ts'
import { createOn, type Settings } from '../settings.ts'
import type { AccountCalls } from './account-calls.ts'
import { createConnector } from './connect.ts'
import type { Frame } from './frame.ts'
import { createGaps } from './gap.ts'
import type { Link } from './link.ts'
import { createReconnector } from './reconnect.ts'
import { STREAM_EVENT_TYPES, type StreamEvent } from './stream-events.ts'
import {
  checkSubscribe,
  type StreamOptions,
  type StreamSettings,
  type SubscribeOptions,
} from './stream-settings.ts'
import type { StreamSubscription } from './subscription.ts'
import { createSubscriptions } from './subscriptions.ts'

/** A silence of orders that could not be ended is tried to be ended again so often, at first and at last, in milliseconds. */
const AGAIN_MS = 5000
const AGAIN_LIMIT_MS = 300_000

/** How a stream is. */
export interface StreamHealth {
  /** `open` between login and loss. */
  readonly state: 'connecting' | 'open' | 'closed'
  /** How many sockets have passed their login. */
  readonly connections: number
  /** How many gaps were told. */
  readonly gaps: number
  /** The broker's last heartbeat, in milliseconds since 1970. */
  readonly lastHeartbeatAtMs: number | undefined
}

/** What `openStream` gives. */
export type BrokerStream = BrokerStreamMembers & DisposableMember

/** The members of a {@link BrokerStream}, `Symbol.asyncDispose` left out. */
export interface BrokerStreamMembers {
  /**
   * Subscribes to a topic, now and again on every later socket. Several subscriptions to one topic and key are one at
   * the broker; fields of market data are joined.
   *
   * @param options.topic - `md`, `mh`, `bd`, `or`, `pl`, `tr`, `sd` or `ld`
   * @param options.key - contract id, account, or both; see {@link SubscriptionRequest}
   * @param options.bufferLimit - messages that wait to be read: 0 to 100000. Default: 1000
   * @returns messages to iterate over; leaving the loop does not end the subscription, `close` does
   * @throws {@link IbkrSessionError} `IBKR_SESSION_OPTION_INVALID`, also for a sixth `mh`; `IBKR_SESSION_CLOSED`
   */
  subscribe(options: SubscribeOptions): StreamSubscription
  /** Calls `listener` for each event of a kind; gives a function to stop. */
  on<Type extends StreamEvent['type']>(
    type: Type,
    listener: (event: Extract<StreamEvent, { readonly type: Type }>) => void,
  ): () => void
  /** How the stream is; sends nothing. */
  health(): StreamHealth
  /** Closes the socket and ends all subscriptions; the session stays open. */
  close(): Promise<void>
}

/** A stream as the session has it. */
export interface OpenedStream {
  readonly stream: BrokerStream
  /** The broker was seen alive, or the session was opened again. */
  alive(): void
  renewed(): void
  ordersSilenced(): void
}

/** What a stream is made of. */
export interface StreamParts {
  readonly settings: Settings
  readonly streamSettings: StreamSettings
  readonly options: StreamOptions
  readonly broker: Broker
  readonly calls: SessionCalls
  readonly state: SessionState
  readonly restorer: Restorer
  readonly turns: Turns
  readonly accountCalls: AccountCalls
  readonly look: (signal: PlatformAbortSignal) => Promise<Look>
  readonly fetch: FetchFunction
  /** The streams of the session: this one is among them until it is closed. */
  readonly opened: Set<OpenedStream>
}

/**
 * Opens a stream, and waits for its first login.
 *
 * @throws what the last attempt threw, when `openTimeoutMs` is over or nothing helps but other credentials
 */
export async function openStream(parts: StreamParts): Promise<BrokerStream> {
  const { settings, streamSettings, options, state, turns, accountCalls, fetch, opened } = parts
  const { now, openTimeoutMs } = settings
  const listeners = createListeners<StreamEvent>()
  if (options.onEvent) listeners.add(options.onEvent)
  const closing = new AbortController()
  const { signal } = closing
  /** Nothing is told after `closed`, also where a listener closes in the midst of several events. */
  const emit = (event: StreamEvent) => {
    if (signal.aborted) return
    if (event.type === 'gap') gapCount++
    listeners.emit(event)
  }
  let link: Link | undefined
  let linkEpoch = 0
  /** Everything is subscribed to on the link. */
  let isReady = false
  let connections = 0
  let gapCount = 0
  let lastError: unknown
  /** Since when orders are silent, by filters or since they could not be asked for, and whether that is being ended. */
  let silencedAtMs: number | undefined
  let isMending = false
  let settle: ((error?: unknown) => void) | undefined

  const { ownWhenFree: own } = turns

  const subscriptions = createSubscriptions({
    now,
    beforeOrders,
    onOverflow: (name) => emit({ type: 'overflow', ...name }),
  })
  const gaps = createGaps({
    ...{ now, own, reconcile: streamSettings.reconcile },
    timeoutMs: streamSettings.reconcileTimeoutMs,
    emit,
    deliver(message, size) {
      emit({ type: 'message', message })
      subscriptions.deliver(message, size)
    },
    drop: subscriptions.drop,
    context: (until) => ({
      fetch,
      signal: until,
      orders: () => accountCalls.orders(until),
      trades: (days) => accountCalls.trades(days, until),
    }),
  })
  const connector = createConnector({
    ...parts,
    onFrame,
    onBeat: subscriptions.refresh,
  })
  const reconnector = createReconnector({
    ...{ now, emit },
    connect: connector.connect,
    onLink: (next) => void attach(next),
    onEnd(ended, end) {
      if (link === ended) link = undefined
      isReady = false
      emit({ type: 'lost', ...end })
      gaps.begin(ended.lastFrameAtMs, subscriptions.detach())
    },
    onFailure(error) {
      lastError = error
      const isHopeless =
        state.phase === 'given-up' ||
        hasCode(error, 'IBKR_SESSION_OPTION_INVALID') ||
        judge(error, now()).kind === 'final'
      if (!settle || !isHopeless) return false
      settle(error)
      return true
    },
    restMs(error) {
      const wait = state.wait()
      return wait && wait.error === error ? wait.untilMs - now() : undefined
    },
  })

  /** Without accounts and orders in a session, or after filters, the broker says nothing of orders. */
  async function beforeOrders(): Promise<void> {
    if (!isMute()) return
    // Where it fails, the subscription is made all the same: some topics come late rather than never.
    await askForOrders().catch(() => self.ordersSilenced())
  }

  const isMute = () => accountCalls.isSilenced() || accountCalls.ordersToldIn() !== state.epoch

  async function askForOrders(): Promise<void> {
    const ask = accountCalls.isSilenced() ? accountCalls.refreshOrders : accountCalls.mentionOrders
    // A caller who asks by itself while it has the turn does not use up the time of this.
    await own(async () => {}, signal)
    await ask(signal)
  }

  async function attach(next: Link): Promise<void> {
    link = next
    linkEpoch = connector.epoch
    connections++
    await subscriptions.attach(next)
    if (link !== next || signal.aborted) return
    isReady = true
    emit({ type: 'ready', connections })
    settle?.()
    // What was opened again while this socket was opened took the subscriptions with it.
    if (state.epoch === linkEpoch) await gaps.finish()
    else next.end('reopened')
  }

  function onFrame(frame: Frame): void {
    if (frame.kind === 'event') emit(frame.event)
    if (frame.kind === 'notices') frame.notices.forEach(emit)
    if (frame.kind === 'ended') subscriptions.ended(frame.serverId)
    if (frame.kind !== 'data') return
    const { topic, data, length } = frame
    const key = subscriptions.keyOf(frame, data)
    if (subscriptions.isWanted({ topic, key }, data)) {
      gaps.receive({ topic, key, data, receivedAtMs: now(), isReconciled: false }, length)
    } else emit({ type: 'frame-dropped', reason: 'not-subscribed', length, topic: `s${topic}` })
  }

  async function close(): Promise<void> {
    if (signal.aborted) return
    options.signal?.removeEventListener('abort', onAbort)
    closing.abort()
    link?.end('closed')
    gaps.end()
    subscriptions.end()
    settle?.(newError('CLOSED', 'The stream was closed before it was open.'))
    opened.delete(self)
    listeners.emit({ type: 'closed' })
  }

  // What a listener gives back some runtimes warn of.
  const onAbort = () => void close()

  /** Ends the silence of orders, once for however many calls with filters there are meanwhile. */
  async function unsilence(): Promise<void> {
    let usualMs = AGAIN_MS
    while (silencedAtMs !== undefined) {
      let waitMs = 0
      emit({ type: 'orders-silenced' })
      gaps.begin(silencedAtMs, [{ topic: 'or', key: '' }])
      try {
        await askForOrders()
        usualMs = AGAIN_MS
      } catch (error) {
        // The gap is told all the same, and once more after the next attempt.
        waitMs = Math.max(usualMs, firmWaitMs(error, now()))
        usualMs = Math.min(usualMs * 2, AGAIN_LIMIT_MS)
      }
      if (!isMute()) silencedAtMs = undefined
      // Before everything is subscribed to again, the login that is under way tells it.
      if (isReady) await gaps.finish()
      await pause(waitMs, signal)
      if (!isMute()) silencedAtMs = undefined
    }
    isMending = false
  }

  const members: BrokerStreamMembers = {
    subscribe(given) {
      const { request, bufferLimit } = checkSubscribe(given)
      if (signal.aborted) throw newError('CLOSED', 'The stream was closed: open another one.')
      return subscriptions.add(request, bufferLimit)
    },
    on: createOn(STREAM_EVENT_TYPES, listeners),
    health: () => ({
      state: signal.aborted ? 'closed' : link ? 'open' : 'connecting',
      connections,
      gaps: gapCount,
      lastHeartbeatAtMs: link?.lastHeartbeatAtMs,
    }),
    close,
  }
  Object.defineProperty(members, asyncDisposeSymbol(), { value: close })
  const stream = members as BrokerStream
  const self: OpenedStream = {
    stream,
    alive() {
      if (link && state.epoch !== linkEpoch) link.end('reopened')
      else reconnector.wake()
    },
    renewed() {
      connector.renewed()
      link?.end('renewed')
    },
    ordersSilenced() {
      if (!subscriptions.has('or')) return
      silencedAtMs ??= now()
      if (isMending) return
      isMending = true
      // Only the end of the stream ends it otherwise.
      unsilence().catch(() => {})
    },
  }
  opened.add(self)

  const first = new Promise<void>((resolve, reject) => {
    settle = (error) => {
      settle = undefined
      if (error === undefined) resolve()
      else reject(error)
    }
  })
  const late = () => {
    // What kept a stream from its login is the last thing that failed.
    const { message } = toldOf(lastError)
    const said = message === undefined ? '' : ` The last attempt failed: ${message}`
    return newError(
      'NOT_READY',
      `The stream was not ready within openTimeoutMs (${openTimeoutMs} ms).${said}`,
    )
  }
  options.signal?.addEventListener('abort', onAbort)
  void reconnector.run(signal)
  try {
    await withDeadline(
      { timeoutMs: openTimeoutMs, signal: options.signal, newError: late },
      () => first,
    )
  } catch (error) {
    await close()
    throw error
  }
  return stream
}
