/** A day on a fake clock: what happens to a session, how soon it is back, and how many requests that costs. In Node alone, for its fake timers. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { json, makeBroker, NOW_MS, type Responder, setUp } from './support.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS })
})
afterEach(() => {
  vi.useRealTimers()
})

/** One in a hundred, the same ones in every run. */
function makeLosses() {
  let state = 12_345
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state % 100 === 0
  }
}

/** A session whose clock is that of the timers. */
async function start(compete: boolean) {
  // Read on each use, so that the broker and the session see the time of the timers.
  const time = {
    get now() {
      return Date.now()
    },
    set now(_: number) {},
  }
  const isLost = makeLosses()
  let respond: Responder = () => undefined
  const broker = makeBroker(time)
  const setup = setUp({}, { broker, time })
  const opening = setup.session.open({ compete })
  await vi.advanceTimersByTimeAsync(10_000)
  await opening
  broker.answering((call) => (isLost() ? 'lost' : respond(call)))
  setup.session.keepAlive()
  return {
    ...setup,
    broker,
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

it.each([false, true])(
  'a day with compete %s: back within the time stated, each time',
  async (compete) => {
    const rejections: unknown[] = []
    const onRejection = (error: unknown) => void rejections.push(error)
    process.on('unhandledRejection', onRejection)
    const day = await start(compete)
    const { session, broker, answer, events } = day
    await vi.advanceTimersByTimeAsync(4 * HOUR_MS)
    expect(session.health()).toMatchObject({ state: 'open', epoch: 1 })

    // The nightly reset: ten minutes of 503 below /iserver, and the session is gone afterwards.
    broker.isOpen = false
    answer(({ path }) => (path.startsWith('/iserver/') ? json(503, { error: 'reset' }) : undefined))
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
    expect(session.health().state).toBe('lost')
    answer(() => undefined)
    expect(await untilBack(day, 11 * MINUTE_MS)).toBeLessThanOrEqual(11 * MINUTE_MS)

    // Another platform takes it for half an hour.
    await vi.advanceTimersByTimeAsync(2 * HOUR_MS)
    broker.isOpen = false
    broker.isTaken = true
    if (compete) {
      expect(await untilBack(day, 3 * MINUTE_MS)).toBeLessThanOrEqual(2 * MINUTE_MS)
      expect(broker.isTaken).toBe(false)
    } else {
      await vi.advanceTimersByTimeAsync(30 * MINUTE_MS)
      expect(broker.isTaken).toBe(true)
      broker.isTaken = false
      expect(await untilBack(day, 3 * MINUTE_MS)).toBeLessThanOrEqual(2 * MINUTE_MS)
    }

    // The token is renewed, and the session with it is another one.
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    broker.isOpen = false
    broker.renew()
    expect(await untilBack(day, MINUTE_MS)).toBeLessThanOrEqual(30_000)

    // Everything is down for two hours.
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    answer(() => json(503, { error: 'maintenance' }))
    await vi.advanceTimersByTimeAsync(2 * HOUR_MS)
    answer(() => undefined)
    expect(await untilBack(day, 12 * MINUTE_MS)).toBeLessThanOrEqual(12 * MINUTE_MS)

    // The clock jumps by an hour.
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    vi.setSystemTime(Date.now() + HOUR_MS)
    expect(await untilBack(day, 3 * MINUTE_MS)).toBeLessThanOrEqual(2 * MINUTE_MS)
    await vi.advanceTimersByTimeAsync(11 * HOUR_MS)
    expect(session.health().state).toBe('open')

    const hours = (Date.now() - NOW_MS) / HOUR_MS
    const inits = broker.count('/iserver/auth/ssodh/init')
    expect(hours).toBeGreaterThan(22)
    // One tickle a minute, and what the openings ask.
    expect(broker.calls.length / (hours * 60)).toBeLessThanOrEqual(1.5)
    expect(inits).toBeLessThanOrEqual(compete ? 40 : 70)
    const perSecond = new Map<number, number>()
    for (const { atMs } of broker.calls) {
      const second = Math.floor(atMs / 1000)
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
    }
    const busiest = Math.max(...perSecond.values())
    expect(busiest).toBeLessThanOrEqual(10)
    expect(events.filter(({ type }) => type === 'given-up')).toEqual([])
    console.info(
      `compete ${compete}: ${hours.toFixed(1)} h, ${broker.calls.length} requests, ${broker.count('/tickle')} tickles, ${inits} inits, at most ${busiest} in one second`,
    )

    await session.close()
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(vi.getTimerCount()).toBe(0)
    expect(broker.listeners.size).toBe(0)
    process.off('unhandledRejection', onRejection)
    expect(rejections).toEqual([])
  },
  120_000,
)

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
  await vi.waitFor(() => expect(broker.calls.length).toBeGreaterThan(sent), { timeout: 5000 })
  await new Promise((resolve) => setImmediate(resolve))
  expect(holding()).toBeLessThanOrEqual(before)
  await session.close()
})
