/**
 * A `fetch` that waits for its turn: one queue for all requests, one for each endpoint with a limit of its own, and
 * pauses where the broker says so.
 */
import type { FetchFunction, PlatformAbortSignal, PlatformResponse } from '@isoauth/core-client'
import {
  createListeners,
  createOptionReader,
  isUnreadResponse,
  parseRetryAfter,
  readFunction,
  readNow,
} from '@isoauth/core-client'
import { type AskedRequest, readAsked, signalOf } from '../asked-request.ts'
import { newError, refuse } from '../errors.ts'
import { pause } from '../pause.ts'
import { createGate, type Gate, type Sent } from './gate.ts'
import { PACING_RULES, type PacingRule } from './rules.ts'

/** A limit of which a fleet takes a turn together. */
export interface PacingTurn {
  /** Names the limit: `*`, or method and path such as `GET /iserver/account/orders`. */
  readonly key: string
  readonly requests: number
  readonly perMs: number
  readonly signal: PlatformAbortSignal | undefined
}

/** Waits for a turn that all members of a fleet share, such as one over rate-limiter-flexible. */
export type PacingLimiter = (turn: PacingTurn) => Promise<unknown>

/** The broker refused with 429, so that nothing is sent until `untilMs` (milliseconds since 1970): below `path`, or at all where it is `*`. */
export interface PacingEvent {
  readonly type: 'paused'
  readonly path: string
  readonly untilMs: number
}

/** The options of {@link withPacing}. */
export interface PacingOptions {
  /** Of several for one path the first counts. Default: {@link PACING_RULES}. */
  readonly rules?: readonly PacingRule[] | undefined
  /**
   * The part of each limit that this process uses, above 0 and at most 1: the limits count per user name, so four
   * machines take 0.25 each, in whole requests. Of less than one request it makes one in a longer time, which members
   * may still send in the same moment: take a `limiter` for large fleets. Default: 1.
   */
  readonly share?: number | undefined
  /** Waits for a turn of the whole fleet, after this process's own. Default: none. */
  readonly limiter?: PacingLimiter | undefined
  /** Told of pauses; what it throws is dropped. */
  readonly onEvent?: ((event: PacingEvent) => void) | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** An address that sent too much is refused for so long. */
const PENALTY_MS = 600_000
/** A pause that a 429 does not measure itself. */
const PAUSE_MS = 60_000
/** A longer `Retry-After` is not believed. */
const PAUSE_LIMIT_MS = 3_600_000
/** Beyond so many limits those that hold nothing are forgotten. */
const GATES_LIMIT = 100
/** What keeps a session alive goes first. */
const URGENT = /^\/(tickle|logout|iserver\/(auth|accounts|questions))/

/**
 * Wraps a `fetch` so that the broker's limits are kept: requests wait, those of one endpoint in their order, `/tickle`
 * and the calls of the session first. Nothing is ever repeated. After a 429 the endpoint pauses for what `Retry-After`
 * says, else a minute; after another one elsewhere the address is taken to be in the penalty box, and everything pauses
 * for ten minutes.
 *
 * @param fetch - the `fetch` of a connection, called bare
 * @returns a `fetch` that takes the same arguments; a request whose signal aborts while it waits is not sent, and
 *   rejects with the signal's reason; one that was sent keeps its place, since the broker counts it
 * @throws {@link IbkrSessionError} `IBKR_SESSION_OPTION_INVALID` with the field `option`; the returned function throws
 *   what `fetch` and `limiter` throw
 *
 * @example
 * ```ts
 * const connection = createIbkrOAuth1(credentials)
 * const paced = { ...connection, fetch: withPacing(connection.fetch) }
 * const session = createBrokerageSession({ connection: paced })
 * ```
 *
 * Source: the broker's Web API documentation, "Pacing limitations".
 */
export function withPacing(fetch: FetchFunction, options: PacingOptions = {}): FetchFunction {
  if (typeof fetch !== 'function') refuse('fetch', fetch, 'the fetch of a connection')
  const { rules, share, limiter, emit, now } = checkOptions(options)
  const gates = new Map<string, Gate>()
  let lastRefusal: ({ readonly key: string } & Gate['pause']) | undefined

  /** What a request passes: its endpoint's limit first, so that who waits there takes no turn of the others. */
  function limitsOf(asked: AskedRequest): readonly Limit[] {
    const own = rules.find((rule) => rule.path !== '*' && isFor(rule, asked))
    const all = rules.find(({ path }) => path === '*')
    const limits = own ? [limitOf(`${own.method ?? '*'} ${asked.path}`, own)] : []
    return all ? [...limits, limitOf('*', all)] : limits
  }

  function limitOf(key: string, rule: PacingRule): Limit {
    if (gates.size >= GATES_LIMIT && !gates.has(key)) forget()
    const gate = gates.get(key) ?? createGate(rule, share)
    gates.set(key, gate)
    return { ...rule, key, gate }
  }

  /** Paths with a name in them, such as a notification's, are without number; `*` is awaited by who waits elsewhere. */
  function forget(): void {
    for (const [key, { isIdle, pause }] of gates) {
      if (key !== '*' && isIdle() && restMs(pause) <= 0) gates.delete(key)
    }
  }

  /** What is left of a pause. A clock that was set back would make it longer than it was meant to be. */
  const restMs = ({ fromMs, untilMs }: Gate['pause']) => (now() < fromMs ? 0 : untilMs - now())

  const isPaused = ({ gate }: Limit) => restMs(gate.pause) > 0

  function refused(asked: AskedRequest, response: PlatformResponse): void {
    const [limit, widest] = limitsOf(asked)
    if (!limit) return
    const isElsewhere = lastRefusal && lastRefusal.key !== limit.key && restMs(lastRefusal) > 0
    const isBoxed = isElsewhere || limit.key === '*'
    const askedMs = parseRetryAfter(response.headers.get('retry-after'), now()) ?? 0
    const usualMs = isBoxed ? PENALTY_MS : Math.max(PAUSE_MS, limit.perMs ?? 0)
    const fromMs = now()
    const untilMs = fromMs + (Math.min(askedMs, PAUSE_LIMIT_MS) || usualMs)
    lastRefusal = { key: limit.key, fromMs, untilMs }
    const { key, gate } = (isBoxed && widest) || limit
    gate.pause = { fromMs, untilMs: Math.max(fromMs + restMs(gate.pause), untilMs) }
    emit({ type: 'paused', path: key === '*' ? key : asked.path, untilMs })
  }

  return async (input, init) => {
    const asked = readAsked(input, init)
    const signal = signalOf(input, init)
    const limits = limitsOf(asked)
    let priority = URGENT.test(asked.path) ? 1 : 0

    const send = async (sent: Sent) => {
      signal?.throwIfAborted()
      if (limits.some(isPaused)) return undefined
      const request = (async () => fetch(input, init))()
      sent(request)
      const response = await request
      if (!isUnreadResponse(response)) {
        return refuse('fetch', response, 'a function that resolves to a Response, its body unread')
      }
      if (response.status === 429) refused(asked, response)
      return response
    }

    /** Passes one limit after the other, and sends; gives nothing where one has paused since it was passed. */
    const pass = (left: readonly Limit[], tell: Sent): Promise<PlatformResponse | undefined> => {
      const [limit, ...rest] = left
      if (!limit) return send(tell)
      const { key, requests, perMs, gate } = limit
      return gate.pass(
        async (sent) => {
          while (isPaused(limit)) await pause(restMs(gate.pause), signal)
          if (requests && perMs) await limiter?.({ key, requests, perMs, signal })
          return await pass(rest, (request) => {
            tell(request)
            sent(request)
          })
        },
        { priority, signal },
      )
    }
    let response: PlatformResponse | undefined
    while (!response) {
      response = await pass(limits, () => {})
      // Not sent yet, it goes before those that came later, and not before what is urgent.
      priority ||= 0.5
    }
    return response
  }
}

/** A limit that a request passes. */
interface Limit extends PacingRule {
  readonly key: string
  readonly gate: Gate
}

function isFor({ path, method }: PacingRule, asked: AskedRequest): boolean {
  // A HEAD counts as the GET that it stands for.
  if (method && method !== asked.method.replace('HEAD', 'GET')) return false
  return path.endsWith('/*') ? asked.path.startsWith(path.slice(0, -1)) : path === asked.path
}

function checkOptions(options: PacingOptions) {
  const read = createOptionReader(options, newError)
  const rules = read.value('rules', PACING_RULES)
  const share = read.value('share', 1)
  if (!Array.isArray(rules) || !rules.every(isRule)) {
    read.refuse(
      'rules',
      'an array of { path, method?, requests, perMs } or { path, method?, atOnce }, each number above 0, path as /iserver/account/orders, /fyi/* or *',
    )
  }
  if (!(typeof share === 'number' && share > 0 && share <= 1))
    read.refuse('share', 'a number above 0 and at most 1')
  const { add, emit } = createListeners<PacingEvent>()
  const onEvent = readFunction(read, 'onEvent')
  if (onEvent) add(onEvent)
  return {
    rules: rules.map((rule) => ({ ...rule })),
    share,
    emit,
    limiter: readFunction(read, 'limiter'),
    now: readNow(read),
  }
}

function isRule(rule: Partial<PacingRule> | null): boolean {
  const { path, method, requests, perMs, atOnce } = rule ?? {}
  const isCount = (value: unknown) => Number.isInteger(value) && (value as number) > 0
  const isPath = typeof path === 'string' && /^(\*|\/[^?#]+)$/.test(path)
  const isMethod = [undefined, 'GET', 'POST'].includes(method)
  const isTime = typeof perMs === 'number' && perMs > 0 && perMs <= 86_400_000
  const isLimit = atOnce === undefined ? isCount(requests) && isTime : isCount(atOnce)
  return isPath && isMethod && isLimit
}
