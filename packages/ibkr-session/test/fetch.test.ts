/** What callers send: repeated where that changes nothing, once otherwise, and never while a caller has the turn. */
import type { BrokerageSessionOptions } from '@isoauth/ibkr-session'
import { expect, it } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { deferred } from '../../../tests/support/index.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { signalOf } from '../src/internal/asked-request.ts'
import { everythingOf, failure, json, NOW_MS, SESSION_ID, settle, setUp, wrong } from './support.ts'

const INIT = '/iserver/auth/ssodh/init'
const ORDERS = '/iserver/account/DU1/orders'

skipWaits(1500)

it.each([
  ['GET', '/iserver/account/trades', 2],
  ['HEAD', '/iserver/account/trades', 2],
  ['POST', '/iserver/secdef/search', 2],
  ['POST', ORDERS, 1],
  ['PUT', '/iserver/watchlist', 1],
  ['DELETE', `${ORDERS}/1`, 1],
  ['POST', '/iserver/reply/1', 1],
  ['POST', `${ORDERS}/..%2f..%2ftickle`, 1],
  ['POST', `${ORDERS}?x=/tickle`, 1],
  ['POST', `${ORDERS}#/tickle`, 1],
])('no bridge at %s %s: opened again once, sent %i times', async (method, path, times) => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.isOpen = false
  const sentBefore = broker.calls.length
  const init = method === 'GET' || method === 'HEAD' ? { method } : { method, body: '{}' }
  const response = await session.fetch(path, init)
  expect(response.status).toBe(times === 2 ? 200 : 400)
  if (times === 1) expect(await response.text()).toContain('no bridge')
  await settle()
  const asked = path.split(/[?#]/)[0] as string
  const sent = broker.calls
    .slice(sentBefore)
    .filter((call) => call.path.startsWith(asked) && call.method === method)
  expect(sent).toHaveLength(times)
  expect(broker.count(INIT)).toBe(2)
})

it.each([408, 502, 503, 504])('an order answered %i: the outcome is unknown', async (status) => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.answeringAt(ORDERS, () => json(status, { error: 'slow' }))
  const error = await failure(() => session.fetch(ORDERS, { method: 'POST', body: '{}' }))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OUTCOME_UNKNOWN', status })
  expect(error['message']).not.toContain('DU1')
  expect(broker.count(ORDERS)).toBe(1)
})

it.each([
  ['GET', '/iserver/account/trades', 200, 2],
  ['POST', '/iserver/secdef/search', 200, 2],
  ['POST', ORDERS, 500, 1],
])(
  'a session of which the broker has forgotten the accounts, at %s %s: asked for them once, sent again what may be',
  async (method, path, status, times) => {
    const { session, broker, types } = setUp({ suppress: ['o163'] })
    await session.open({ compete: true })
    let isAsked = false
    broker.answering((call) => {
      if (call.path === '/iserver/accounts') isAsked = true
      const error = 'Please query /accounts first'
      return call.path === path && !isAsked ? json(500, { error, statusCode: 500 }) : undefined
    })
    const counts = () =>
      [INIT, '/iserver/accounts', '/iserver/questions/suppress', path].map(broker.count)
    const before = counts()
    const init = method === 'GET' ? { method } : { method, body: '{}' }
    const answers = await Promise.all([session.fetch(path, init), session.fetch(path, init)])
    expect(answers.map((answer) => answer.status)).toEqual([status, status])
    if (times === 1) expect(await answers[0]?.text()).toContain('query /accounts')
    await eventually(() => expect(broker.count('/iserver/questions/suppress')).toBe(2))
    await settle()
    expect(counts().map((count, at) => count - Number(before[at]))).toEqual([0, 1, 1, 2 * times])
    expect([types(), session.health().epoch]).toEqual([['opened'], 1])
    expect((await session.fetch(path, init)).status).toBe(200)
  },
)

it.each([
  ['of another reason', { error: 'out of order' }],
  ['without words', {}],
])('a 500 %s is given as it is', async (_, said) => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.answeringAt('/iserver/account/trades', () => json(500, said))
  const asked = broker.calls.length
  const response = await session.fetch('/iserver/account/trades')
  expect([response.status, await response.json(), broker.calls.length]).toEqual([
    500,
    said,
    asked + 1,
  ])
})

it('a 400 whose body does not come is given as it is, once timeoutMs are over', async () => {
  const { session, broker } = setUp({ timeoutMs: 2500 })
  await session.open({ compete: true })
  broker.answering(() => new Response(new ReadableStream({}), { status: 400 }))
  const answered = session.fetch('/iserver/accounts')
  // The clock comes near to a deadline by the waits of others alone.
  for (let count = 0; count < 10; count++) await new Promise((resolve) => setTimeout(resolve, 1000))
  const { status } = await answered
  expect([status, broker.count(INIT)]).toEqual([400, 1])
})

it('a 400 whose body does not come ends with the signal of its call', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const controller = new AbortController()
  broker.answering(() => {
    void settle().then(() => controller.abort(new Error('enough')))
    return new Response(new ReadableStream({}), { status: 400 })
  })
  const { signal } = controller
  expect((await failure(() => session.fetch('/iserver/accounts', { signal }))).message).toBe(
    'enough',
  )
})

it('an order that got no answer is not sent again', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.answeringAt(ORDERS, () => 'lost')
  const error = await failure(() => session.fetch(ORDERS, { method: 'POST', body: '{}' }))
  expect(error['code']).toBe('IBKR_SESSION_OUTCOME_UNKNOWN')
  expect(broker.count(ORDERS)).toBe(1)
})

it.each([
  ['whose fetch rejects what was answered', { response: { status: 502 } }],
  ['that tells so of its own fetch', { code: 'IBKR_OAUTH1_OPTION_INVALID', status: 502 }],
])('an order may have been carried out by a connection %s', async (_, rejection) => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.answeringAt(ORDERS, () => Promise.reject(Object.assign(new Error('502'), rejection)))
  const error = await failure(() => session.fetch(ORDERS, { method: 'POST', body: '{}' }))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OUTCOME_UNKNOWN', status: 502 })
  expect(broker.count(ORDERS)).toBe(1)
})

it('a connection whose fetch rejects what was answered is told as a fault of it, not of the network', async () => {
  const { session, broker } = setUp()
  const rejection = Object.assign(new Error('400'), { response: new Response('', { status: 400 }) })
  broker.answering(() => Promise.reject(rejection))
  for (const call of [
    () => session.status(),
    () => session.fetch('/portfolio/accounts'),
    () => session.fetch(ORDERS, { method: 'POST', body: '{}' }),
  ]) {
    const error = await failure(call)
    const expected = { code: 'IBKR_SESSION_OPTION_INVALID', option: 'connection', status: 400 }
    expect(error).toMatchObject(expected)
    expect(error['message']).toContain('resolves to a Response, whatever its status')
  }
})

it('the reason of a caller passes unchanged while a call is under way, whatever it holds', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const controller = new AbortController()
  const { signal } = controller
  // As Deno's own TimeoutError and AbortError, which have a function.
  const reason = Object.assign(new Error('mine'), { [Symbol('hostObject')]: () => {} })
  broker.answeringAt('/iserver/account/trades', async () => {
    controller.abort(reason)
    throw reason
  })
  const asked = session.fetch('/iserver/account/trades', { signal })
  expect(await asked.catch((error: unknown) => error)).toBe(reason)
})

it('a coded refusal of the connection passes unchanged, and so do aborts', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.answering(() => {
    throw Object.assign(new Error('refused'), { code: 'IBKR_OAUTH1_URL_REFUSED' })
  })
  const error = await failure(() => session.fetch(ORDERS, { method: 'POST' }))
  expect(error['code']).toBe('IBKR_OAUTH1_URL_REFUSED')
  const signal = AbortSignal.abort(new Error('mine'))
  expect((await failure(() => session.fetch(ORDERS, { method: 'POST', signal })))['message']).toBe(
    'mine',
  )
})

it('what is answered otherwise passes, also 503 of a GET', async () => {
  const { session, broker } = setUp()
  broker.answering(() => json(503, { error: 'down' }))
  expect((await session.fetch('/iserver/accounts')).status).toBe(503)
})

it('before open, no bridge is the answer', async () => {
  const { session, broker } = setUp()
  expect((await session.fetch('/iserver/accounts')).status).toBe(400)
  expect(broker.count(INIT)).toBe(0)
})

it('while an opening waits for its next attempt, callers get its error and open nothing', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.isOpen = false
  broker.answeringAt(INIT, () => json(503, { error: 'down' }))
  for (let call = 0; call < 20; call++) {
    const error = await failure(() => session.fetch('/iserver/accounts'))
    expect(error['code']).toBe('IBKR_SESSION_UNAVAILABLE')
  }
  expect(broker.count(INIT)).toBe(2)
})

it('exclusive: no tickle while a caller answers a question, but one that saves the session', async () => {
  const { session, broker, time } = setUp()
  await session.open({ compete: true })
  const before = broker.count('/tickle')
  const result = await session.exclusive(async () => {
    for (let step = 0; step < 3; step++) {
      time.now += 60_000
      await session.step()
    }
    expect(broker.count('/tickle')).toBe(before)
    time.now += 60_000
    await session.step()
    return 'answered'
  })
  expect(result).toBe('answered')
  expect(broker.count('/tickle')).toBe(before + 1)
})

it('exclusive: works run one after the other, and a failure frees the turn', async () => {
  const { session } = setUp()
  const order: string[] = []
  const work =
    (name: string, fails = false) =>
    async () => {
      order.push(`${name} begins`)
      await settle()
      order.push(`${name} ends`)
      if (fails) throw new Error(name)
    }
  const first = failure(() => session.exclusive(work('a', true)))
  await session.exclusive(work('b'))
  expect((await first)['message']).toBe('a')
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

it('exclusive: work that waits while the session is closed is refused, and not made', async () => {
  const { session } = setUp()
  const { promise, resolve } = deferred()
  const first = session.exclusive(async () => {
    await promise
    return 'first'
  })
  let isMade = false
  const waiting = failure(() =>
    session.exclusive(async () => {
      isMade = true
    }),
  )
  await settle()
  await session.close()
  resolve()
  expect(await first).toBe('first')
  expect((await waiting)['code']).toBe('IBKR_SESSION_CLOSED')
  expect(isMade).toBe(false)
})

it('exclusive: work that calls it at once is refused, with the remedy, and the turn is free again', async () => {
  const { session } = setUp()
  let isInnerDone = false
  const inner = async () => {
    isInnerDone = true
  }
  const error = await failure(() => session.exclusive(() => session.exclusive(inner)))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'work' })
  expect(error['message']).toContain('call directly what the inner exclusive was given')
  expect(isInnerDone).toBe(false)
  expect(await session.exclusive(async () => 'next')).toBe('next')
})

it.each([
  [{ 'b d': SESSION_ID }],
  [{ cookie: `a=1\r\nb: ${SESSION_ID}` }],
  [[['a']]],
  [`a: ${SESSION_ID}`],
  [{ 'x-note': `💥 ${SESSION_ID}` }],
])('headers that HTTP forbids are refused without their words: %j', async (headers) => {
  const { session, broker } = setUp()
  const error = await failure(() => session.fetch('/iserver/accounts', wrong({ headers })))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'init.headers' })
  expect(everythingOf(error)).not.toContain(SESSION_ID)
  expect(broker.calls).toEqual([])
})

it.each([5, {}, new AbortController(), { throwIfAborted() {} }])(
  'a signal that is none is refused: %o',
  async (signal) => {
    const { session } = setUp()
    const error = await failure(() => session.fetch('/iserver/accounts', wrong({ signal })))
    expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'init.signal' })
  },
)

it('null detaches the signal of a Request', () => {
  const request = new Request('https://broker.test/x', { signal: AbortSignal.abort() })
  expect(signalOf(request, {})?.aborted).toBe(true)
  expect(signalOf(request, { signal: null })).toBeUndefined()
})

it('no bridge at a Request with a body: the answer stands, since that cannot be sent again', async () => {
  const { broker } = setUp()
  const { fetch } = broker.connection
  // Takes the body out of a Request, as the platform's fetch does.
  const connection: BrokerageSessionOptions['connection'] = {
    fetch: wrong(async (input: unknown, init?: RequestInit) => {
      if (!(input instanceof Request)) return await fetch(input, init)
      const { method, url } = input
      return await fetch(new URL(url).pathname, { method, body: await input.text() })
    }),
  }
  const { session } = setUp({ connection }, { broker, time: { now: NOW_MS } })
  await session.open({ compete: true })
  broker.isOpen = false
  const search = 'https://broker.test/iserver/secdef/search'
  const response = await session.fetch(new Request(search, { method: 'POST', body: '{}' }))
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('no bridge')
  await eventually(() => expect(session.health()).toMatchObject({ state: 'open', epoch: 2 }))
})

it('the answer that is replaced by a repetition is ended, whether the session opens again or not', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const ended: string[] = []
  const isDown = { value: false }
  broker.answering(({ path }) => {
    if (isDown.value && path === '/iserver/auth/status') return json(503, {})
    if (path !== '/iserver/account/trades' || broker.isOpen) return undefined
    const start = (controller: ReadableStreamDefaultController) => {
      controller.enqueue(new TextEncoder().encode('{"error":"no bridge"}'.padEnd(3000)))
    }
    const cancel = () => void ended.push(path)
    return new Response(new ReadableStream({ start, cancel }), { status: 400 })
  })
  broker.isOpen = false
  expect((await session.fetch('/iserver/account/trades')).status).toBe(200)
  expect(ended).toHaveLength(1)
  broker.isOpen = false
  isDown.value = true
  await failure(() => session.fetch('/iserver/account/trades'))
  await eventually(() => expect(ended).toHaveLength(2))
})

it('an order waits for an opening that goes on after another caller has left it', async () => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const { promise, resolve } = deferred()
  broker.isOpen = false
  broker.answering(async ({ path }) => {
    if (path === '/iserver/auth/status') await promise
    return undefined as never
  })
  const stays = session.fetch('/iserver/account/trades')
  await settle()
  const controller = new AbortController()
  const leaves = session.open({ compete: true, signal: controller.signal })
  await settle()
  controller.abort(new Error('enough'))
  await expect(leaves).rejects.toThrow('enough')
  const order = session.fetch(ORDERS, { method: 'POST', body: '{}' })
  await settle()
  resolve()
  expect((await order).status).toBe(200)
  expect((await stays).status).toBe(200)
  expect(broker.count(ORDERS)).toBe(1)
})

it.each([
  ...['ERR_HTTP2_STREAM_ERROR', 'UND_ERR_SOCKET', 'EAI_AGAIN'],
  // An answer that could not be read or unpacked: the order was received.
  ...['HPE_INVALID_CONSTANT', 'Z_DATA_ERROR'],
])('an order that ends in %s of a library: the outcome is unknown', async (code) => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  broker.answering(() => Promise.reject(Object.assign(new Error('lost'), { code })))
  const error = await failure(() => session.fetch(ORDERS, { method: 'POST', body: '{}' }))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OUTCOME_UNKNOWN' })
})
