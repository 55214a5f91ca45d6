/**
 * Many members on one fake clock: real sessions, each making its steps when they are due, over a broker and a store in
 * memory that count what they are asked. A step takes no time, so what locks and networks add is not in the figures.
 */
import { type BrokerageSession, createBrokerageSession } from '@isoauth/ibkr-session'
import { makeBroker, NOW_MS } from '../../packages/ibkr-session/test/support.ts'
import { makeLock, memoryStore } from '../support/index.ts'
import { makeQueue } from './time-queue.ts'

export const MINUTE_MS = 60_000
const INIT = '/iserver/auth/ssodh/init'
const TICKLE = '/tickle'

/** What was counted from one reading to the next. */
export interface Counted {
  readonly minutes: number
  readonly openings: number
  readonly ticklesPerMinute: number
  /** The most tickles within one second. */
  readonly busiestSecond: number
  readonly readsPerMinute: number
  readonly writesPerMinute: number
}

export interface Simulation {
  /** How many members keep the session, of those that live. */
  keepers(): number
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  /** Ends the keeper without a word; gives the milliseconds until another keeps. */
  killKeeper(limitMs: number): Promise<number>
  /** Lets time pass until somebody keeps; gives the milliseconds. */
  untilKept(limitMs: number): Promise<number>
  /** What the broker says. */
  isOpenAtBroker(): boolean
  /** Ends the keeper without a word, and nothing more. */
  loseKeeper(): void
  /** Whether the store and the lock answer. */
  setStore(isUp: boolean): void
  /** What was counted since the last reading. */
  read(): Counted
  close(): Promise<void>
}

/** Makes a fleet whose clocks are off by up to `clockSpreadMs` either way, and opens all its sessions. */
export async function simulate(about: {
  readonly size: number
  readonly clockSpreadMs?: number
}): Promise<Simulation> {
  const { size, clockSpreadMs = 0 } = about
  const time = { now: NOW_MS }
  const broker = makeBroker(time)
  const memory = memoryStore()
  const lockInMemory = makeLock()
  const counts = { reads: 0, writes: 0 }
  let isUp = true
  const down = new Error('the store is down')
  const refuseDown = () => {
    if (!isUp) throw down
  }
  const sharing = {
    store: {
      getItem(key: string) {
        counts.reads++
        refuseDown()
        return memory.getItem(key)
      },
      setItem(key: string, value: string, options: { ttl: number }) {
        counts.writes++
        refuseDown()
        return memory.setItem(key, value, options)
      },
      removeItem: memory.removeItem,
    },
    lock: (async (name, work, options) => {
      refuseDown()
      return await lockInMemory(name, work, options)
    }) as typeof lockInMemory,
    storeKey: 'unsealed',
    sharedAs: 'exampleuser1',
    fleetSize: size,
  } as const
  const random = seeded(7)
  const members = new Set<BrokerageSession>()
  const queue = makeQueue<BrokerageSession>()
  const aheads = new WeakMap<BrokerageSession, number>()
  for (let i = 0; i < size; i++) {
    const aheadMs = Math.round((random() * 2 - 1) * clockSpreadMs)
    const session = createBrokerageSession({
      connection: broker.connection as never,
      now: () => time.now + aheadMs,
      ...sharing,
    })
    aheads.set(session, aheadMs)
    members.add(session)
    // Machines do not start in the same moment.
    queue.add(time.now + Math.round(random() * 5000), session)
  }
  for (const session of members) await session.open({ compete: true })

  async function stepNext(): Promise<void> {
    const [atMs, session] = queue.take()
    time.now = Math.max(time.now, atMs)
    if (!members.has(session)) return
    const { nextStepAtMs } = await session.step()
    const nextMs = (nextStepAtMs ?? Number.POSITIVE_INFINITY) - (aheads.get(session) ?? 0)
    queue.add(Math.max(nextMs, time.now + 250), session)
  }

  const keepersNow = () => [...members].filter((session) => session.health().isKeeper)
  function loseKeeper(): void {
    const [keeper] = keepersNow() as [BrokerageSession]
    members.delete(keeper)
  }
  let last = { atMs: time.now, calls: 0, reads: 0, writes: 0 }

  const simulation: Simulation = {
    keepers: () => keepersNow().length,
    async pass(ms) {
      const endMs = time.now + ms
      while (queue.nextMs() <= endMs) await stepNext()
      time.now = endMs
    },
    async killKeeper(limitMs) {
      loseKeeper()
      return await simulation.untilKept(limitMs)
    },
    async untilKept(limitMs) {
      const beginMs = time.now
      while (keepersNow().length === 0 && time.now - beginMs < limitMs) {
        await simulation.pass(500)
      }
      return time.now - beginMs
    },
    isOpenAtBroker: () => broker.isOpen,
    loseKeeper,
    setStore(next) {
      isUp = next
    },
    read() {
      const minutes = Math.max((time.now - last.atMs) / MINUTE_MS, 1 / MINUTE_MS)
      const calls = broker.calls.slice(last.calls)
      const tickles = calls.filter(({ path }) => path === TICKLE)
      const counted = {
        minutes,
        openings: calls.filter(({ path }) => path === INIT).length,
        ticklesPerMinute: tickles.length / minutes,
        busiestSecond: busiest(tickles.map(({ atMs }) => atMs)),
        readsPerMinute: (counts.reads - last.reads) / minutes,
        writesPerMinute: (counts.writes - last.writes) / minutes,
      }
      last = { atMs: time.now, calls: broker.calls.length, ...counts }
      return counted
    },
    async close() {
      for (const session of members) await session.close()
    },
  }
  return simulation
}

/** The most of the times within one second of the clock. */
function busiest(times: readonly number[]): number {
  const perSecond = new Map<number, number>()
  for (const atMs of times) {
    const second = Math.floor(atMs / 1000)
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
  }
  return Math.max(0, ...perSecond.values())
}

/** Numbers from 0 to 1, the same ones in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 0x80000000
  }
}
