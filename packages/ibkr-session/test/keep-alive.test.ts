/** The rules of keeping a session alive, each learned from the complaints of users of other clients. */
import { CryptoError } from '@isoauth/core-crypto'
import { expect, it, vi } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { deferred } from '../../../tests/support/index.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { failure, json, settle, setUp, setUpGivenUp } from './support.ts'

const INIT = '/iserver/auth/ssodh/init'
const TICKLE = '/tickle'

skipWaits(1500)

it('once it is given up, callers are told so, and nothing is opened until open is called', async () => {
  const { session, broker } = await setUpGivenUp(({ path }) =>
    path.startsWith('/iserver/account') ? undefined : json(401, { error: 'not authenticated' }),
  )
  expect(session.health().state).toBe('given-up')
  const asked = broker.count('/iserver/auth/status')
  for (let call = 0; call < 3; call++) {
    const error = await failure(() => session.fetch('/iserver/account/trades'))
    expect(error).toMatchObject({ code: 'IBKR_SESSION_NO_BRIDGE' })
    expect(error['message']).toContain('open()')
  }
  expect(broker.count('/iserver/auth/status')).toBe(asked)
  broker.answering(() => undefined)
  await session.open({ compete: true })
  expect((await session.fetch('/iserver/account/trades')).status).toBe(200)
})

it('rule 1: a lost tickle, a timeout or a 503 opens nothing; it is made again after 5 s', async () => {
  const { session, broker, time, events } = setUp()
  await session.open({ compete: true })
  for (const answer of ['lost', 'status'] as const) {
    time.now += 60_000
    broker.answering(({ path }) =>
      path !== TICKLE ? undefined : answer === 'lost' ? 'lost' : json(503, { error: 'down' }),
    )
    const { nextStepAtMs } = await session.step()
    expect(Number(nextStepAtMs) - time.now).toBeGreaterThanOrEqual(4500)
    expect(Number(nextStepAtMs) - time.now).toBeLessThanOrEqual(11_000)
    broker.answering(() => undefined)
    const before = broker.count(TICKLE)
    await session.step()
    expect(broker.count(TICKLE)).toBe(before)
    time.now = Number(nextStepAtMs)
    await session.step()
    expect(broker.count(TICKLE)).toBe(before + 1)
  }
  expect(broker.count(INIT)).toBe(1)
  expect(events.map((event) => [event.type, 'reason' in event && event.reason])).toEqual([
    ['opened', false],
    ['waiting', 'network'],
    ['waiting', 'unavailable'],
  ])
  expect(session.health()).toMatchObject({ state: 'open', waitingUntilMs: undefined })
})

it('rule 1: authenticated false opens it again, in the same step', async () => {
  const { session, broker, time, events } = setUp()
  await session.open({ compete: false })
  broker.isOpen = false
  time.now += 60_000
  await session.step()
  expect(broker.count(INIT)).toBe(2)
  expect(events.slice(1)).toEqual([
    { type: 'lost', epoch: 1, reason: 'not-authenticated' },
    { type: 'reopened', epoch: 2, downMs: 0 },
  ])
})

it.each([
  ['no session', 200],
  ['not authenticated', 200],
  // Nothing is known of these words: the status tells.
  ['session is gone', 200],
  ['gone', 410],
])('rule 1: a tickle that is answered by «%s» (%d) opens it again', async (error, status) => {
  const { session, broker, time, types } = setUp()
  await session.open({ compete: false })
  broker.isOpen = false
  broker.answeringAt(TICKLE, () => (broker.isOpen ? undefined : json(status, { error })))
  time.now += 60_000
  await session.step()
  expect(types()).toEqual(['opened', 'lost', 'reopened'])
  expect(broker.count(INIT)).toBe(2)
})

it.each([
  ['is limited', 429],
  ['finds the broker unavailable', 503],
])('a tickle that %s (%d) asks for no status beside it', async (_, status) => {
  const { session, broker, time } = setUp()
  await session.open({ compete: false })
  broker.answeringAt(TICKLE, () => json(status, { error: 'not now' }))
  const before = broker.count('/iserver/auth/status')
  time.now += 60_000
  await session.step()
  expect(broker.count('/iserver/auth/status')).toBe(before)
  expect(session.health()).toMatchObject({ state: 'open', epoch: 1 })
})

it('rule 1: an opening goes on where the status is answered by «no session»', async () => {
  const { session, broker } = setUp()
  broker.answeringAt('/iserver/auth/status', () =>
    broker.isOpen ? undefined : json(200, { error: 'no session' }),
  )
  await session.open({ compete: false })
  expect(session.health().state).toBe('open')
})

it('an opening that is refused by such words tells them', async () => {
  const { session, broker } = setUp()
  broker.answeringAt(INIT, () => json(200, { error: 'not authenticated' }))
  const error = await failure(() => session.open({ compete: false }))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_REFUSED' })
  expect(error['message']).toContain('not authenticated')
})

it.each([
  ['says that it is there', undefined],
  ['cannot be asked', 503],
])('rule 1: a tickle that is refused opens nothing where the status %s', async (_, status) => {
  const { session, broker, time, events } = setUp()
  await session.open({ compete: false })
  broker.answering(({ path }) => {
    if (path === TICKLE) return json(400, { error: 'bad request' })
    return status && path.endsWith('/status') ? json(status, {}) : undefined
  })
  time.now += 60_000
  await session.step()
  expect(events.slice(1)).toMatchObject([{ type: 'waiting', reason: 'refused' }])
  expect(broker.count(INIT)).toBe(1)
})

it('rule 1: a 401 that stays opens it again', async () => {
  const { session, broker, time, types } = setUp()
  await session.open({ compete: false })
  let refusals = 1
  broker.answering(({ path }) =>
    path === TICKLE && refusals-- > 0 ? json(401, { error: 'no' }) : undefined,
  )
  time.now += 60_000
  await session.step()
  expect(types()).toEqual(['opened', 'lost', 'reopened'])
})

it('rule 2: one opening for a burst of failures, however many callers saw one', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.isOpen = false
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => session.fetch('/iserver/marketdata/snapshot?conids=1')),
  )
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(broker.count(INIT)).toBe(2)
  expect(session.health().epoch).toBe(2)
})

it('rule 2: a late failure of an older epoch opens nothing', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const held: (() => void)[] = []
  let isFirst = true
  broker.answering(({ path }) => {
    if (path !== '/iserver/late' || !isFirst) return undefined
    isFirst = false
    const late = json(400, { error: 'Bad Request: no bridge' })
    return new Promise((resolve) => held.push(() => resolve(late)))
  })
  const late = session.fetch('/iserver/late')
  await eventually(() => expect(held).toHaveLength(1))
  broker.isOpen = false
  await session.fetch('/iserver/accounts')
  expect(session.health().epoch).toBe(2)
  for (const release of held) release()
  expect((await late).status).toBe(200)
  expect(broker.count(INIT)).toBe(2)
  expect(session.health().epoch).toBe(2)
})

it('rule 2: the epoch is raised on success only', async () => {
  const { session, broker, time, types } = setUp()
  await session.open({ compete: true })
  broker.isOpen = false
  broker.answeringAt(INIT, () => json(503, { error: 'down' }))
  time.now += 60_000
  const { epoch, state, nextStepAtMs } = await session.step()
  expect([epoch, state]).toEqual([1, 'lost'])
  broker.answering(() => undefined)
  time.now = Number(nextStepAtMs)
  expect(await session.step()).toMatchObject({ epoch: 2, state: 'open' })
  expect(types()).toEqual(['opened', 'lost', 'waiting', 'reopened'])
})

/** Has each call take its time, and counts how many are under way at once. */
function watchOverlap(broker: ReturnType<typeof setUp>['broker']) {
  const overlap = { running: 0, most: 0 }
  broker.answering(async () => {
    overlap.most = Math.max(overlap.most, ++overlap.running)
    await new Promise((resolve) => setTimeout(resolve, 20))
    overlap.running--
    return undefined as never
  })
  return overlap
}

it('rule 3: steps never overlap, also where renewals wake the timer', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const overlap = watchOverlap(broker)
  const sent = broker.calls.length
  const stop = session.keepAlive({ intervalMs: 1000 })
  for (let renewal = 0; renewal < 20; renewal++) {
    broker.renew()
    await new Promise((resolve) => setTimeout(resolve, 7))
  }
  await eventually(() => expect(broker.calls.length).toBeGreaterThan(sent + 3))
  stop()
  expect(overlap.most).toBe(1)
  expect(broker.calls.length).toBeGreaterThan(sent)
})

it('rule 3: steps never overlap, and closing from a listener ends everything', async () => {
  const { session, broker, types } = setUp()
  await session.open({ compete: true })
  const overlap = watchOverlap(broker)
  session.on('lost', () => void session.close())
  session.keepAlive({ intervalMs: 1000 })
  session.keepAlive({ intervalMs: 1000 })
  broker.isOpen = false
  await eventually(() => expect(types()).toContain('lost'))
  await vi.advanceTimersByTimeAsync(1500)
  expect(overlap.most).toBe(1)
  expect(types()).toEqual(['opened', 'lost'])
  expect(session.health().state).toBe('closed')
  const sent = broker.calls.length
  await vi.advanceTimersByTimeAsync(600_000)
  expect(broker.calls.length).toBe(sent)
})

it('rule 4: what passes is waited for, for ever, 10 minutes at most', async () => {
  const { session, broker, time } = setUp()
  await session.open({ compete: true })
  broker.answering(() => 'lost')
  const waits: number[] = []
  for (let attempt = 0; attempt < 40; attempt++) {
    const { nextStepAtMs, state } = await session.step()
    expect(state).toBe('open')
    waits.push(Number(nextStepAtMs) - time.now)
    time.now = Number(nextStepAtMs)
  }
  expect(Math.max(...waits.slice(1))).toBeLessThanOrEqual(660_000)
  expect(waits.at(-1)).toBeGreaterThan(500_000)
  expect(broker.count(INIT)).toBe(1)
})

it('rule 4: credentials that stay refused end the attempts, told; open tries again', async () => {
  const { session, broker, time, events, types } = setUp()
  await session.open({ compete: true })
  const isRefused = { value: true }
  broker.answering(() => (isRefused.value ? json(401, { error: 'refused' }) : undefined))
  for (let attempt = 0; attempt < 10; attempt++) {
    const { nextStepAtMs } = await session.step()
    if (nextStepAtMs === undefined) break
    time.now = nextStepAtMs + 1000
  }
  expect(session.health().state).toBe('given-up')
  expect(events.at(-1)).toMatchObject({ type: 'given-up', code: 'IBKR_SESSION_UNAUTHORIZED' })
  const sent = broker.calls.length
  expect((await session.step()).nextStepAtMs).toBeUndefined()
  expect(broker.calls.length).toBe(sent)
  isRefused.value = false
  await session.open({ compete: true })
  expect(types().at(-1)).toBe('reopened')
})

it('rule 4: refusals with good tickles between them are no row of refusals, and end no attempts', async () => {
  const { session, broker, time, types } = setUp()
  await session.open({ compete: true })
  let isRefused = false
  broker.answering(() => {
    if (isRefused) throw new CryptoError('refused', { code: 'IBKR_OAUTH1_TOKEN_REFUSED' as never })
    return undefined
  })
  for (let incident = 0; incident < 4; incident++) {
    time.now += 61_000
    isRefused = true
    time.now = Number((await session.step()).nextStepAtMs) + 1000
    isRefused = false
    await session.step()
  }
  expect(types().filter((type) => type === 'waiting')).toHaveLength(4)
  expect(session.health()).toMatchObject({ state: 'open', waitingUntilMs: undefined })
})

it('rule 4: no bridge at the init itself is waited for and ends no attempts, and is told with its code', async () => {
  const { session, broker, time, events } = setUp()
  await session.open({ compete: true })
  broker.isOpen = false
  broker.answeringAt(INIT, () => json(400, { error: 'Bad Request: no bridge', statusCode: 400 }))
  for (let attempt = 0; attempt < 10; attempt++) {
    time.now = Number((await session.step()).nextStepAtMs) + 1000
  }
  expect(session.health().state).toBe('lost')
  const waits = events.filter(({ type }) => type === 'waiting')
  expect(waits.length).toBeGreaterThan(5)
  for (const wait of waits) {
    expect(wait).toMatchObject({
      reason: 'not-ready',
      code: 'IBKR_SESSION_NO_BRIDGE',
      message: expect.stringMatching(/\w+/),
    })
  }
})

it('rule 4: what no attempt mends ends those of a session that was never open, and is waited for in one that was', async () => {
  const unfit = () => {
    throw new CryptoError('The key is unfit.', { code: 'CRYPTO_KEY_TOO_SMALL' })
  }
  const never = setUp()
  never.broker.answering(unfit)
  await failure(() => never.session.open({ compete: true }))
  expect(never.session.health().state).toBe('given-up')
  const once = setUp()
  await once.session.open({ compete: true })
  once.broker.isOpen = false
  once.broker.answeringAt(INIT, unfit)
  once.time.now += 61_000
  await once.session.step()
  expect(once.session.health().state).toBe('lost')
  expect(once.events.at(-1)).toMatchObject({ type: 'waiting', code: 'CRYPTO_KEY_TOO_SMALL' })
})

it('rule 4: 429 waits as long as it says, and a minute where it says nothing', async () => {
  const { session, broker, time } = setUp()
  await session.open({ compete: true })
  for (const [headers, leastMs] of [
    [{ 'retry-after': '120' }, 120_000],
    [{}, 54_000],
  ] as const) {
    time.now += 60_000
    broker.answeringAt(TICKLE, () => json(429, { error: 'slow' }, headers))
    const { nextStepAtMs } = await session.step()
    expect(Number(nextStepAtMs) - time.now).toBeGreaterThanOrEqual(leastMs)
    time.now = Number(nextStepAtMs)
  }
})

it('rule 6: after a renewal of the token: status, suppressions, tickle; init only where it is needed', async () => {
  const { session, broker, time } = setUp({ suppress: ['o163'] })
  await session.open({ compete: true })
  const last = () => broker.calls.map(({ path }) => path)
  let sent = broker.calls.length
  broker.renew()
  time.now += 1000
  await session.step()
  expect(last().slice(sent)).toEqual([
    '/iserver/auth/status',
    '/iserver/questions/suppress',
    TICKLE,
  ])
  sent = broker.calls.length
  broker.renew()
  broker.isOpen = false
  await session.step()
  expect(last().slice(sent)).toEqual([
    '/iserver/auth/status',
    '/iserver/auth/status',
    INIT,
    '/iserver/accounts',
    '/iserver/questions/suppress',
    TICKLE,
  ])
  expect(session.health()).toMatchObject({ state: 'open', tokenAgeMs: 0, epoch: 2 })
})

it('rule 6: after a renewal whose first call is limited nothing more is sent until the broker says, and then all of it', async () => {
  const { session, broker, time, events } = setUp({ suppress: ['o163'] })
  await session.open({ compete: true })
  broker.renew()
  time.now += 60_000
  let sent = broker.calls.length
  broker.answering(() => json(429, { error: 'slow' }, { 'retry-after': '300' }))
  await session.step()
  expect(broker.calls.slice(sent).map(({ path }) => path)).toEqual(['/iserver/auth/status'])
  expect(events.at(-1)).toMatchObject({ type: 'waiting', reason: 'rate-limited' })
  broker.answering(() => undefined)
  sent = broker.calls.length
  time.now += 310_000
  broker.lastSeenMs = time.now
  await session.step()
  expect(broker.calls.slice(sent).map(({ path }) => path)).toEqual([
    '/iserver/auth/status',
    '/iserver/questions/suppress',
    TICKLE,
  ])
})

it('rule 6: a session that another platform took while the token was renewed is told as such', async () => {
  const { session, broker, time, events } = setUp()
  await session.open({ compete: false })
  broker.isOpen = false
  broker.isTaken = true
  const status = { authenticated: false, connected: false, competing: true, fail: 'taken' }
  broker.answeringAt('/iserver/auth/status', () => json(200, status))
  broker.renew()
  time.now += 1000
  await session.step()
  expect(events[1]).toEqual({ type: 'lost', epoch: 1, reason: 'competing', message: 'taken' })
})

it('rule 6: callers wait until the session is open again after a renewal', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const stop = session.keepAlive()
  await settle()
  broker.isOpen = false
  broker.renew()
  const response = await session.fetch('/iserver/account/DU1/orders', {
    method: 'POST',
    body: '{}',
  })
  expect(response.status).toBe(200)
  stop()
})

it('rule 7: closing stops the keeping, and logs out only where that is said', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  session.keepAlive()
  await session.close()
  expect(broker.listeners.size).toBe(0)
  expect(broker.count('/logout')).toBe(0)
})

it('competing: compete false waits and never takes the session back; it returns when the other leaves', async () => {
  const { session, broker, time, types } = setUp()
  await session.open({ compete: false })
  broker.isOpen = false
  broker.isTaken = true
  for (let attempt = 0; attempt < 5; attempt++) {
    time.now += 60_000
    const { nextStepAtMs } = await session.step()
    expect(Number(nextStepAtMs) - time.now).toBeLessThanOrEqual(66_000)
    time.now = Number(nextStepAtMs)
    expect(broker.isTaken).toBe(true)
  }
  broker.isTaken = false
  await session.step()
  expect(session.health().state).toBe('open')
  expect(types().filter((type) => type !== 'waiting')).toEqual([
    'opened',
    'lost',
    'competing',
    'reopened',
  ])
})

it('competing: compete true takes the session back at once', async () => {
  const { session, broker, time, types } = setUp()
  await session.open({ compete: true })
  broker.isOpen = false
  broker.isTaken = true
  time.now += 60_000
  await session.step()
  expect(broker.isTaken).toBe(false)
  expect(types()).toEqual(['opened', 'lost', 'reopened'])
})

it('a clock that jumps by an hour, forth and back, costs a tickle and nothing else', async () => {
  const { session, broker, time, types } = setUp()
  await session.open({ compete: true })
  for (const jumpMs of [3_600_000, -7_200_000]) {
    time.now += jumpMs
    broker.lastSeenMs = time.now
    const before = broker.count(TICKLE)
    await session.step()
    expect(broker.count(TICKLE)).toBe(before + 1)
  }
  expect(types()).toEqual(['opened'])
})

it('an open that failed is made good: what came by itself meanwhile is opened as a whole, and told', async () => {
  const { session, broker, time, types } = setUp({ suppress: ['o163'] })
  broker.answeringAt(INIT, () => json(503, { error: 'reset' }))
  await failure(() => session.open({ compete: true }))
  broker.answering(() => undefined)
  broker.isOpen = true
  time.now += 61_000
  await session.step()
  expect(session.health()).toMatchObject({ state: 'open', epoch: 1 })
  expect(types()).toEqual(['waiting', 'opened'])
  const asked = ['/iserver/accounts', '/iserver/questions/suppress'].map(broker.count)
  expect([asked, broker.count(INIT)]).toEqual([[1, 1], 1])
})

it('without open, it only tickles', async () => {
  const { session, broker } = setUp()
  await session.step()
  expect(broker.calls.map(({ path }) => path)).toEqual([TICKLE])
  expect(session.health().state).toBe('new')
})

it('a clock that is set back by a day ends a wait, which would last a day', async () => {
  const { session, broker, time } = setUp()
  await session.open({ compete: true })
  broker.answering(() => 'lost')
  time.now += 60_000
  await session.step()
  expect(session.health().waitingUntilMs).toBeDefined()
  broker.answering(() => undefined)
  broker.isOpen = false
  time.now -= 86_400_000
  broker.lastSeenMs = time.now
  const { nextStepAtMs, state } = await session.step()
  expect(state).toBe('open')
  expect(Number(nextStepAtMs) - time.now).toBeLessThanOrEqual(66_000)
})

it('closing ends an opening that is under way: nothing is sent after it', async () => {
  const { session, broker, types } = setUp()
  await session.open({ compete: true })
  const { promise, resolve } = deferred()
  const asked = deferred()
  broker.isOpen = false
  broker.answering(async ({ path }) => {
    if (path !== '/iserver/auth/status') return undefined as never
    asked.resolve()
    await promise
    return undefined as never
  })
  const calling = failure(() => session.fetch('/iserver/account/trades'))
  await asked.promise
  const opening = failure(() => session.open({ compete: true }))
  await session.close({ logout: true })
  resolve()
  expect(await calling).toMatchObject({ code: 'IBKR_SESSION_CLOSED' })
  expect(await opening).toMatchObject({ code: 'IBKR_SESSION_CLOSED' })
  await settle()
  expect(broker.calls.at(-1)?.path).toBe('/logout')
  expect(broker.count(INIT)).toBe(1)
  expect(types()).toEqual(['opened', 'lost'])
})

it('the longest interval is not exceeded by chance: the broker ends a session after five minutes', async () => {
  const { session, time } = setUp()
  await session.open({ compete: true })
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.99)
  const { nextStepAtMs } = await session.step({ intervalMs: 300_000 })
  random.mockRestore()
  expect(Number(nextStepAtMs) - time.now).toBe(300_000)
})

it('a step that comes early is followed by one when the tickle is due', async () => {
  const { session, time } = setUp()
  await session.open({ compete: true })
  time.now += 20_000
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const { nextStepAtMs } = await session.step({ intervalMs: 60_000 })
  random.mockRestore()
  expect(Number(nextStepAtMs) - time.now).toBe(40_000)
})

it('steps that schedulers make at once send one tickle, also beside keepAlive', async () => {
  const { session, broker, time } = setUp()
  await session.open({ compete: true })
  time.now += 120_000
  const answered = deferred()
  broker.answeringAt(TICKLE, async () => {
    await answered.promise
    return json(200, { iserver: { authStatus: { authenticated: true, connected: true } } })
  })
  const tickles = broker.count(TICKLE)
  const first = session.step()
  await eventually(() => expect(broker.count(TICKLE)).toBe(tickles + 1))
  const stop = session.keepAlive()
  const others = await Promise.all([session.step(), session.step()])
  // They are to come again soon, since they have found nothing out.
  expect(others.map(({ nextStepAtMs }) => Number(nextStepAtMs) - time.now)).toEqual([1000, 1000])
  await settle()
  expect(broker.count(TICKLE)).toBe(tickles + 1)
  answered.resolve()
  expect(Number((await first).nextStepAtMs) - time.now).toBeGreaterThan(50_000)
  stop()
  await session.close()
})

it('a step that gives up is followed by none', async () => {
  const { session, steps } = await setUpGivenUp()
  for (const { state, nextStepAtMs } of steps) {
    expect(nextStepAtMs === undefined).toBe(state === 'given-up')
  }
  expect(session.health().state).toBe('given-up')
})
