/** Steps beside each other, on a fake clock. In Node alone, for its fake timers. */
import { expect, it } from 'vitest'
import { useFakeClock } from './fake-clock.ts'
import { setUp } from './support.ts'

const pass = useFakeClock()

it('a step that was frozen for good holds up those that come later for a minute and a half', async () => {
  const { session, broker } = setUp({ now: Date.now, timeoutMs: 600_000 })
  await session.open({ compete: true })
  await pass(120_000)
  broker.answeringAt('/tickle', () => new Promise(() => {}))
  const frozen = new AbortController()
  const never = session.step({ signal: frozen.signal }).catch(() => {})
  await pass(85_000)
  broker.answering(() => undefined)
  const tickles = broker.count('/tickle')
  const { nextStepAtMs } = await session.step()
  expect([broker.count('/tickle'), Number(nextStepAtMs) - Date.now()]).toEqual([tickles, 1000])
  await pass(6000)
  await session.step()
  expect(broker.count('/tickle')).toBe(tickles + 1)
  frozen.abort()
  await never
})
