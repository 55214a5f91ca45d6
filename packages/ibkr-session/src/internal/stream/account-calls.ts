/**
 * What a stream asks of orders and trades by plain calls: the broker takes one of each in five seconds.
 */
import {
  createSingleFlight,
  type FetchFunction,
  type PlatformAbortSignal,
  readAnswer,
  receiveAnswer,
  withDeadline,
} from '@isoauth/core-client'
import { newError } from '../errors.ts'
import { pause } from '../pause.ts'

/** Calls for orders and trades, each waiting for its turn. */
export interface AccountCalls {
  /** `GET /iserver/account/orders`: the live orders, as the broker answers: `{ orders: [...], snapshot }`. */
  orders(signal: PlatformAbortSignal): Promise<Readonly<Record<string, unknown>>>
  /** Has orders told in this session, by such a call of the library's own or by a caller's that is answered before. */
  mentionOrders(signal: PlatformAbortSignal): Promise<void>
  /** The same with `force=true`, which ends the silence after filters, once for all that ask; its answer is empty by design. */
  refreshOrders(signal: PlatformAbortSignal): Promise<void>
  /** `GET /iserver/account/trades`: those of the last days, 1 to 7. */
  trades(days: number, signal: PlatformAbortSignal): Promise<readonly unknown[]>
  /** A caller asks by itself, or was answered, and was told or not: the next call waits for that one too. */
  noticed(path: string, isGood: boolean | undefined, query?: string): void
  /** Filters have made the topic `or` silent, and no refresh that was sent after them was answered. */
  isSilenced(): boolean
  /** The epoch of the session in which orders were told last. */
  ordersToldIn(): number | undefined
}

const ORDERS = '/iserver/account/orders'
const FORCE = '?force=true'
const TRADES = '/iserver/account/trades'
const SPACING_MS = 5000
/** A caller who asks as often as the broker takes it leaves no turn: none is waited for longer, in milliseconds. */
const TURN_LIMIT_MS = 30_000
const ANSWER_LIMIT_BYTES = 4_194_304

/** Makes a call when no caller has the turn. */
export type InTurn = <T>(work: () => Promise<T>, signal: PlatformAbortSignal) => Promise<T>

/**
 * Makes the calls over the `fetch` of a session, each within so many milliseconds; `epoch` is that of the session. Those
 * that are the library's own are made by `own`; the others are part of work that has its turn.
 */
export function createAccountCalls(
  fetch: FetchFunction,
  now: () => number,
  timeoutMs: number,
  epoch: () => number,
  own: InTurn,
): AccountCalls {
  const askedAtMs = new Map<string, number>()
  /** The epoch of the session in which each was told last. */
  const toldIn = new Map<string, number>()
  const refreshing = createSingleFlight<unknown>()
  let silences = 0
  let ended = 0
  /** How often orders were told. */
  let tellings = 0

  /** Waits until the broker takes this call, if it is still needed then; those that wait together go one after the other. */
  async function turn(path: string, signal: PlatformAbortSignal, isNeeded: () => boolean) {
    while (isNeeded()) {
      const sinceMs = now() - (askedAtMs.get(path) ?? Number.NEGATIVE_INFINITY)
      if (sinceMs < 0 || sinceMs >= SPACING_MS) {
        askedAtMs.set(path, now())
        return true
      }
      await pause(SPACING_MS - sinceMs, signal)
    }
    return false
  }

  async function exchange(path: string, query: string, signal: PlatformAbortSignal) {
    const known = silences
    const answer = await withDeadline({ timeoutMs, signal, newError }, async (deadline) => {
      const response = await fetch(path + query, { signal: deadline })
      return await receiveAnswer(response, { limitBytes: ANSWER_LIMIT_BYTES }, deadline)
    })
    // Some answers are a list, some an object with one, by the last word of the path.
    const name = path.split('/').at(-1)
    const text = /^\s*\[/.test(answer.text) ? `{"${name}":${answer.text}}` : answer.text
    const reading = { newError, now, secrets: [], refusal: newError }
    const { fields } = readAnswer({ ...answer, text }, reading)
    toldIn.set(path, epoch())
    if (query === FORCE) ended = known
    return fields
  }

  /** Gives undefined where it was not needed any more when its turn came. */
  async function ask(
    path: string,
    query: string,
    signal: PlatformAbortSignal,
    inTurn: InTurn = (work) => work(),
    isNeeded = () => true,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    const late = () =>
      newError(
        'TIMEOUT',
        `GET ${path} got no turn within ${TURN_LIMIT_MS} ms: the broker takes one in five seconds, and the program itself asked as often.`,
      )
    const waiting = { timeoutMs: TURN_LIMIT_MS, signal, newError: late }
    for (;;) {
      // While this waits for the broker, callers have theirs.
      if (!(await withDeadline(waiting, (until) => turn(path, until, isNeeded)))) return undefined
      const askedMs = askedAtMs.get(path)
      const work = async () => {
        // In its turn a caller may have asked by itself.
        const isOurs = askedAtMs.get(path) === askedMs
        return isOurs ? await exchange(path, query, signal) : undefined
      }
      const fields = await inTurn(work, signal)
      if (fields) return fields
    }
  }

  async function askOrders(signal: PlatformAbortSignal, isOwn = false) {
    const told = () => {
      const before = tellings
      return isOwn
        ? ask(ORDERS, '', signal, own, () => tellings === before)
        : ask(ORDERS, '', signal)
    }
    const first = await told()
    // The first answer of a session is often empty while the broker still gathers.
    const { orders, snapshot } = first ?? {}
    const isEmpty = !Array.isArray(orders) || orders.length === 0
    return first && isEmpty && snapshot !== true ? await told() : first
  }

  return {
    ordersToldIn: () => toldIn.get(ORDERS),
    isSilenced: () => silences > ended,
    noticed(path, isGood, query = '') {
      if (isFilteredOrders(path, query)) silences++
      askedAtMs.set(path, now())
      if (!isGood) return
      toldIn.set(path, epoch())
      if (path === ORDERS) tellings++
    },
    orders: async (signal) => (await askOrders(signal)) ?? {},
    async mentionOrders(signal) {
      await askOrders(signal, true)
    },
    async refreshOrders(signal) {
      await refreshing((left) => ask(ORDERS, FORCE, left, own), signal)
    },
    async trades(days, signal) {
      const isFirst = toldIn.get(TRADES) !== epoch()
      const told = async () => {
        const { trades } = (await ask(TRADES, `?days=${days}`, signal)) ?? {}
        return Array.isArray(trades) ? trades : []
      }
      const first = await told()
      // Of trades too, and nothing in that answer tells so.
      return isFirst && first.length === 0 ? await told() : first
    },
  }
}

/** True for the calls that the broker takes once in five seconds. */
export function isPaced(path: string): boolean {
  return path === ORDERS || path === TRADES
}

/** True for a call that makes the topic `or` silent: also with `force=true` beside the filters, since the broker wants that in a call that follows. */
export function isFilteredOrders(path: string, query: string): boolean {
  return path === ORDERS && /[?&]filters=[^&]/i.test(query)
}
