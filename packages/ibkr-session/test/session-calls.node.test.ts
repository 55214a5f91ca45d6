/** When tickles are sent that are asked for together, one a second, and what they tell. In Node alone, for its fake timers. */
import { setMaxListeners } from 'node:events'
import { expect, it } from 'vitest'
import { deferred } from '../../../tests/support/index.ts'
import { createSessionCalls } from '../src/internal/session-calls.ts'
import { useFakeClock } from './fake-clock.ts'
import { failure, NOW_MS, wrong } from './support.ts'

const pass = useFakeClock()

/** The calls over a broker that notes when, in milliseconds from the begin, each tickle came. */
function setUp() {
  const time = { aheadMs: 0 }
  const times: number[] = []
  const call = async () => {
    times.push(Date.now() - NOW_MS)
    return {}
  }
  const broker = wrong<Parameters<typeof createSessionCalls>[0]>({ call, secrets: () => [] })
  return { calls: createSessionCalls(broker, () => Date.now() + time.aheadMs), times, time }
}

it('each is sent a second after the one before it', async () => {
  const { calls, times } = setUp()
  const all = Promise.all([calls.tickle(), calls.tickle(), calls.tickle(), calls.tickle()])
  await pass(500)
  const late = calls.tickle()
  await pass(10_000)
  await Promise.all([all, late])
  expect(times).toEqual([0, 1000, 2000, 3000, 4000])
})

it('each is sent a second after the one before it, however many there are', async () => {
  const { calls, times } = setUp()
  const all = Promise.all(Array.from({ length: 25 }, () => calls.tickle()))
  await pass(30_000)
  await all
  expect(times).toEqual(Array.from({ length: 25 }, (_, at) => at * 1000))
})

it('one that is given up while it waits delays no other', async () => {
  const { calls, times } = setUp()
  await calls.tickle()
  const controller = new AbortController()
  const given = failure(() => calls.tickle(controller.signal))
  await pass(500)
  controller.abort()
  expect(await given).toMatchObject({ name: 'AbortError' })
  const next = calls.tickle()
  await pass(10_000)
  await next
  expect(times).toEqual([0, 1000])
})

it('those that come after many that were given up are sent a second apart, in the places of those', async () => {
  const { calls, times } = setUp()
  const controller = new AbortController()
  // Each that waits listens; Node warns of more than ten.
  setMaxListeners(30, controller.signal)
  await calls.tickle()
  const given = Array.from({ length: 24 }, () => failure(() => calls.tickle(controller.signal)))
  const kept = [calls.tickle(), calls.tickle()]
  await pass(500)
  controller.abort()
  await Promise.all(given)
  kept.push(calls.tickle(), calls.tickle(), calls.tickle())
  await pass(30_000)
  await Promise.all(kept)
  expect(times).toEqual([0, 1000, 2000, 3000, 25_000, 26_000])
})

it.each([
  ['ten seconds and less', -9000, [0, 10_000]],
  ['more', -9001, [0, 0]],
])('a clock that was set back so that %s would be left: %i ms', async (_, aheadMs, expected) => {
  const { calls, times, time } = setUp()
  await calls.tickle()
  time.aheadMs = aheadMs
  const next = calls.tickle()
  await pass(20_000)
  await next
  expect(times).toEqual(expected)
})

it.each(['5e551011d0', ...['x\ny', 'é', '💥', 'a;b', 'a b', '000', '', 5, null]])(
  'the session %j of a tickle is kept where it fits a cookie',
  async (id) => {
    const kept = id === '5e551011d0' ? id : undefined
    const hidden: string[] = []
    const broker = wrong<Parameters<typeof createSessionCalls>[0]>({
      call: async () => ({ session: id }),
      secrets: () => [],
      hide: (secret: string) => void hidden.push(secret),
    })
    const calls = createSessionCalls(broker, Date.now)
    await calls.tickle()
    expect(calls.toldSession()?.id).toBe(kept)
    expect(hidden).toEqual(kept === undefined ? [] : [kept])
  },
)

it('the id of the session is that of the tickle that was sent last, also where one before it is answered later', async () => {
  const answers = [deferred<object>(), deferred<object>()]
  let sent = 0
  const call = () => answers[sent++]?.promise
  const broker = wrong<Parameters<typeof createSessionCalls>[0]>({
    ...{ call, secrets: () => [], hide: () => {} },
  })
  const calls = createSessionCalls(broker, Date.now)
  const both = Promise.all([calls.tickle(), calls.tickle()])
  await pass(2000)
  answers[1]?.resolve({ session: 'newer' })
  await pass(1)
  answers[0]?.resolve({ session: 'older' })
  await both
  expect(calls.toldSession()?.id).toBe('newer')
})
