/** All sockets of a sandbox: what is due on them, what befalls them, what they are told. */
import type { BrokerStates } from '../ibkr-api/broker-states.ts'
import type { BrokerageSessions } from '../ibkr-api/brokerage-session.ts'
import type { OrderBook, SandboxOrder, SandboxTrade } from '../ibkr-orders/order-book.ts'
import { StreamLine, type StreamPeer } from './stream-line.ts'
import type { StreamLogin } from './stream-login.ts'
import type { SocketRecord } from './stream-record.ts'

/** How long the timer waits at most: a clock moved by hand is looked at this often. */
const LOOK_MS = 1000
/** How many sockets are remembered. */
const RECORDS_KEPT = 1000

export class StreamHub {
  readonly records: SocketRecord[] = []
  readonly #now: () => number
  readonly #states: BrokerStates
  readonly #sessions: BrokerageSessions
  readonly #book: OrderBook
  readonly #ticks = new Map<number, Readonly<Record<string, string>>>()
  readonly #lines = new Set<StreamLine>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #opened = 0
  #stalledUntilMs = { heartbeat: 0, everything: 0 }
  /** Until when no socket is let in, for a user name or (`undefined`) for all. */
  #cuts: { readonly username: string | undefined; readonly untilMs: number }[] = []

  constructor({
    now,
    states,
    sessions,
    book,
  }: {
    readonly now: () => number
    readonly states: BrokerStates
    readonly sessions: BrokerageSessions
    readonly book: OrderBook
  }) {
    this.#now = now
    this.#states = states
    this.#sessions = sessions
    this.#book = book
  }

  /** Takes a line on; the caller tells it what comes, and when it ends. */
  open(peer: StreamPeer, { signIn, cookie, hadCookie, userAgent }: StreamLogin): StreamLine {
    this.#opened++
    const record: SocketRecord = {
      id: this.#opened,
      username: signIn.username,
      openedAtMs: this.#now(),
      closedAtMs: null,
      closeCode: null,
      login: null,
      hadCookie,
      userAgent,
      subscriptions: [],
      frames: [],
      heartbeats: 0,
    }
    this.records.push(record)
    if (this.records.length > RECORDS_KEPT) this.records.shift()
    const line = new StreamLine(
      peer,
      {
        now: this.#now,
        sessions: this.#sessions,
        book: this.#book,
        ticks: this.#ticks,
        stalled: (now) => this.#stalled(now),
        isDown: (username, now) => this.#states.find('maintenance', username, now) !== undefined,
      },
      { signIn, record },
    )
    this.#lines.add(line)
    line.start(cookie)
    this.#plan()
    return line
  }

  /** A line's connection is over, whoever ended it. */
  ended(line: StreamLine, code: number): void {
    line.ended(code)
    this.run()
  }

  /** What is due by the sandbox's clock, at once. */
  run(): void {
    const now = this.#now()
    for (const line of this.#lines) {
      line.run(now)
      if (!line.isOpen) this.#lines.delete(line)
    }
    this.#plan()
  }

  /** The records, each with what it is subscribed to now. */
  look(): readonly SocketRecord[] {
    const now = this.#now()
    for (const line of this.#lines) {
      if (line.isOpen) line.record.subscriptions = line.subscriptions(now)
    }
    return this.records
  }

  order(order: SandboxOrder): void {
    for (const line of this.#lines) {
      line.publish((subscriptions, session, now) => subscriptions.order(order, session, now))
    }
  }

  trade(trade: SandboxTrade): void {
    for (const line of this.#lines) {
      line.publish((subscriptions, session, now) => subscriptions.trade(trade, session, now))
    }
  }

  tick(conid: number, values: Readonly<Record<string, string>>): void {
    this.#ticks.set(conid, { ...this.#ticks.get(conid), ...values })
    for (const line of this.#lines) {
      line.publish((subscriptions, session, now) =>
        subscriptions.tick({ conid, values }, session, now),
      )
    }
  }

  text(text: string): void {
    for (const line of this.#lines) line.sendText(text)
  }

  /** Cuts the lines of a user name, or all, and lets none in for a while. */
  cut(username: string | undefined, forMs: number): void {
    if (forMs > 0) this.#cuts.push({ username, untilMs: this.#now() + forMs })
    for (const line of this.#of(username)) line.terminate()
    this.run()
  }

  /** True while sockets of this user name are not let in. */
  refuses(username: string, now: number): boolean {
    this.#cuts = this.#cuts.filter(({ untilMs }) => untilMs > now)
    return this.#cuts.some((cut) => cut.username === undefined || cut.username === username)
  }

  stall(what: 'heartbeat' | 'everything', untilMs: number): void {
    this.#stalledUntilMs[what] = untilMs
  }

  unstall(): void {
    this.#stalledUntilMs = { heartbeat: 0, everything: 0 }
  }

  /** Takes stalls and refusals back. */
  clear(): void {
    this.unstall()
    this.#cuts = []
  }

  /** Closes the lines, as a server that goes down does. */
  close(code: number, reason: string): void {
    for (const line of this.#lines) line.close(code, reason)
    this.run()
  }

  overlookLoss(username: string): void {
    for (const line of this.#of(username)) line.overlookLoss()
  }

  #of(username: string | undefined): StreamLine[] {
    return [...this.#lines].filter(
      ({ signIn }) => username === undefined || signIn.username === username,
    )
  }

  #stalled(now: number): 'heartbeat' | 'everything' | undefined {
    if (now < this.#stalledUntilMs.everything) return 'everything'
    return now < this.#stalledUntilMs.heartbeat ? 'heartbeat' : undefined
  }

  /** One timer while there are lines; it keeps no process running. */
  #plan(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lines.size === 0) return
    const dueAtMs = Math.min(...[...this.#lines].map((line) => line.dueAtMs()))
    const waitMs = Math.min(Math.max(dueAtMs - this.#now(), 0), LOOK_MS)
    this.#timer = setTimeout(() => this.run(), waitMs)
    const timer = this.#timer as unknown as { unref?: () => void }
    timer.unref?.()
  }
}
