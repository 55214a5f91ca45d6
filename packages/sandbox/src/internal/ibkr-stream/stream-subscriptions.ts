/** What one line is subscribed to, and what the topics do about it. */
import { randomHex } from '../crypto/bytes.ts'
import type { BrokerageSession } from '../ibkr-api/brokerage-session.ts'
import { orderAnswer, tradeAnswer } from '../ibkr-orders/order-answers.ts'
import type { OrderBook, SandboxOrder, SandboxTrade } from '../ibkr-orders/order-book.ts'
import {
  contractOf,
  historyFrame,
  ladderFrame,
  ledgerFrame,
  marketDataFrame,
  profitFrame,
  summaryFrame,
  type Ticks,
  tickFrame,
} from './stream-data.ts'
import type { StreamTopic, TopicFrame } from './stream-frame.ts'

/** Market data ends by itself this long after it was last asked for, in milliseconds. */
const MARKET_DATA_LIFE_MS = 900_000
const HISTORIES_LIMIT = 5
/** How many subscriptions of market data and of price ladders a line may have. */
const MARKET_DATA_LINES = 100
const DAY_MS = 86_400_000

interface Subscription {
  readonly topic: StreamTopic
  readonly key: string
  readonly args: Readonly<Record<string, unknown>>
  /** Which brokerage session it belongs to: it ends with that. */
  readonly sessionId: string
  readonly askedAtMs: number
  readonly serverId: string
}

/** What a line gives to its subscriptions. */
export interface SubscriptionContext {
  readonly accountId: string
  readonly book: OrderBook
  readonly ticks: Ticks
  readonly send: (frame: Readonly<Record<string, unknown>>) => void
}

export class StreamSubscriptions {
  readonly #context: SubscriptionContext
  /** By topic and key: asking again is one subscription. */
  readonly #all = new Map<string, Subscription>()

  constructor(context: SubscriptionContext) {
    this.#context = context
  }

  /** `md+265598`, `or`, …: what would be sent now. */
  list(session: BrokerageSession | undefined, now: number): string[] {
    return [...this.#all.values()]
      .filter((subscription) => isAlive(subscription, session, now))
      .map(({ topic, key }) => nameOf(topic, key))
  }

  handle(frame: TopicFrame, session: BrokerageSession, now: number): void {
    for (const [name, subscription] of this.#all) {
      if (!isAlive(subscription, session, now)) this.#all.delete(name)
    }
    if (frame.subscribes) this.#subscribe(frame, session, now)
    else this.#unsubscribe(frame)
  }

  order(order: SandboxOrder, session: BrokerageSession, now: number): void {
    if (order.accountId !== this.#context.accountId || !speaksOfOrders(session)) return
    if (this.#find('or', session, now)) {
      this.#context.send({ topic: 'sor', args: [orderAnswer(order)] })
    }
  }

  trade(trade: SandboxTrade, session: BrokerageSession, now: number): void {
    if (trade.accountId !== this.#context.accountId) return
    if (this.#find('tr', session, now)) {
      this.#context.send({ topic: 'str', args: [tradeAnswer(trade)] })
    }
  }

  tick(
    {
      conid,
      values,
    }: { readonly conid: number; readonly values: Readonly<Record<string, string>> },
    session: BrokerageSession,
    now: number,
  ): void {
    const { send, ticks } = this.#context
    for (const subscription of this.#all.values()) {
      if (!isAlive(subscription, session, now)) continue
      const { topic, key, args } = subscription
      if (topic === 'md' && contractOf(key) === conid) {
        send(tickFrame(key, { fields: args['fields'], values, now }))
      }
      if (topic === 'bd' && conidOf(key) === conid) send(ladderFrame(key, { conid, ticks }))
    }
  }

  #find(topic: StreamTopic, session: BrokerageSession, now: number): boolean {
    const subscription = this.#all.get(topic)
    return subscription !== undefined && isAlive(subscription, session, now)
  }

  #subscribe({ topic, key, args }: TopicFrame, session: BrokerageSession, now: number): void {
    const { accountId, send } = this.#context
    const named = key.split('+')[0]
    if ((topic === 'sd' || topic === 'ld' || topic === 'bd') && named !== accountId) {
      send({ topic: 'error', error: 'account is not yours' })
      return
    }
    const refusal = this.#refusal(topic, key)
    if (refusal !== undefined) {
      send({ topic: 'error', error: refusal })
      return
    }
    const serverId = `${randomHex(4)}`
    const name = topic === 'mh' ? `mh+${serverId}` : nameOf(topic, key)
    const { id: sessionId } = session
    this.#all.set(name, { topic, key, args, sessionId, askedAtMs: now, serverId })
    const first = this.#firstFrame({ topic, key, args, serverId }, session, now)
    if (first) send(first)
  }

  /** Why the broker has no room for one more; `undefined` when it has. */
  #refusal(topic: StreamTopic, key: string): string | undefined {
    const count = (...topics: readonly StreamTopic[]) =>
      [...this.#all.values()].filter((one) => topics.includes(one.topic)).length
    if (topic === 'mh' && count('mh') >= HISTORIES_LIMIT)
      return 'Max concurrent historical requests'
    const isMarketData = topic === 'md' || topic === 'bd'
    if (
      isMarketData &&
      !this.#all.has(nameOf(topic, key)) &&
      count('md', 'bd') >= MARKET_DATA_LINES
    ) {
      return 'Max market data lines'
    }
    return undefined
  }

  /** The first frame of a topic: its data, or what there is so far. */
  #firstFrame(
    { topic, key, args, serverId }: Pick<Subscription, 'topic' | 'key' | 'args' | 'serverId'>,
    session: BrokerageSession,
    now: number,
  ): Readonly<Record<string, unknown>> | undefined {
    const { accountId, ticks } = this.#context
    switch (topic) {
      case 'md':
        return marketDataFrame(key, { fields: args['fields'], ticks, now })
      case 'mh':
        return historyFrame(Number(key), serverId, args)
      case 'pl':
        return profitFrame(accountId)
      case 'sd':
        return summaryFrame(key, now)
      case 'ld':
        return ledgerFrame(key, now)
      case 'tr':
        return { topic: 'str', args: this.#tradesOf(args, now) }
      case 'or': {
        const history = speaksOfOrders(session) ? this.#ordersOf(args, now) : []
        return history.length > 0 ? { topic: 'sor', args: history } : undefined
      }
      default:
        // A price ladder is not confirmed: it speaks with the next tick.
        return undefined
    }
  }

  #ordersOf(args: Readonly<Record<string, unknown>>, now: number): readonly unknown[] {
    const days = daysOf(args)
    if (days === undefined) return []
    const { accountId, book } = this.#context
    return book.orders
      .filter((order) => order.accountId === accountId && order.changedAtMs > now - days * DAY_MS)
      .map(orderAnswer)
  }

  #tradesOf(args: Readonly<Record<string, unknown>>, now: number): readonly unknown[] {
    if (args['realtimeUpdatesOnly'] === true) return []
    const { accountId, book } = this.#context
    const sinceMs = now - (daysOf(args) ?? 1) * DAY_MS
    return book.trades
      .filter((trade) => trade.accountId === accountId && trade.atMs > sinceMs)
      .map(tradeAnswer)
  }

  #unsubscribe({ topic, key }: TopicFrame): void {
    const { send } = this.#context
    const removed = this.#all.delete(nameOf(topic, key))
    if (topic === 'mh' && removed) send({ message: `Unsubscribed ${key}` })
    if (topic === 'sd' || topic === 'ld' || topic === 'pl' || topic === 'tr') {
      send({ topic: `u${nameOf(topic, key)}`, result: removed ? 'unsubscribed' : 'not subscribed' })
    }
  }
}

function nameOf(topic: StreamTopic, key: string): string {
  return key === '' ? topic : `${topic}+${key}`
}

function conidOf(ladderKey: string): number {
  return Number(ladderKey.split('+')[1])
}

/** Accounts and orders have to be asked for first, and a filter silences what follows. */
function speaksOfOrders({ accountsAsked, ordersAsked, ordersSilenced }: BrokerageSession): boolean {
  return accountsAsked && ordersAsked && !ordersSilenced
}

function isAlive(
  { topic, sessionId, askedAtMs }: Subscription,
  session: BrokerageSession | undefined,
  now: number,
): boolean {
  if (session?.id !== sessionId) return false
  return topic !== 'md' || now - askedAtMs < MARKET_DATA_LIFE_MS
}

function daysOf(args: Readonly<Record<string, unknown>>): number | undefined {
  const days = args['days']
  return Number.isInteger(days) && Number(days) >= 1 && Number(days) <= 7 ? Number(days) : undefined
}
