/**
 * The broker's end of one WebSocket, whatever carries it: login, heartbeats of both sides, and the
 * end of it.
 */
import type { BrokerageSession, BrokerageSessions } from '../ibkr-api/brokerage-session.ts'
import type { OrderBook } from '../ibkr-orders/order-book.ts'
import type { Ticks } from './stream-data.ts'
import { readSessionFrame, readTopicFrame } from './stream-frame.ts'
import type { SocketSignIn } from './stream-login.ts'
import { noteFrame, type SocketRecord } from './stream-record.ts'
import { StreamSubscriptions } from './stream-subscriptions.ts'

/** What carries the frames. */
export interface StreamPeer {
  send(text: string): void
  /** Closing handshake with a status code (RFC 6455 section 7.4). */
  close(code: number, reason: string): void
  /** Cuts the connection: the client sees 1006. */
  terminate(): void
}

/** What all lines of a sandbox share. */
export interface StreamContext {
  readonly now: () => number
  readonly sessions: BrokerageSessions
  readonly book: OrderBook
  readonly ticks: Ticks
  /** What is held back at this time. */
  readonly stalled: (now: number) => 'heartbeat' | 'everything' | undefined
  /** True while the API is down for this user name. */
  readonly isDown: (username: string, now: number) => boolean
}

const HEARTBEAT_MS = 10_000
/** How long after opening, and after a `tic`, the next one may take, in milliseconds. */
const FIRST_TIC_MS = 15_000
const NEXT_TIC_MS = 75_000
/** The longest frame of a client, in characters. */
const FRAME_LIMIT = 65_536

export class StreamLine {
  readonly signIn: SocketSignIn
  readonly record: SocketRecord
  readonly #peer: StreamPeer
  readonly #context: StreamContext
  readonly #subscriptions: StreamSubscriptions
  #isOpen = true
  #isLoggedIn = false
  /** Whether the client was last told, or may believe, that it is authenticated. */
  #wasAuthenticated = false
  #heartbeatDueMs = 0
  #ticDueMs: number

  constructor(
    peer: StreamPeer,
    context: StreamContext,
    { signIn, record }: { readonly signIn: SocketSignIn; readonly record: SocketRecord },
  ) {
    this.signIn = signIn
    this.record = record
    this.#peer = peer
    this.#context = context
    const { book, ticks } = context
    this.#subscriptions = new StreamSubscriptions({
      accountId: signIn.accountId,
      book,
      ticks,
      send: (frame) => this.#send(frame),
    })
    this.#ticDueMs = context.now() + FIRST_TIC_MS
  }

  /** Begins to speak; `cookie` is the session id that came with the upgrade. */
  start(cookie: string | undefined): void {
    if (!this.#logIn(cookie, 'cookie')) this.#send({ message: 'waiting for session' })
  }

  receive(text: string): void {
    const now = this.#context.now()
    this.run(now)
    if (!this.#isOpen) return
    noteFrame(this.record, now, text)
    if (text.length > FRAME_LIMIT) this.close(1009, 'message too big')
    else if (text === 'tic') this.#ticDueMs = now + NEXT_TIC_MS
    else if (this.#isLoggedIn) this.#receiveTopic(text, now)
    else this.#receiveSession(text)
  }

  /** Does what is due: heartbeats, news of a lost session, and the ends of the line. */
  run(now: number): void {
    if (!this.#isOpen) return
    if (this.#context.isDown(this.signIn.username, now)) {
      this.close(1012, 'maintenance')
      return
    }
    if (!this.signIn.isAlive(now)) {
      if (this.#wasAuthenticated) this.#tell({ authenticated: false })
      this.close(1008, 'session expired')
      return
    }
    if (now >= this.#ticDueMs) {
      this.close(1000, 'no heartbeat')
      return
    }
    if (!this.#isLoggedIn) return
    this.#tellLoss(now)
    if (now < this.#heartbeatDueMs) return
    this.#heartbeatDueMs = now + HEARTBEAT_MS
    if (this.#context.stalled(now) === undefined) this.#send({ topic: 'system', hb: now })
  }

  /** When {@link run} has something to do next. */
  dueAtMs(): number {
    return this.#isLoggedIn ? Math.min(this.#ticDueMs, this.#heartbeatDueMs) : this.#ticDueMs
  }

  /** Passes a change on, where the brokerage session is this line's. */
  publish(
    news: (subscriptions: StreamSubscriptions, session: BrokerageSession, now: number) => void,
  ): void {
    const now = this.#context.now()
    this.run(now)
    const session = this.#context.sessions.peek(this.signIn, now)
    if (this.#isOpen && this.#isLoggedIn && session) news(this.#subscriptions, session, now)
  }

  /** A loss that nobody is told of. */
  overlookLoss(): void {
    this.#wasAuthenticated = false
  }

  /** Any text, as it stands. */
  sendText(text: string): void {
    if (this.#context.stalled(this.#context.now()) !== 'everything') this.#peer.send(text)
  }

  subscriptions(now: number): string[] {
    return this.#subscriptions.list(this.#context.sessions.peek(this.signIn, now), now)
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return
    this.ended(code)
    this.#peer.close(code, reason)
  }

  terminate(): void {
    if (!this.#isOpen) return
    this.ended(1006)
    this.#peer.terminate()
  }

  /** The connection is over, whoever ended it. */
  ended(code: number): void {
    if (!this.#isOpen) return
    const now = this.#context.now()
    this.record.subscriptions = this.subscriptions(now)
    this.#isOpen = false
    this.record.closedAtMs = now
    this.record.closeCode = code
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  #receiveSession(text: string): void {
    const session = readSessionFrame(text)
    if (this.#logIn(session, 'first-frame')) return
    if (session !== undefined) this.#send({ message: 'waiting for session' })
    else this.#send({ topic: 'error', error: 'not logged in' })
  }

  #receiveTopic(text: string, now: number): void {
    const frame = readTopicFrame(text)
    const session = this.#context.sessions.peek(this.signIn, now)
    if (!frame) this.#send({ topic: 'error', error: 'Topic unknown' })
    else if (!session) this.#send({ topic: 'error', error: 'not authenticated' })
    else this.#subscriptions.handle(frame, session, now)
  }

  #logIn(session: string | undefined, way: 'cookie' | 'first-frame'): boolean {
    const { sessions } = this.#context
    const now = this.#context.now()
    if (session === undefined || session !== sessions.idOf(this.signIn, now)) return false
    this.#isLoggedIn = true
    this.#heartbeatDueMs = now + HEARTBEAT_MS
    this.record.login = way
    const { username, accountId } = this.signIn
    this.#send({ topic: 'system', success: username, isFT: false, isPaper: true })
    const { authenticated, competing, connected, message, fail } = sessions.peekStatus(
      this.signIn,
      now,
    )
    this.#wasAuthenticated = authenticated
    for (const piece of [{ authenticated }, { competing }, { connected }, { message }, { fail }]) {
      this.#tell(piece)
    }
    this.#send({
      topic: 'act',
      args: {
        accounts: [accountId],
        selectedAccount: accountId,
        aliases: { [accountId]: accountId },
        isPaper: true,
        isFT: false,
      },
    })
    return true
  }

  /** A loss is announced; that the session is back is not. */
  #tellLoss(now: number): void {
    const { authenticated, competing } = this.#context.sessions.peekStatus(this.signIn, now)
    if (this.#wasAuthenticated && !authenticated) {
      this.#tell({ authenticated: false })
      if (competing) this.#tell({ competing: true })
    }
    this.#wasAuthenticated = authenticated
  }

  #tell(piece: Readonly<Record<string, unknown>>): void {
    this.#send({ topic: 'sts', args: piece })
  }

  #send(frame: Readonly<Record<string, unknown>>): void {
    this.sendText(JSON.stringify(frame))
  }
}
