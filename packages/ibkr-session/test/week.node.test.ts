/** A week on a fake clock: what happens to a session, how soon it is back, and how many requests that costs. In Node alone, for its fake timers. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { setUpByTimers, timersTime } from './fake-clock.ts'
import {
  json,
  makeBroker,
  makeLock,
  memoryStore,
  NOW_MS,
  type Responder,
  setUp,
} from './support.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS })
  // The jitter too is the same in every run.
  vi.spyOn(Math, 'random').mockImplementation(seeded(7))
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Numbers from 0 to 1, the same ones in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 0x80000000
  }
}

/** A session whose clock is that of the timers. */
async function start(compete: boolean) {
  const random = seeded(12_345)
  const isLost = () => random() < 0.01
  let respond: Responder = () => undefined
  const setup = setUpByTimers()
  const { broker } = setup
  const opening = setup.session.open({ compete })
  await vi.advanceTimersByTimeAsync(10_000)
  await opening
  broker.answering((call) => (isLost() ? 'lost' : respond(call)))
  setup.session.keepAlive()
  return {
    ...setup,
    answer: (next: Responder) => {
      respond = next
    },
  }
}

/** Runs the timers until the session works again; gives how long that took, in milliseconds. */
async function untilBack(
  { session, broker }: Awaited<ReturnType<typeof start>>,
  limitMs: number,
): Promise<number> {
  const beginMs = Date.now()
  while (!(session.health().state === 'open' && broker.isOpen)) {
    if (Date.now() - beginMs > limitMs) throw new Error(`not back within ${limitMs} ms`)
    await vi.advanceTimersByTimeAsync(1000)
  }
  return Date.now() - beginMs
}

/**
 * How soon it is back after each kind of end: by the table of the README the longest wait before an attempt, a tenth
 * longer by jitter, and ten seconds for a lost request and the opening itself.
 */
const BACK_MS = {
  // The loss is seen within a minute. Of the waits that double, 5 + 10 + … + 320 s, all but the last are over within the ten.
  reset: MINUTE_MS + 1.1 * 635_000 - 10 * MINUTE_MS + 10_000,
  // A tickle, or a question whether the other platform is still there, each minute.
  takeover: 1.1 * MINUTE_MS + 10_000,
  token: 15_000,
  // By then the waits have come to their limit of ten minutes.
  maintenance: 1.1 * 10 * MINUTE_MS + 10_000,
  clock: 1.1 * MINUTE_MS + 10_000,
} as const

it.each([false, true])(
  'a week with compete %s: back within the time stated, each time',
  async (compete) => {
    const rejections: unknown[] = []
    const onRejection = (error: unknown) => void rejections.push(error)
    process.on('unhandledRejection', onRejection)
    const week = await start(compete)
    const { session, broker, answer, events } = week
    const longest = new Map<keyof typeof BACK_MS, number>()
    const back = async (kind: keyof typeof BACK_MS) => {
      const tookMs = await untilBack(week, BACK_MS[kind])
      longest.set(kind, Math.max(tookMs, longest.get(kind) ?? 0))
    }

    /** The nightly reset: ten minutes of 503 below /iserver, and the session is gone afterwards. */
    const reset = async () => {
      broker.isOpen = false
      answer(({ path }) => (path.startsWith('/iserver/') ? json(503, {}) : undefined))
      await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
      expect(session.health().state).toBe('lost')
      answer(() => undefined)
      await back('reset')
    }
    /** Another platform takes it; without `compete` it has it for half an hour. */
    const takeOver = async () => {
      broker.isOpen = false
      broker.isTaken = true
      if (!compete) {
        await vi.advanceTimersByTimeAsync(30 * MINUTE_MS)
        expect(broker.isTaken).toBe(true)
        broker.isTaken = false
      }
      await back('takeover')
      expect(broker.isTaken).toBe(false)
    }
    /** The token has ended and is renewed, and the session with it is another one. */
    const renew = async () => {
      broker.isOpen = false
      broker.renew()
      await back('token')
    }

    for (let day = 0; day < 7; day++) {
      const beganAtMs = Date.now()
      const isWeekday = day < 5
      await vi.advanceTimersByTimeAsync(HOUR_MS)
      if (isWeekday) await reset()
      await vi.advanceTimersByTimeAsync(3 * HOUR_MS)
      await renew()
      await vi.advanceTimersByTimeAsync(4 * HOUR_MS)
      if (day >= 1 && day <= 3) await takeOver()
      if (day === 4) {
        // The broker's clock is the same one here: for it nobody has called for an hour.
        vi.setSystemTime(Date.now() + HOUR_MS)
        broker.isOpen = false
        await back('clock')
      }
      if (day === 5) {
        broker.isOpen = false
        answer(() => json(503, { error: 'maintenance' }))
        await vi.advanceTimersByTimeAsync(6 * HOUR_MS)
        answer(() => undefined)
        await back('maintenance')
      }
      await vi.advanceTimersByTimeAsync(beganAtMs + 24 * HOUR_MS - Date.now())
      await vi.advanceTimersByTimeAsync(MINUTE_MS)
      expect(session.health().state).toBe('open')
    }

    const hours = (Date.now() - NOW_MS) / HOUR_MS
    const inits = broker.count('/iserver/auth/ssodh/init')
    expect(hours).toBeGreaterThan(167)
    // One tickle a minute, and what the openings ask.
    expect(broker.calls.length / (hours * 60)).toBeLessThanOrEqual(1.3)
    const times = (path?: string) =>
      broker.calls.filter((call) => path === undefined || call.path === path)
    const [ofAll, ofTickles] = [busiestSecond(times()), busiestSecond(times('/tickle'))]
    // The published limits: ten requests a second, and one tickle.
    expect([ofAll <= 10, ofTickles]).toEqual([true, 1])
    expect(events.filter(({ type }) => type === 'given-up')).toEqual([])
    const took = [...longest].map(([kind, ms]) => `${kind} ${Math.round(ms / 1000)} s`).join(', ')
    console.info(
      `compete ${compete}: ${hours.toFixed(1)} h, ${broker.calls.length} requests, ${broker.count('/tickle')} tickles, ${inits} inits, at most ${ofAll} in one second; back after at most: ${took}`,
    )

    await session.close()
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(vi.getTimerCount()).toBe(0)
    expect(broker.listeners.size).toBe(0)
    process.off('unhandledRejection', onRejection)
    expect(rejections).toEqual([])
  },
  240_000,
)

/** The most calls within one second. */
function busiestSecond(calls: readonly { readonly atMs: number }[]): number {
  const perSecond = new Map<number, number>()
  for (const { atMs } of calls) {
    const second = Math.floor(atMs / 1000)
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
  }
  return Math.max(0, ...perSecond.values())
}

it.each([false, true])(
  'eight members in a reset of ten minutes, with callers %s: one opens at a time, no more often than one alone, under a lock that has not failed',
  async (hasCallers) => {
    const broker = makeBroker(timersTime)
    const sharing = { store: memoryStore(), storeKey: 'unsealed', sharedAs: 'test' } as const
    const lock = makeLock()
    const members = Array.from({ length: 8 }, () =>
      setUp({ ...sharing, lock }, { broker, time: timersTime }),
    )
    for (const { session } of members) {
      const opening = session.open({ compete: true })
      await vi.advanceTimersByTimeAsync(5000)
      await opening
      session.keepAlive()
    }
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    const [first] = members as [(typeof members)[number]]
    const epochBefore = first.session.health().epoch
    const initsBefore = broker.count('/iserver/auth/ssodh/init')
    const endMs = Date.now() + 10 * MINUTE_MS
    broker.isOpen = false
    // The broker takes an init and is not ready: an opening lasts as long as it may, a minute.
    const notReady = { authenticated: false, connected: false, competing: false }
    broker.answering(({ path }) =>
      path === '/iserver/auth/ssodh/init' && Date.now() < endMs ? json(200, notReady) : undefined,
    )
    while (Date.now() < endMs + 10 * MINUTE_MS) {
      await vi.advanceTimersByTimeAsync(5000)
      if (!hasCallers) continue
      for (const { session } of members) session.fetch('/iserver/accounts').catch(() => {})
    }
    const health = members.map(({ session }) => session.health())
    expect(health.map(({ state }) => state)).toEqual(Array(8).fill('open'))
    expect(new Set(health.map(({ epoch }) => epoch)).size).toBe(1)
    expect(health[0]?.epoch).toBeGreaterThan(epochBefore)
    expect(health.filter(({ isKeeper }) => isKeeper)).toHaveLength(1)
    expect(broker.count('/iserver/auth/ssodh/init') - initsBefore).toBeLessThanOrEqual(8)
    const types = new Set(members.flatMap((member) => member.types()))
    expect(types).not.toContain('lock-failed')
    for (const { session } of members) await session.close()
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(vi.getTimerCount()).toBe(0)
  },
)

it('called again while a step is under way, keepAlive goes on with the new interval at once', async () => {
  const { session, broker } = setUp({ now: Date.now })
  const opening = session.open({ compete: true })
  await vi.advanceTimersByTimeAsync(5000)
  await opening
  // A tickle whose answer does not come.
  broker.answering(() => new Promise(() => {}))
  session.keepAlive()
  await vi.advanceTimersByTimeAsync(70_000)
  broker.answering(() => undefined)
  const before = broker.count('/tickle')
  session.keepAlive({ intervalMs: 1000 })
  await vi.advanceTimersByTimeAsync(5000)
  expect(broker.count('/tickle') - before).toBeGreaterThanOrEqual(3)
  await session.close()
})

it('holds no process open', async () => {
  vi.useRealTimers()
  const holding = () =>
    (process as unknown as { getActiveResourcesInfo(): string[] })
      .getActiveResourcesInfo()
      .filter((name) => name === 'Timeout').length
  const before = holding()
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const sent = broker.calls.length
  session.keepAlive({ intervalMs: 1000 })
  await eventually(() => expect(broker.calls.length).toBeGreaterThan(sent))
  await new Promise((resolve) => setImmediate(resolve))
  expect(holding()).toBeLessThanOrEqual(before)
  await session.close()
})
