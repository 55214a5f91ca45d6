/** What can be made to happen on the broker's side, and what is wrong with an event that cannot. */
import { checkNames, optionError } from '../errors.ts'
import type { OrderSide, OrderStatus } from '../ibkr-orders/order-book.ts'
import { BROKER_STATES, type BrokerState } from './broker-states.ts'

/**
 * One thing that happens at the broker, by the sandbox's clock. Where `username` is left out it
 * happens to every user.
 */
export type BrokerEvent =
  | {
      /** A condition for a time; see {@link BrokerState}. */
      readonly kind: 'state'
      readonly state: BrokerState
      /** Milliseconds since 1970; now by default. */
      readonly fromMs?: number | undefined
      /** Milliseconds since 1970; until `clear()` by default. */
      readonly untilMs?: number | undefined
      readonly username?: string | undefined
      /** What stands in `fail`, for the state of that name. */
      readonly text?: string | undefined
    }
  /** Another platform takes the session (`take-over`), or goes away again (`leave`). */
  | { readonly kind: 'take-over' | 'leave'; readonly username?: string | undefined }
  /** The session ends by itself; `announce: false` keeps that from the sockets. */
  | {
      readonly kind: 'lose'
      readonly announce?: boolean | undefined
      readonly username?: string | undefined
    }
  /** A lost session comes back, and nobody is told. */
  | { readonly kind: 'restore'; readonly username?: string | undefined }
  | {
      /** An order is made, or the one with `orderId` changed, as from another platform. */
      readonly kind: 'order'
      readonly orderId?: number | undefined
      /** The first user's account by default. */
      readonly accountId?: string | undefined
      readonly conid?: number | undefined
      readonly side?: OrderSide | undefined
      readonly quantity?: number | undefined
      /** Limit price; `null` for a market order. */
      readonly price?: number | null | undefined
      readonly status?: OrderStatus | undefined
      /** How much is filled in all; what is new of it becomes a trade. */
      readonly filled?: number | undefined
      readonly reference?: string | undefined
    }
  | {
      /** Fields of a contract change, by field number. */
      readonly kind: 'market-data'
      readonly conid: number
      readonly fields: Readonly<Record<string, string>>
    }
  | {
      /** Sockets are cut, and none is let in for `forMs` (0 by default). */
      readonly kind: 'cut'
      readonly forMs?: number | undefined
      readonly username?: string | undefined
    }
  | {
      /** Heartbeats, or everything, is held back and never sent, for `forMs` or until `clear()`. */
      readonly kind: 'stall'
      readonly what: 'heartbeat' | 'everything'
      readonly forMs?: number | undefined
    }
  | { readonly kind: 'unstall' }
  /** Any text is sent to every socket, as it stands. */
  | { readonly kind: 'frame'; readonly text: string }
  | {
      /** The next orders (1 by default) are asked these questions. */
      readonly kind: 'question'
      readonly messageIds: readonly string[]
      readonly times?: number | undefined
    }

const STATUSES: readonly OrderStatus[] = [
  'PendingSubmit',
  'PreSubmitted',
  'Submitted',
  'Filled',
  'PendingCancel',
  'Cancelled',
  'Inactive',
]
/** A frame of ten megabytes is a fault that clients are tested with. */
const TEXT_LIMIT = 16_777_216

const FIELDS_LIMIT = 100

/** @internal Throws unless the event can be played; `now` is the sandbox's clock. */
export function checkBrokerEvent(event: BrokerEvent, now: number): void {
  if (typeof event !== 'object' || event === null) {
    throw optionError('event', 'an object with a kind is required')
  }
  const kinds = Object.keys(CHECKS)
  if (!kinds.includes(event.kind)) throw optionError('kind', `one of ${kinds.join(', ')}`)
  checkNames(event, ['kind', ...FIELDS[event.kind]])
  const { username } = event as { readonly username?: unknown }
  if (username !== undefined && !isText(username)) throw optionError('username', 'a user name')
  const check: (event: never, now: number) => void = CHECKS[event.kind]
  check(event as never, now)
}

type EventOf<Kind> = Extract<BrokerEvent, { readonly kind: Kind }>

type FieldOf<Event> = Event extends unknown ? Exclude<keyof Event, 'kind'> : never

/** What each kind is made of. */
const FIELDS: Readonly<Record<BrokerEvent['kind'], readonly FieldOf<BrokerEvent>[]>> = {
  state: ['state', 'fromMs', 'untilMs', 'text', 'username'],
  'take-over': ['username'],
  leave: ['username'],
  lose: ['announce', 'username'],
  restore: ['username'],
  order: [
    'orderId',
    'accountId',
    'conid',
    'side',
    'quantity',
    'price',
    'status',
    'filled',
    'reference',
  ],
  'market-data': ['conid', 'fields'],
  cut: ['forMs', 'username'],
  stall: ['what', 'forMs'],
  unstall: [],
  frame: ['text'],
  question: ['messageIds', 'times'],
}

/** Every kind there is, and what its own fields must be. */
const CHECKS: {
  readonly [Kind in BrokerEvent['kind']]: (event: EventOf<Kind>, now: number) => void
} = {
  state: checkState,
  'take-over': () => {},
  leave: () => {},
  lose({ announce }) {
    need('announce', isMissing(announce) || isBoolean(announce), TRUE_OR_FALSE)
  },
  restore: () => {},
  order: checkOrder,
  'market-data': checkMarketData,
  cut: checkSpan,
  stall(event) {
    need('what', ['heartbeat', 'everything'].includes(event.what), '"heartbeat" or "everything"')
    checkSpan(event)
  },
  unstall: () => {},
  frame({ text }) {
    need('text', isText(text), `a text of at most ${TEXT_LIMIT} characters`)
  },
  question({ messageIds, times }) {
    need('messageIds', isListOfTexts(messageIds), 'kinds of questions such as o163')
    need('times', isMissing(times) || isPositive(times), 'a number from 1')
  },
}

const MILLISECONDS = 'milliseconds, a whole number from 0'
const TRUE_OR_FALSE = 'true or false'

function checkSpan({ forMs }: EventOf<'cut' | 'stall'>): void {
  need('forMs', isMissing(forMs) || isWhole(forMs), MILLISECONDS)
}

function checkState({ state, fromMs, untilMs, text }: EventOf<'state'>, now: number): void {
  need('state', BROKER_STATES.includes(state), `one of ${BROKER_STATES.join(', ')}`)
  need('fromMs', isMissing(fromMs) || isWhole(fromMs), MILLISECONDS)
  need('untilMs', isMissing(untilMs) || isWhole(untilMs), MILLISECONDS)
  const isSpan = isMissing(fromMs) || isMissing(untilMs) || fromMs < untilMs
  need('untilMs', isSpan, 'later than fromMs')
  // A length of time in place of a point in time would be over before it began.
  const isAhead = !isMissing(fromMs) || isMissing(untilMs) || untilMs > now
  need('untilMs', isAhead, `milliseconds since 1970, later than now, which is ${now}`)
  need('text', isMissing(text) || isText(text), 'a text')
}

function checkOrder(event: EventOf<'order'>): void {
  const { orderId, accountId, conid, side, quantity, price, status, filled, reference } = event
  need('orderId', isMissing(orderId) || isWhole(orderId), 'the number of an order in the book')
  need('accountId', isMissing(accountId) || isText(accountId), 'an account')
  need('conid', isMissing(conid) || isConid(conid), 'a contract id')
  need('side', isMissing(side) || side === 'BUY' || side === 'SELL', 'BUY or SELL')
  need('quantity', isMissing(quantity) || isPositive(quantity), 'a number above 0')
  const isPrice = isMissing(price) || price === null || isPositive(price)
  need('price', isPrice, 'a number above 0, or null for a market order')
  need('status', isMissing(status) || STATUSES.includes(status), `one of ${STATUSES.join(', ')}`)
  const isFill = isMissing(filled) || filled === 0 || isPositive(filled)
  need('filled', isFill, 'a number from 0')
  need('reference', isMissing(reference) || isText(reference), 'a text')
}

function checkMarketData({ conid, fields }: EventOf<'market-data'>): void {
  need('conid', isConid(conid), 'a contract id')
  const entries = typeof fields === 'object' && fields !== null ? Object.entries(fields) : []
  const fit = entries.every(([name, value]) => /^[0-9]{1,5}$/.test(name) && isText(value))
  need(
    'fields',
    entries.length > 0 && entries.length <= FIELDS_LIMIT && fit,
    'texts by field number, such as { "31": "190.50" }',
  )
}

function need(option: string, fits: boolean, expected: string): void {
  if (!fits) throw optionError(option, expected)
}

function isMissing(value: unknown): value is undefined {
  return value === undefined
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= TEXT_LIMIT
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText)
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function isConid(value: unknown): boolean {
  return isWhole(value) && isPositive(value)
}
