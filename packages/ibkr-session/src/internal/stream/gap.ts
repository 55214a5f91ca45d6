/**
 * What a stream missed. The broker sends nothing again that it sent to a socket that was gone, so the gap is told,
 * and a hook may find out what happened meanwhile before the first message after it is delivered.
 */
import {
  abortable,
  type FetchFunction,
  type PlatformAbortSignal,
  withDeadline,
} from '@isoauth/core-client'
import { newError } from '../errors.ts'
import { firmWaitMs, judge, toldOf } from '../failure.ts'
import { pause } from '../pause.ts'
import { createMessageBuffer } from './message-buffer.ts'
import type { Gap, StreamEvent } from './stream-events.ts'
import type { TopicName } from './subscriptions.ts'
import { isTopic, type StreamMessage, type StreamTopic } from './topics.ts'

/** What a `reconcile` has at hand. */
export interface ReconcileContext {
  /** The `fetch` of the session. */
  readonly fetch: FetchFunction
  /** Aborts when the time is over, when the next gap begins, and when the stream is closed. */
  readonly signal: PlatformAbortSignal
  /** `GET /iserver/account/orders`, not more than once in five seconds: what the broker answers. */
  orders(): Promise<Readonly<Record<string, unknown>>>
  /** `GET /iserver/account/trades`, not more than once in five seconds, of so many days (1 to 7). */
  trades(days: number): Promise<readonly unknown[]>
}

/** What a `reconcile` found: it is delivered to the subscriptions of that topic and key. */
export interface ReconciledMessage {
  readonly topic: StreamTopic
  readonly key?: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Finds out what happened in a gap. Where it rejects for a reason that passes (network, time, 5xx, 429) it is called
 * again after five seconds, or when the broker says, as long as its time lasts.
 */
export type Reconcile = (
  gap: Gap,
  context: ReconcileContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that has nothing to deliver returns nothing
) => Promise<readonly ReconciledMessage[] | void>

/** Keeps messages of its topics back while a gap is being reconciled. */
export interface Gaps {
  receive(message: StreamMessage, size: number): void
  /** A gap has begun: nothing of these topics is delivered until it is told and reconciled. */
  begin(fromMs: number, topics: readonly TopicName[]): void
  /** The stream works again: tells the gap, has it reconciled, and lets messages through. */
  finish(): Promise<void>
  /** Ends what is under way, and lets nothing more begin. */
  end(): void
}

/** What the gaps of a stream need. */
export interface GapParts {
  readonly reconcile: Reconcile | undefined
  readonly timeoutMs: number
  readonly now: () => number
  readonly emit: (event: StreamEvent) => void
  readonly deliver: (message: StreamMessage, size: number) => void
  /** Told of each message that was kept back and had to be dropped. */
  readonly drop: (message: StreamMessage) => void
  readonly context: (signal: PlatformAbortSignal) => ReconcileContext
  /** Runs calls of the library's own when no caller has the turn. */
  readonly own: <T>(work: () => Promise<T>, signal: PlatformAbortSignal) => Promise<T>
}

/** So many messages are kept back at most. */
const HELD_LIMIT = 10_000
/** A reconcile that failed for a reason that passes is tried again after so long. */
const AGAIN_MS = 5000

/** Makes the gaps of one stream. */
export function createGaps(parts: GapParts): Gaps {
  const { reconcile, timeoutMs, now, emit, deliver, drop, context, own } = parts
  const held = createMessageBuffer<readonly [StreamMessage, number]>(HELD_LIMIT, ([message]) =>
    drop(message),
  )
  let open: { readonly fromMs: number; readonly names: ReadonlyMap<string, TopicName> } | undefined
  let running: AbortController | undefined
  let isEnded = false

  function release(): void {
    open = undefined
    for (let next = held.shift(); next !== undefined; next = held.shift()) deliver(...next)
  }

  function begin(fromMs: number, topics: readonly TopicName[]): void {
    running?.abort()
    running = undefined
    // What was not reconciled to the end is part of the next gap.
    const names = new Map(open?.names)
    for (const name of topics) names.set(nameOf(name), name)
    open = { fromMs: Math.min(open?.fromMs ?? fromMs, fromMs), names }
  }

  async function run(gap: Gap, controller: AbortController): Promise<void> {
    if (reconcile === undefined || gap.topics.length === 0) return
    const { signal } = controller
    try {
      const work = (until: AbortSignal) => {
        const attempt = async () => await reconcile(gap, context(until))
        return untilDone(() => own(() => abortable(attempt(), until), until), until, now)
      }
      const late = () =>
        newError(
          'TIMEOUT',
          `reconcile was not done within reconcileTimeoutMs (${timeoutMs} ms), counted from its first turn.`,
        )
      // Its time begins with its first turn; a caller's work may come between two attempts.
      await own(async () => {}, signal)
      const found = await withDeadline({ timeoutMs, signal, newError: late }, work)
      if (signal.aborted) return
      const messages = readFound(found, now())
      for (const message of messages) deliver(message, 0)
      emit({ type: 'reconciled', messages: messages.length })
    } catch (error) {
      if (signal.aborted) return
      const { code } = toldOf(error)
      emit({ type: 'reconcile-failed', ...(code && { code }) })
    }
  }

  return {
    begin,
    receive(message, size) {
      // What is of no topic of the gap was not missed, and waits for nothing.
      if (open?.names.has(nameOf(message))) held.push([message, size], size)
      else deliver(message, size)
    },
    async finish() {
      if (!open || isEnded) return
      // Not before its begin, where the clock was set back.
      const { fromMs, names } = open
      const gap: Gap = { fromMs, topics: [...names.values()], toMs: Math.max(fromMs, now()) }
      const controller = new AbortController()
      running?.abort()
      running = controller
      emit({ type: 'gap', ...gap })
      await run(gap, controller)
      if (running === controller) release()
    },
    end() {
      isEnded = true
      running?.abort()
      running = undefined
    },
  }
}

function nameOf({ topic, key }: TopicName): string {
  return `${topic}+${key}`
}

/** A call that was lost on the way is no answer: the hook is asked again, as long as its time lasts. */
async function untilDone<T>(
  attempt: () => Promise<T>,
  signal: PlatformAbortSignal,
  now: () => number,
): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      if (judge(error, now()).kind === 'final') throw error
      await pause(Math.max(AGAIN_MS, firmWaitMs(error, now())), signal)
    }
  }
}

function readFound(found: unknown, receivedAtMs: number): StreamMessage[] {
  const list = found ?? []
  const isRight = (item: Partial<ReconciledMessage> | null) =>
    isTopic(item?.topic) && Object(item?.data) === item?.data
  if (!Array.isArray(list) || !list.every(isRight)) {
    const message =
      'Option reconcile must give nothing, or an array of { topic, key?, data } with the words of subscribe.'
    throw newError('OPTION_INVALID', message, { option: 'reconcile' })
  }
  return list.map(({ topic, key = '', data }: ReconciledMessage) => ({
    ...{ topic, key, data, receivedAtMs },
    isReconciled: true,
  }))
}
