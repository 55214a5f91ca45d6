/**
 * The state machine of the brokerage session: one per user name over all platforms, opened by
 * `ssodh/init`, taken over by whoever may compete, ended by `/logout`, six idle minutes or a day.
 */
import { BoundedMap } from '../bounded-map.ts'
import { randomHex } from '../crypto/bytes.ts'
import type { BrokerStates } from './broker-states.ts'
import type { SignIn } from './sign-in.ts'

export interface SessionStatus {
  readonly authenticated: boolean
  readonly established: boolean
  readonly competing: boolean
  readonly connected: boolean
  readonly message: string
  readonly MAC: string
  readonly hardware_info: string
  readonly serverInfo: { readonly serverName: string; readonly serverVersion: string }
  readonly fail: string
}

/** Who asks: of a sign-in this much matters here. */
export type Holder = Pick<SignIn, 'username' | 'holder'>

export interface BrokerageSession {
  /** The sign-in that holds it; {@link OTHER_PLATFORM} when it is none of this API. */
  readonly holder: string
  readonly openedAtMs: number
  readonly establishedAtMs: number
  /** 32 hexadecimal digits, as `/tickle` gives them. */
  readonly id: string
  /** The machine behind the load balancer that has it, where cookies say so. */
  readonly machine: string | undefined
  /** Kinds of order questions that are not asked in this session. */
  readonly suppressed: Set<string>
  lastSeenMs: number
  /** Whether `/iserver/accounts` and `/iserver/account/orders` were asked in this session. */
  accountsAsked: boolean
  ordersAsked: boolean
  /** Order events are held back since the orders were asked for with a filter. */
  ordersSilenced: boolean
}

export const IDLE_LIMIT_MS = 360_000
const LIFETIME_MS = 86_400_000
/** Stands for TWS, the phone or the portal. */
const OTHER_PLATFORM = 'another platform'
/** How many sign-ins have their session id remembered before they open a session. */
const ID_LIMIT = 10_000

export class BrokerageSessions {
  readonly #establishedAfterMs: number
  readonly #states: BrokerStates
  /** By user name. */
  readonly #sessions = new Map<string, BrokerageSession>()
  /** Ended without a successor, by user name: they can come back by themselves. */
  readonly #lost = new Map<string, BrokerageSession>()
  /** What `/tickle` gives to a sign-in that holds no brokerage session. */
  readonly #readOnlyIds = new BoundedMap<string>(ID_LIMIT)

  constructor({
    establishedAfterMs,
    states,
  }: {
    readonly establishedAfterMs: number
    readonly states: BrokerStates
  }) {
    this.#establishedAfterMs = establishedAfterMs
    this.#states = states
  }

  /** Opens or takes over the session; leaves another holder alone unless it may compete. */
  open(
    signIn: Holder,
    now: number,
    { compete, machine }: { readonly compete: boolean; readonly machine?: string | undefined },
  ): void {
    const session = this.#current(signIn, now)
    if (session && session.holder !== signIn.holder && !compete) return
    if (session?.holder === signIn.holder && session.machine === machine) {
      // An init keeps what is open, but for the suppressions: they have to be sent after each.
      session.suppressed.clear()
      return
    }
    this.#begin(signIn, now, machine)
  }

  /** Another platform takes the session, whoever holds it. */
  takeOver(username: string, now: number): void {
    this.#begin({ username, holder: OTHER_PLATFORM }, now, undefined)
  }

  /** The other platform goes away. */
  leave(username: string): void {
    if (this.#sessions.get(username)?.holder === OTHER_PLATFORM) this.#sessions.delete(username)
  }

  /** Ends the session of whoever holds it, as the broker does by itself. */
  lose(username: string): void {
    const session = this.#sessions.get(username)
    if (!session || session.holder === OTHER_PLATFORM) return
    this.#sessions.delete(username)
    this.#lost.set(username, session)
  }

  /** Gives a lost session back to its holder. */
  restore(username: string, now: number): void {
    const session = this.#lost.get(username)
    if (!session || this.#sessions.has(username)) return
    this.#lost.delete(username)
    session.lastSeenMs = now
    this.#sessions.set(username, session)
  }

  /** The session of this sign-in when it is ready; asking for it keeps it alive. */
  bridge(signIn: Holder, now: number, machine?: string): BrokerageSession | undefined {
    const session = this.#held(signIn, now)
    if (!session || session.machine !== machine) return undefined
    return this.#isEstablished(signIn, session, now) ? session : undefined
  }

  /** The same for a socket, which keeps nothing alive. */
  peek(signIn: Holder, now: number): BrokerageSession | undefined {
    const session = this.#alive(signIn.username, now)
    if (session?.holder !== signIn.holder) return undefined
    return this.#isEstablished(signIn, session, now) ? session : undefined
  }

  /** What `/tickle` names the session by: another after each opening and each logout. */
  idOf(signIn: Holder, now: number): string {
    const session = this.#alive(signIn.username, now)
    if (session?.holder === signIn.holder) return session.id
    const id = this.#readOnlyIds.get(signIn.holder) ?? randomHex(16)
    this.#readOnlyIds.set(signIn.holder, id)
    return id
  }

  /** Ends the session of the user name, if this API holds it: for every process that shares it. */
  close(signIn: Holder): void {
    this.#readOnlyIds.delete(signIn.holder)
    this.#lost.delete(signIn.username)
    const session = this.#sessions.get(signIn.username)
    if (session?.holder === signIn.holder) this.#sessions.delete(signIn.username)
  }

  status(signIn: Holder, now: number): SessionStatus {
    const session = this.#current(signIn, now)
    return this.#statusOf(signIn, session, now)
  }

  /** The status as a socket tells it, without keeping the session alive. */
  peekStatus(signIn: Holder, now: number): SessionStatus {
    return this.#statusOf(signIn, this.#alive(signIn.username, now), now)
  }

  /** What `ssodh/init` answers, with status 200, when it does not do what was asked. */
  failure(signIn: Holder, now: number, fail: string): SessionStatus {
    return { ...UNCONNECTED, competing: this.status(signIn, now).competing, fail }
  }

  #statusOf(signIn: Holder, session: BrokerageSession | undefined, now: number): SessionStatus {
    const failing = this.#states.find('fail', signIn.username, now)
    const holds = session?.holder === signIn.holder
    const other = session !== undefined && !holds
    const flag = this.#states.find('competing', signIn.username, now) !== undefined
    if (failing) return { ...UNCONNECTED, competing: other, fail: failing.text }
    return {
      ...UNCONNECTED,
      authenticated: holds,
      established: holds && this.#isEstablished(signIn, session, now),
      competing: other || (holds && flag),
      connected: session !== undefined,
    }
  }

  #begin({ username, holder }: Holder, now: number, machine: string | undefined): void {
    this.#lost.delete(username)
    this.#sessions.set(username, {
      holder,
      openedAtMs: now,
      establishedAtMs: now + this.#establishedAfterMs,
      id: randomHex(16),
      machine,
      suppressed: new Set(),
      lastSeenMs: now,
      accountsAsked: false,
      ordersAsked: false,
      ordersSilenced: false,
    })
  }

  #isEstablished({ username }: Holder, session: BrokerageSession, now: number): boolean {
    if (this.#states.find('not-established', username, now)) return false
    return now >= session.establishedAtMs
  }

  #held(signIn: Holder, now: number): BrokerageSession | undefined {
    const session = this.#current(signIn, now)
    return session?.holder === signIn.holder ? session : undefined
  }

  /** The user's session if it has not run out; any request of its holder keeps it alive. */
  #current(signIn: Holder, now: number): BrokerageSession | undefined {
    const session = this.#alive(signIn.username, now)
    if (session?.holder === signIn.holder) session.lastSeenMs = now
    return session
  }

  #alive(username: string, now: number): BrokerageSession | undefined {
    const session = this.#sessions.get(username)
    if (!session || session.holder === OTHER_PLATFORM) return session
    const over =
      now - session.lastSeenMs > IDLE_LIMIT_MS ||
      now - session.openedAtMs > LIFETIME_MS ||
      this.#states.endedSession(username, session.openedAtMs, now)
    if (!over) return session
    this.#sessions.delete(username)
    return undefined
  }
}

const UNCONNECTED: SessionStatus = {
  authenticated: false,
  established: false,
  competing: false,
  connected: false,
  message: '',
  MAC: '02:00:00:00:00:00',
  hardware_info: 'SANDBOX|02:00:00:00:00:00',
  serverInfo: { serverName: 'SANDBOX', serverVersion: 'isoauth sandbox' },
  fail: '',
}
