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
  const kinds: Readonly<Record<string, Readonly<Record<string, Rule>>>> = eventKinds()
  const names = Object.keys(kinds)
  need('kind', names.includes(event.kind), `one of ${names.join(', ')}`)
  const fields = kinds[event.kind] ?? {}
  checkNames(event, ['kind', ...Object.keys(fields)])
  const values = event as Readonly<Record<string, unknown>>
  for (const [name, [fits, expected, isRequired]] of Object.entries(fields)) {
    need(name, fits(values[name]) || (!isRequired && values[name] === undefined), expected)
  }
  if (event.kind === 'state') checkSpan(event, now)
}

function checkSpan({ fromMs, untilMs }: EventOf<'state'>, now: number): void {
  if (untilMs === undefined) return
  // A length of time in place of a point in time would be over before it began.
  const since = fromMs === undefined ? `now, which is ${now}` : 'fromMs'
  need('untilMs', (fromMs ?? now) < untilMs, `milliseconds since 1970, later than ${since}`)
}

type EventOf<Kind> = Extract<BrokerEvent, { readonly kind: Kind }>

/** What a field has to be. */
type Rule = readonly [
  fits: (value: unknown) => boolean,
  expected: string,
  isRequired?: 'required' | undefined,
]

/** Every kind there is, and what its own fields must be. */
function eventKinds(): {
  readonly [Kind in BrokerEvent['kind']]: {
    readonly [Field in Exclude<keyof EventOf<Kind>, 'kind'>]-?: Rule
  }
} {
  const username: Rule = [isText, 'a user name']
  const time: Rule = [isWhole, 'milliseconds, a whole number from 0']
  const text: Rule = [isText, 'a text']
  const amount: Rule = [isPositive, 'a number above 0']
  return {
    state: {
      state: oneOf(BROKER_STATES, 'required'),
      fromMs: time,
      untilMs: time,
      text,
      username,
    },
    'take-over': { username },
    leave: { username },
    lose: { announce: [isBoolean, 'true or false'], username },
    restore: { username },
    order: {
      orderId: [isWhole, 'the number of an order in the book'],
      accountId: [isText, 'an account'],
      conid: [isConid, 'a contract id'],
      side: oneOf(['BUY', 'SELL']),
      quantity: amount,
      price: [
        (value) => value === null || isPositive(value),
        'a number above 0, or null for a market order',
      ],
      status: oneOf(STATUSES),
      filled: [(value) => value === 0 || isPositive(value), 'a number from 0'],
      reference: text,
    },
    'market-data': {
      conid: [isConid, 'a contract id', 'required'],
      fields: [isTicks, 'texts by field number, such as { "31": "190.50" }', 'required'],
    },
    cut: { forMs: time, username },
    stall: { what: oneOf(['heartbeat', 'everything'], 'required'), forMs: time },
    unstall: {},
    frame: { text: [isText, `a text of at most ${TEXT_LIMIT} characters`, 'required'] },
    question: {
      messageIds: [isListOfTexts, 'kinds of questions such as o163', 'required'],
      times: [isPositive, 'a number from 1'],
    },
  }
}

function oneOf(values: readonly unknown[], isRequired?: 'required'): Rule {
  return [(value) => values.includes(value), `one of ${values.join(', ')}`, isRequired]
}

function isTicks(fields: unknown): boolean {
  const entries = typeof fields === 'object' && fields !== null ? Object.entries(fields) : []
  const fit = entries.every(([name, value]) => /^[0-9]{1,5}$/.test(name) && isText(value))
  return entries.length > 0 && entries.length <= FIELDS_LIMIT && fit
}

function need(option: string, fits: boolean, expected: string): void {
  if (!fits) throw optionError(option, expected)
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
