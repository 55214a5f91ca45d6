/** Every option of a stream and of a subscription, wrong or of another type: refused before anything is sent. */
import { createBrokerageSession, reconcileOrdersAndTrades } from '@isoauth/ibkr-session'
import { expect, it, vi } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { makeSockets, setUpStream } from './stream-support.ts'
import { failure, setUp, setUpGivenUp, wrong } from './support.ts'

const invalid = 'IBKR_SESSION_OPTION_INVALID'

skipWaits(5000)

it.each([
  ['webSocket', [1, {}, 'ws']],
  ['userAgent', [1, '', ' x', 'é']],
  ['reconcile', [1, {}, 'orders']],
  ['reconcileTimeoutMs', [0, -1, '1', Number.NaN]],
  ['onEvent', [1, {}]],
  ['signal', [1, {}, false, 0, '']],
] as const)('openStream refuses a wrong %s', async (option, values) => {
  const { session, broker } = setUp()
  await session.open({ compete: true })
  const sent = broker.calls.length
  const { webSocket, sockets } = makeSockets()
  for (const value of values) {
    const error = await failure(() => session.openStream(wrong({ webSocket, [option]: value })))
    expect(error).toMatchObject({ code: invalid, option })
  }
  for (const options of [null, 1, 'x', []]) {
    expect(await failure(() => session.openStream(wrong(options)))).toMatchObject({ code: invalid })
  }
  expect([broker.calls.length, sockets.length]).toEqual([sent, 0])
})

it('a connection without webSocketUrl has a session, and refuses a stream with its reason', async () => {
  const { broker } = setUp()
  const connection = { fetch: broker.connection.fetch }
  const session = createBrokerageSession(wrong({ connection }))
  await session.open({ compete: true })
  const { webSocket } = makeSockets()
  const error = await failure(() => session.openStream({ webSocket }))
  expect(error).toMatchObject({ code: invalid, option: 'connection' })
  expect(error.message).toMatch(/no webSocketUrl/)
})

it('of a connection without webSocketUrl that is told where the runtime has no WebSocket either', async () => {
  vi.stubGlobal('WebSocket', undefined)
  try {
    const { session, broker } = setUp()
    const { fetch } = broker.connection
    const without = createBrokerageSession(wrong({ connection: { fetch } }))
    const error = await failure(() => without.openStream())
    expect(error).toMatchObject({ code: invalid, option: 'connection' })
    expect(await failure(() => session.openStream())).toMatchObject({ option: 'webSocket' })
  } finally {
    vi.unstubAllGlobals()
  }
})

it.each([
  'http://broker.test/ws',
  'ws://broker.test/ws?oauth_token=t',
  'wss://broker.test/#x',
  '',
  undefined,
  1,
])('a webSocketUrl of %j is refused, and not shown', async (url) => {
  const { broker } = setUp()
  const connection = { fetch: broker.connection.fetch, webSocketUrl: async () => url }
  const session = createBrokerageSession(wrong({ connection }))
  await session.open({ compete: true })
  const error = await failure(() => session.openStream({ webSocket: makeSockets().webSocket }))
  expect(error).toMatchObject({ code: invalid, option: 'connection' })
  expect(error.message).toMatch(/webSocketUrl resolves to a wss: address/)
  expect(error.message).not.toContain('broker.test')
})

it('a runtime without WebSocket asks for a factory', async () => {
  vi.stubGlobal('WebSocket', undefined)
  const { session } = setUp()
  await session.open({ compete: true })
  const error = await failure(() => session.openStream())
  expect(error).toMatchObject({ code: invalid, option: 'webSocket' })
  expect(error.message).toMatch(/undici or ws/)
  vi.unstubAllGlobals()
})

it.each([undefined, null, {}, 'ws', { addEventListener: true }])(
  'a webSocket that gives %j is refused at once',
  async (given) => {
    const { session } = setUp()
    await session.open({ compete: true })
    const error = await failure(() => session.openStream(wrong({ webSocket: () => given })))
    expect(error).toMatchObject({ code: invalid, option: 'webSocket' })
    expect(error.message).toContain('new WebSocket(url, init)')
  },
)

it.each([
  ['a class', class {}],
  ['a function that rejects', () => Promise.reject()],
])('where webSocket is %s, the refusal names the option and its form', async (_, webSocket) => {
  const { session } = setUp({ openTimeoutMs: 6000 })
  await session.open({ compete: true })
  const error = await failure(() => session.openStream(wrong({ webSocket })))
  expect(error.message).toContain(
    'an option webSocket that is not like (url, init) => new WebSocket(url, init)',
  )
})

it.each(['error', 'close'])(
  'a socket of a library that calls its %s listeners without an event is taken as closed',
  async (type) => {
    const { session } = setUp({ openTimeoutMs: 6000 })
    await session.open({ compete: true })
    const thrown: unknown[] = []
    const webSocket = () => ({
      addEventListener(name: string, listener: () => void) {
        if (name !== type) return
        queueMicrotask(() => {
          try {
            listener()
          } catch (error) {
            thrown.push(error)
          }
        })
      },
      send() {},
      close() {},
    })
    const error = await failure(() => session.openStream(wrong({ webSocket })))
    expect(thrown).toEqual([])
    expect(error).toMatchObject({ code: 'IBKR_SESSION_NOT_READY' })
    expect(error.message).toContain('closed before its login was done')
  },
)

it('reconcileOrdersAndTrades called by hand says that it is given uncalled', async () => {
  const error = await failure(() => wrong<() => unknown>(reconcileOrdersAndTrades)())
  expect(error).toMatchObject({ code: invalid, option: 'gap' })
  expect(error.message).toContain('give openStream the function itself, uncalled')
})

it('a stream of a session that was given up is refused at once', async () => {
  const { session } = await setUpGivenUp()
  expect(session.health().state).toBe('given-up')
  const error = await failure(() => session.openStream({ webSocket: makeSockets().webSocket }))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_NO_BRIDGE' })
  expect(error.message).toContain('open it again with open()')
})

it('a stream before open is refused', async () => {
  const { session } = setUp()
  const error = await failure(() => session.openStream({ webSocket: makeSockets().webSocket }))
  expect(error['code']).toBe('IBKR_SESSION_NO_BRIDGE')
})

it.each([
  ['topic', [undefined, 'xx', 1, 'smd', 'constructor'], {}],
  ['key', [undefined, '', 1, 'abc', '1+2', '1\n'], { topic: 'md' }],
  ['key', ['x', 1], { topic: 'pl' }],
  ['key', ['1', 'DU1'], { topic: 'bd' }],
  [
    'parameters',
    [null, new Date(0), 1, [], 'x', { a: 1n }, { a: 'x'.repeat(20_000) }],
    { topic: 'md', key: '1' },
  ],
  ['bufferLimit', [-1, 1.5, '1', 100_001], { topic: 'pl' }],
] as const)('subscribe refuses a wrong %s', async (option, values, base) => {
  const { stream, socket, stop } = await setUpStream()
  for (const value of values) {
    const error = await failure(() => stream.subscribe(wrong({ ...base, [option]: value })))
    expect(error).toMatchObject({ code: invalid, option })
  }
  expect(socket().frames).toEqual([])
  await stop()
})

it.each([
  ['md', /the contract id, such as 265598, or/],
  ['mh', /the contract id, such as 265598\b/],
  ['bd', /account and contract id/],
  ['sd', /the account, such as DU1234567/],
  ['pl', /left out for pl/],
] as const)('a wrong key of %s is refused with the form that it has', async (topic, form) => {
  const { stream, stop } = await setUpStream()
  const error = await failure(() => stream.subscribe({ topic, key: '?' }))
  expect(error['message']).toMatch(form)
  await stop()
})

it('parameters that are changed afterwards are asked for as they were', async () => {
  const { stream, socket, sockets, stop } = await setUpStream()
  const fields: unknown[] = ['31']
  stream.subscribe({ topic: 'md', key: '1', parameters: { fields } })
  fields.push('84', 5n)
  socket().cut()
  await eventually(() => expect(sockets[1]?.frames).toEqual(['smd+1+{"fields":["31"]}']))
  await stop()
})

it('the same topic with other parameters, and a sixth history, are refused', async () => {
  const { stream, stop } = await setUpStream()
  stream.subscribe({ topic: 'tr', parameters: { days: 1 } })
  stream.subscribe({ topic: 'tr', parameters: { days: 1 } })
  const other = await failure(() => stream.subscribe({ topic: 'tr', parameters: { days: 2 } }))
  expect(other).toMatchObject({ code: invalid, option: 'parameters' })
  for (let key = 1; key <= 5; key++) stream.subscribe({ topic: 'mh', key: `${key}` })
  const sixth = await failure(() => stream.subscribe({ topic: 'mh', key: '6' }))
  expect(sixth).toMatchObject({ code: invalid, option: 'topic' })
  expect(await failure(() => stream.on(wrong<'gap'>('x'), () => {}))).toMatchObject({
    option: 'type',
  })
  expect(await failure(() => stream.on('gap', wrong(1)))).toMatchObject({ option: 'listener' })
  await stop()
})
