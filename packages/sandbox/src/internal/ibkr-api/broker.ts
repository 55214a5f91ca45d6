/** The broker's side of `/v1/api`: sessions, orders and sockets, and what happens to them. */
import type { Call } from '../call.ts'
import type { SandboxCounts } from '../counts.ts'
import { optionError } from '../errors.ts'
import { OrderBook, type OrderChange } from '../ibkr-orders/order-book.ts'
import { OrderQuestions } from '../ibkr-orders/order-questions.ts'
import { StreamHub } from '../ibkr-stream/stream-hub.ts'
import { type BrokerEvent, checkBrokerEvent } from './broker-events.ts'
import { BrokerStates } from './broker-states.ts'
import { BrokerageSessions } from './brokerage-session.ts'
import { Pacing } from './pacing.ts'
import { BASE_PATH, FIRST_USER, type SandboxUser } from './sign-in.ts'

/** What is done once the questions about it are answered. */
export interface AskedOrders {
  readonly accountId: string
  readonly orders: readonly OrderChange[]
  /** The order that is changed; `undefined` for new ones. */
  readonly changes: number | undefined
}

export interface BrokerOptions {
  readonly now: () => number
  readonly counts: SandboxCounts
  readonly establishedAfterMs: number
  readonly orderQuestions: readonly string[]
  /** Limit for a user name; `undefined` where nothing is paced. */
  readonly pacing: number | undefined
  /** Whom an access token or a bearer is for; `undefined` for what is none. */
  readonly usernameOf: (token: string) => string | undefined
  /** Whom events can happen to; who signs in is added. */
  readonly people: readonly SandboxUser[]
}

export class Broker {
  readonly states: BrokerStates
  readonly sessions: BrokerageSessions
  readonly book: OrderBook
  readonly questions: OrderQuestions<AskedOrders>
  readonly stream: StreamHub
  readonly counts: SandboxCounts
  readonly #now: () => number
  readonly #usernames: Set<string>
  readonly #accountIds: ReadonlySet<string>
  readonly #usernameOf: BrokerOptions['usernameOf']
  readonly #pacing: Pacing | undefined

  constructor(options: BrokerOptions) {
    const { now, counts, establishedAfterMs, orderQuestions, people, pacing } = options
    this.#pacing = pacing === undefined ? undefined : new Pacing(pacing)
    this.#now = now
    this.#usernameOf = options.usernameOf
    this.counts = counts
    this.#usernames = new Set(people.map(({ username }) => username))
    this.#accountIds = new Set(people.map(({ accountId }) => accountId))
    this.states = new BrokerStates()
    this.sessions = new BrokerageSessions({ establishedAfterMs, states: this.states })
    this.book = new OrderBook({
      order: (order) => this.stream.order(order),
      trade: (trade) => this.stream.trade(trade),
    })
    this.questions = new OrderQuestions(orderQuestions)
    const { states, sessions, book } = this
    this.stream = new StreamHub({ now, states, sessions, book })
  }

  /** Somebody signed in: from now on events that name nobody happen to them too. */
  meet(username: string): void {
    this.#usernames.add(username)
  }

  /** Lets a request for `/v1/api` pass, or says which limit it breaks; gives what ends it. */
  pace(call: Pick<Call, 'request' | 'path' | 'query' | 'address' | 'now'>): string | (() => void) {
    if (!this.#pacing) return () => {}
    const header = call.request.headers.get('authorization') ?? ''
    const holder = /oauth_token[ \t]*=[ \t]*"([^"]*)"|^bearer\s+(\S+)/i.exec(header)
    const query = new URLSearchParams(call.query)
    const given =
      holder?.[1] ?? holder?.[2] ?? query.get('oauth_token') ?? query.get('sessionToken') ?? ''
    return this.#pacing.enter({
      method: call.request.method,
      path: call.path.slice(BASE_PATH.length),
      user: this.#usernameOf(given) ?? given,
      address: call.address ?? 'in process',
      now: call.now,
    })
  }

  /** Plays one event, or throws and does nothing. */
  play(event: BrokerEvent): void {
    this.playAll([event])
  }

  /** Plays all of them, or throws and plays none that is malformed. */
  playAll(events: readonly BrokerEvent[]): void {
    for (const event of events) checkBrokerEvent(event, this.#now())
    this.begin(events)
  }

  /** Plays what stood in the options, where it was checked: what of it has passed since is no mistake. */
  begin(events: readonly BrokerEvent[]): void {
    for (const event of events) this.#checkWhom(event)
    for (const event of events) {
      this.#play(event, this.#now())
      this.run()
    }
  }

  /** An event for somebody who is not there would happen to nobody. */
  #checkWhom(event: BrokerEvent): void {
    const { username, accountId } = event as {
      readonly username?: string
      readonly accountId?: string
    }
    for (const [option, value, known] of [
      ['username', username, this.#usernames],
      ['accountId', accountId, this.#accountIds],
    ] as const) {
      if (value === undefined || known.has(value)) continue
      throw optionError(option, `${[...known].join(' or ')}, as the option users has them`)
    }
  }

  /** Does at once what is due by the sandbox's clock. */
  run(): void {
    this.stream.run()
  }

  /** Takes back states, planned questions, stalls and refusals of sockets. */
  clear(): void {
    this.states.clear()
    this.questions.clear()
    this.stream.clear()
  }

  #play(event: BrokerEvent, now: number): void {
    switch (event.kind) {
      case 'state': {
        const { state, fromMs = now, untilMs = Number.POSITIVE_INFINITY, username } = event
        this.states.add({ state, fromMs, untilMs, username, text: event.text ?? 'SANDBOX' })
        break
      }
      case 'order':
        this.#changeOrder(event, now)
        break
      case 'market-data':
        this.stream.tick(event.conid, event.fields)
        break
      case 'cut':
        this.stream.cut(event.username, event.forMs ?? 0)
        break
      case 'stall':
        this.stream.stall(event.what, now + (event.forMs ?? Number.POSITIVE_INFINITY))
        break
      case 'unstall':
        this.stream.unstall()
        break
      case 'frame':
        this.stream.text(event.text)
        break
      case 'question':
        this.questions.plan(event.messageIds, event.times ?? 1)
        break
      default:
        for (const username of event.username === undefined ? this.#usernames : [event.username]) {
          this.#changeSession(event, username, now)
        }
    }
  }

  #changeSession(
    event: Extract<BrokerEvent, { kind: 'take-over' | 'leave' | 'lose' | 'restore' }>,
    username: string,
    now: number,
  ): void {
    switch (event.kind) {
      case 'take-over':
        this.sessions.takeOver(username, now)
        break
      case 'leave':
        this.sessions.leave(username)
        break
      case 'restore':
        this.sessions.restore(username, now)
        break
      default:
        if (event.announce === false) this.stream.overlookLoss(username)
        this.sessions.lose(username)
        break
    }
  }

  #changeOrder(event: Extract<BrokerEvent, { kind: 'order' }>, now: number): void {
    const { kind: _kind, orderId, accountId = FIRST_USER.accountId, ...given } = event
    const change = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as OrderChange
    if (orderId === undefined) {
      this.book.place(accountId, change, now)
      return
    }
    const order = this.book.find(orderId)
    if (!order) throw optionError('orderId', 'the number of an order in the book')
    this.book.change(order, change, now)
  }
}
