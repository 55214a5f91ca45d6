/** Opening: the order of calls, readiness, refusals. */
import { expect, it } from 'vitest'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { COOKIE, failure, json, NOW_MS, paths, setUp, wrong } from './support.ts'

const INIT = '/iserver/auth/ssodh/init'

skipWaits(4000)

it('opens: status, init, accounts, tickle; and tells it once', async () => {
  const setup = setUp()
  const health = await setup.session.open({ compete: false })
  expect(paths(setup)).toEqual([
    'POST /iserver/auth/status',
    `POST ${INIT}`,
    'GET /iserver/accounts',
    'POST /tickle',
  ])
  expect(JSON.parse(setup.broker.calls[1]?.body ?? '')).toEqual({ publish: true, compete: false })
  expect(health).toMatchObject({ state: 'open', epoch: 1, lastGoodTickleAtMs: setup.time.now })
  expect(setup.events).toEqual([{ type: 'opened', epoch: 1 }])
})

it('opened again while it is open and ready, it stays what it is: no other epoch, no event', async () => {
  const { session, time, types } = setUp()
  const { openedAtMs } = await session.open({ compete: false })
  time.now += 1000
  const again = await session.open({ compete: true })
  expect(again).toMatchObject({ state: 'open', epoch: 1, openedAtMs, lastGoodTickleAtMs: time.now })
  expect(types()).toEqual(['opened'])
})

it.each([
  ['no longer authenticated', { authenticated: false, connected: true }, 'not-authenticated'],
  ['not connected', { authenticated: true, connected: false }, 'no-bridge'],
  ['taken', { authenticated: false, competing: true, connected: true }, 'competing'],
])(
  'opened again after the broker ended it unnoticed (%s), that is told',
  async (_, said, reason) => {
    const { session, broker, events } = setUp()
    await session.open({ compete: true })
    const asked = broker.count('/iserver/auth/status')
    broker.answering(({ path }) =>
      path === '/iserver/auth/status' && broker.count(path) === asked + 1
        ? json(200, { ...said, message: 'said' })
        : undefined,
    )
    expect(await session.open({ compete: true })).toMatchObject({ state: 'open', epoch: 2 })
    expect(events.slice(1)).toEqual([
      { type: 'lost', epoch: 1, reason, message: 'said' },
      { type: 'reopened', epoch: 2, downMs: 0 },
    ])
  },
)

it('a status that says nothing is no status, and no proof that there is no session', async () => {
  const { session, broker, events, time } = setUp()
  await session.open({ compete: true })
  time.now += 60_000
  broker.answering(({ path }) =>
    path === '/iserver/auth/status' || path === '/tickle' ? json(200, {}) : undefined,
  )
  const error = await failure(() => session.status())
  expect(error).toMatchObject({ code: 'IBKR_SESSION_RESPONSE_INVALID' })
  expect(error.message).toContain('does not say whether')
  await session.step()
  expect(session.health().state).toBe('open')
  expect(events.at(-1)).toMatchObject({ type: 'waiting', reason: 'answer-invalid' })
  expect(broker.count(INIT)).toBe(1)
})

it('an opening goes on where the status says nothing', async () => {
  const { session, broker } = setUp()
  broker.answering(({ path }) =>
    path === INIT || (path === '/iserver/auth/status' && broker.count(path) < 4)
      ? json(200, {})
      : undefined,
  )
  const opening = session.open({ compete: true })
  broker.isOpen = true
  broker.lastSeenMs = NOW_MS
  expect(await opening).toMatchObject({ state: 'open', epoch: 1 })
  expect([broker.count(INIT), broker.count('/iserver/auth/status')]).toEqual([1, 4])
})

it('does not initialise a session that is ready', async () => {
  const setup = setUp()
  setup.broker.isOpen = true
  setup.broker.lastSeenMs = setup.time.now
  await setup.session.open({ compete: true })
  expect(setup.broker.count(INIT)).toBe(0)
})

it('is ready although competing is true', async () => {
  const { session, broker, time } = setUp()
  broker.isOpen = true
  broker.isTaken = true
  broker.lastSeenMs = time.now
  await session.open({ compete: false })
  expect(session.health().state).toBe('open')
  expect(broker.count(INIT)).toBe(0)
})

it('waits for established', async () => {
  const { session, broker } = setUp()
  broker.isEstablished = false
  const states: string[] = []
  broker.answering(({ path }) => {
    if (path === '/iserver/auth/status') states.push(session.health().state)
    broker.isEstablished = states.length === 4
    return undefined
  })
  await session.open({ compete: false })
  expect(states).toEqual(Array(4).fill('new'))
  expect(session.health().state).toBe('open')
})

it('asks for the accounts again while the answer is {}', async () => {
  const { session, broker } = setUp()
  broker.answering(() => {
    broker.hasAccounts = broker.count('/iserver/accounts') === 3
    return undefined
  })
  await session.open({ compete: false })
  expect(broker.count('/iserver/accounts')).toBe(3)
})

it.each(['fail', 'message'])(
  'tells %s of a 200, cleaned and cut, and does not poll',
  async (field) => {
    const { session, broker } = setUp()
    const said = `Force compete\u0000 capability\n${'x'.repeat(500)}`
    broker.answering(({ path }) =>
      path === INIT
        ? json(200, { authenticated: false, connected: false, competing: false, [field]: said })
        : undefined,
    )
    const error = await failure(() => session.open({ compete: true }))
    expect(error.code).toBe('IBKR_SESSION_REFUSED')
    expect(error.message).toContain('Force compete capability xxx')
    expect(`${error['message']}`.length).toBeLessThan(400)
    expect(broker.count('/iserver/auth/status')).toBe(1)
  },
)

it('compete false leaves another platform alone, true takes the session over', async () => {
  const { session, broker } = setUp()
  broker.isTaken = true
  const error = await failure(() => session.open({ compete: false }))
  expect(error.code).toBe('IBKR_SESSION_COMPETING')
  expect(error.message).toContain('compete: true')
  expect(broker.isTaken).toBe(true)
  await session.open({ compete: true })
  expect(broker.isTaken).toBe(false)
})

it('has no default for compete, and says what true does', async () => {
  const { session, broker } = setUp()
  const error = await failure(() => session.open(wrong({})))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'compete' })
  expect(error.message).toContain('ends the session')
  expect(broker.calls).toEqual([])
})

it.each([
  [500, 'failed to generate sso dh token', 'NOT_ELIGIBLE'],
  [410, 'gone', 'GONE'],
  [503, 'Service Unavailable', 'UNAVAILABLE'],
  [429, 'too many', 'RATE_LIMITED'],
  [401, 'unauthorized', 'UNAUTHORIZED'],
])('an init answered %i %s is %s', async (status, error, code) => {
  const { session, broker } = setUp()
  broker.answeringAt(INIT, () => json(status, { error }))
  expect((await failure(() => session.open({ compete: true }))).code).toBe(`IBKR_SESSION_${code}`)
})

it('a path that the service does not know is told with the base that a connection needs', async () => {
  const { session, broker } = setUp()
  broker.answering(() => json(404, { title: 'Not Found' }))
  const error = await failure(() => session.open({ compete: true }))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_REFUSED', status: 404 })
  expect(error.message).toContain('base of the connection has to end in /v1/api')
  expect(error.message).toContain('a session of @isoauth/ibkr-sso')
})

it('asks the status by GET where POST is answered by 400', async () => {
  const { session, broker } = setUp()
  broker.answering(({ path, method }) =>
    path === '/iserver/auth/status' && method === 'POST'
      ? json(400, { error: 'Bad Request' })
      : undefined,
  )
  expect((await session.status()).authenticated).toBe(false)
  await session.status()
  expect(broker.calls.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET'])
})

it('asks the status in the other way again where the broker changes its mind', async () => {
  const { session, broker } = setUp()
  let refused = 'POST'
  broker.answering(({ path, method }) =>
    path === '/iserver/auth/status' && method === refused
      ? json(method === 'POST' ? 400 : 405, { error: 'Bad Request' })
      : undefined,
  )
  await session.status()
  refused = 'GET'
  expect((await session.status()).authenticated).toBe(false)
  refused = ''
  await session.status()
  expect(broker.calls.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'POST', 'POST'])
  broker.answering(() => json(400, { error: 'Bad Request' }))
  expect((await failure(() => session.status())).code).toBe('IBKR_SESSION_REFUSED')
  expect(broker.calls.length).toBe(7)
})

it('a status that is answered by no bridge is that of no session, which competes with nobody', async () => {
  const { session, broker } = setUp()
  broker.answeringAt('/iserver/auth/status', () => json(400, { error: 'Bad Request: no bridge' }))
  expect(await session.status()).toEqual({
    ...{ isReady: false, authenticated: false, connected: false, established: undefined },
    competing: false,
  })
})

it('initialises where the status says ready, and no bridge is the answer to the accounts', async () => {
  const { session, broker, types } = setUp()
  broker.answering(({ path }) =>
    path === '/iserver/auth/status' && !broker.isOpen
      ? json(200, { authenticated: true, connected: true, established: true, competing: false })
      : undefined,
  )
  await session.open({ compete: true })
  expect(broker.count(INIT)).toBe(1)
  broker.isOpen = false
  expect((await session.fetch('/iserver/accounts')).status).toBe(200)
  expect(broker.count(INIT)).toBe(2)
  broker.isOpen = false
  expect(await session.open({ compete: true })).toMatchObject({ state: 'open', epoch: 3 })
  expect(types()).toEqual(['opened', 'lost', 'reopened', 'lost', 'reopened'])
})

it('sends suppressions after every init, 51 at most in one call', async () => {
  const ids = Array.from({ length: 60 }, (_, at) => `o${at + 100}`)
  const { session, broker, time } = setUp({ suppress: ids })
  await session.open({ compete: true })
  const sent = () =>
    broker.calls
      .filter(({ path }) => path === '/iserver/questions/suppress')
      .map(({ body }) => (JSON.parse(body) as { messageIds: string[] }).messageIds.length)
  expect(sent()).toEqual([51, 9])
  broker.isOpen = false
  time.now += 60_000
  await session.step()
  expect(broker.count(INIT)).toBe(2)
  expect(sent()).toEqual([51, 9, 51, 9])
})

it('many callers of open share one opening', async () => {
  const { session, broker } = setUp()
  await Promise.all(Array.from({ length: 100 }, () => session.open({ compete: true })))
  expect(broker.count(INIT)).toBe(1)
})

it('an opening that competes is made although one that does not is under way', async () => {
  const { session, broker } = setUp()
  broker.isTaken = true
  const first = failure(() => session.open({ compete: false }))
  await session.open({ compete: true })
  expect((await first).code).toBe('IBKR_SESSION_COMPETING')
  expect([session.health().state, broker.isTaken]).toEqual(['open', false])
})

it('an opening that is aborted rejects with the reason, and another one opens', async () => {
  const { session, broker } = setUp()
  broker.isEstablished = false
  const controller = new AbortController()
  broker.answering(() => {
    if (broker.count(INIT) === 1) controller.abort(new Error('enough'))
    return undefined
  })
  const opening = failure(() => session.open({ compete: true, signal: controller.signal }))
  expect((await opening).message).toBe('enough')
  broker.isEstablished = true
  await session.open({ compete: true })
  expect(session.health().state).toBe('open')
})

it('an opening that is aborted beforehand changes nothing of how the session is opened', async () => {
  const { session, broker } = setUp()
  const signal = AbortSignal.abort(new Error('enough'))
  expect((await failure(() => session.open({ compete: true, signal }))).message).toBe('enough')
  // Who has never opened it is told "no bridge", and no session is taken from another platform.
  expect((await session.fetch('/iserver/accounts')).status).toBe(400)
  expect(broker.count(INIT)).toBe(0)
})

it('a step that is aborted beforehand rejects, also where nothing is due', async () => {
  const { session } = setUp()
  await session.open({ compete: true })
  await session.step()
  const signal = AbortSignal.abort(new Error('enough'))
  expect((await failure(() => session.step({ signal }))).message).toBe('enough')
})

it('keeps the cookies of the broker, and sends them back', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  await session.fetch('/iserver/accounts', { headers: { cookie: 'mine=1' } })
  const isBrowser = globalThis.navigator?.userAgent?.startsWith('Mozilla/5.0 ') ?? false
  const last = broker.calls.at(-1)?.headers.get('cookie')
  if (!isBrowser) expect(last).toBe(`mine=1; api=${COOKIE}`)
})

it('sends the cookies of the broker to no other host', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  await session.fetch('https://other.example/iserver/accounts')
  expect(broker.calls.at(-1)?.path).toBe('/iserver/accounts')
  expect(broker.calls.at(-1)?.headers.get('cookie')).toBeNull()
})

it('validates and logs out where that is asked for', async () => {
  const { session, broker } = setUp()
  expect(await session.validate()).toMatchObject({ isValid: true, loginType: 'paper' })
  await session.close()
  expect(broker.count('/logout')).toBe(0)
  const other = setUp()
  await other.session.close({ logout: true })
  expect(other.broker.count('/logout')).toBe(1)
})

it.each([
  [401, 'not authenticated'],
  [400, 'Bad Request: no bridge'],
  [200, 'no session'],
])('a logout that finds everything over already is one: %i «%s»', async (status, error) => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.answering(() => json(status, { error }))
  await session.close({ logout: true })
  expect(broker.count('/logout')).toBe(1)
})

it.each([
  [200, ''],
  [200, '\n'],
  [200, '{"status":true}'],
  [200, '{"confirmed":true}'],
  [204, null],
])('a logout is answered by %i %j', async (status, body) => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.answeringAt('/logout', () => new Response(body, { status }))
  await session.close({ logout: true })
  expect(broker.count('/logout')).toBe(1)
})

it('a page in the place of the answer is no logout', async () => {
  const { session, broker } = setUp()
  broker.answeringAt('/logout', () => new Response('<html>maintenance</html>'))
  expect((await failure(() => session.close({ logout: true })))['code']).toBe(
    'IBKR_SESSION_RESPONSE_INVALID',
  )
})

it('an answer without content is none of other calls', async () => {
  const { session, broker } = setUp()
  broker.answeringAt('/tickle', () => new Response(''))
  expect((await failure(() => session.tickle()))['code']).toBe('IBKR_SESSION_RESPONSE_INVALID')
  await session.close()
})

it('reads numbers that are written as text', async () => {
  const { session, broker } = setUp()
  broker.answeringAt('/tickle', () => json(200, { ssoExpires: '460311' }))
  expect((await session.tickle()).ssoExpiresInMs).toBe(460_311)
  const fields = { RESULT: true, EXPIRES: '415890', AUTH_TIME: '1702580846836', LOGIN_TYPE: '1' }
  broker.answeringAt('/sso/validate', () => json(200, { ...fields, lastAccessed: 'soon' }))
  expect(await session.validate()).toEqual({
    isValid: true,
    expiresInMs: 415_890,
    authenticatedAtMs: 1_702_580_846_836,
    lastAccessedAtMs: undefined,
    loginType: 'live',
  })
  await session.close()
})

it('two that log out at once send one logout, and one that leaves does not end that of the other', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const leaving = new AbortController()
  broker.answeringAt('/logout', () => {
    leaving.abort(new Error('enough'))
    return undefined
  })
  const left = failure(() => session.close({ logout: true, signal: leaving.signal }))
  await session.close({ logout: true })
  expect((await left).message).toBe('enough')
  expect([broker.count('/logout'), broker.isOpen]).toEqual([1, false])
})

it('a logout that failed or was aborted is made by the next close, and one that was made is not made again', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const signal = AbortSignal.abort(new Error('enough'))
  expect((await failure(() => session.close({ logout: true, signal }))).message).toBe('enough')
  expect([session.health().state, broker.count('/logout')]).toEqual(['closed', 0])
  broker.answering(() => 'lost')
  expect((await failure(() => session.close({ logout: true })))['code']).toBe(
    'IBKR_SESSION_NETWORK',
  )
  broker.answering(() => undefined)
  await session.close({ logout: true })
  await session.close({ logout: true })
  await session.close()
  expect([broker.count('/logout'), broker.isOpen]).toEqual([2, false])
})

it.each([
  ['as ours are', 'IBKR_OAUTH1_UNAUTHORIZED', true, true],
  ['with a digit at the end', 'CRYPTO_2', true, true],
  ['but has no toJSON', 'IBKR_OAUTH1_UNAUTHORIZED', false, false],
  ['with one word', 'ECONNRESET', true, false],
  ['with more in front', 'x IBKR_OAUTH1_UNAUTHORIZED', true, false],
  ['with more behind', 'IBKR_OAUTH1_UNAUTHORIZED!', true, false],
])(
  'a connection’s error of other classes, coded %s, stays itself or not: %s',
  async (_, code, isOurs, isKept) => {
    const { session, broker } = setUp()
    /** As the classes of another copy of the packages are. */
    class Coded extends Error {
      readonly code = code
      toJSON() {
        return { code }
      }
    }
    const error = isOurs ? new Coded('said') : Object.assign(new Error('said'), { code })
    broker.answering(() => {
      throw error
    })
    const found: unknown = await failure(() => session.tickle())
    expect(found === error).toBe(isKept)
    expect(found).toMatchObject({ code: isKept ? code : 'IBKR_SESSION_NETWORK' })
  },
)
