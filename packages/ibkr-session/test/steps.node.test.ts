/** Steps beside each other, and those of a session that is not ready for long, on a fake clock. In Node alone, for its fake timers. */
import { expect, it } from 'vitest'
import { reopenByCall, setUpByTimers, useFakeClock } from './fake-clock.ts'
import { setUp } from './support.ts'

const pass = useFakeClock()

/** What the broker says of a session that is gone. */
const GONE = { authenticated: false, connected: false, competing: false }

it('a step that was frozen for good holds up those that come later for a minute and a half', async () => {
  const { session, broker } = setUp({ now: Date.now, timeoutMs: 600_000 })
  await session.open({ compete: true })
  await pass(120_000)
  broker.answeringAt('/tickle', () => new Promise(() => {}))
  const frozen = new AbortController()
  const never = session.step({ signal: frozen.signal }).catch(() => {})
  await pass(89_999)
  broker.answering(() => undefined)
  const tickles = broker.count('/tickle')
  const { nextStepAtMs } = await session.step()
  expect([broker.count('/tickle'), Number(nextStepAtMs) - Date.now()]).toEqual([tickles, 1000])
  await pass(1)
  await session.step()
  expect(broker.count('/tickle')).toBe(tickles + 1)
  frozen.abort()
  await never
})

it('a session that is authenticated and not established for an hour is kept, and not initialised anew', async () => {
  const { session, broker, types } = setUpByTimers({ suppress: ['o163'] })
  await session.open({ compete: true })
  session.keepAlive()
  broker.isEstablished = false
  const before = broker.calls.length
  await pass(3_600_000)
  const tickles = broker.calls.slice(before)
  expect(new Set(tickles.map(({ path }) => path))).toEqual(new Set(['/tickle']))
  expect(tickles.length).toBeGreaterThan(40)
  expect(types()).not.toContain('lost')
  broker.isEstablished = true
  const unready = broker.calls.length
  await pass(130_000)
  // It may be another one behind the same sign-in: what an opening asks for is asked for once.
  const asked = broker.calls.slice(unready).map(({ path }) => path)
  expect(asked.filter((path) => path !== '/tickle')).toEqual([
    '/iserver/auth/status',
    '/iserver/accounts',
    '/iserver/questions/suppress',
  ])
  expect(session.health()).toMatchObject({ state: 'open', epoch: 1, waitingUntilMs: undefined })
  await session.close()
})

it.each([
  ['a tickle', '/tickle', { session: 'a'.repeat(32), iserver: { authStatus: GONE } }],
  ['the status after a renewal', '/iserver/auth/status', GONE],
])(
  '%s that was asked before the session was opened again, and answered late, loses nothing',
  async (_, path, body) => {
    const setup = setUpByTimers()
    const { session, broker, types } = setup
    await session.open({ compete: true })
    await pass(60_000)
    const answer = broker.answeringLate(path, body)
    if (path !== '/tickle') broker.renew()
    const step = session.step()
    await pass(1000)
    await reopenByCall(pass, setup)
    answer()
    await pass(5000)
    await step
    expect(types()).toEqual(['opened', 'lost', 'reopened'])
    expect(session.health()).toMatchObject({ state: 'open', epoch: 2 })
  },
)
