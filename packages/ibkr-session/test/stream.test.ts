/** A stream in every runtime: login, messages, frames of any kind, ends. */
import type { StreamMessage } from '@isoauth/ibkr-session'
import { expect, it } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { deferred, settle } from '../../../tests/support/index.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { FakeSocket, makeSockets, SECRETS, setUpStream, TOKEN } from './stream-support.ts'
import { everythingOf, failure, json, SESSION_ID, setUp, wrong } from './support.ts'

const price = (conid: number, value: string) => ({ topic: `smd+${conid}`, conid, '31': value })

skipWaits(5000)

it('logs in by pieces of sts, ticks at once, and subscribes only then', async () => {
  const { stream, socket, told, stop } = await setUpStream({}, (next) => {
    next.open()
    next.say({ topic: 'system', success: 'user' })
    next.say({ topic: 'sts', args: { connected: true } })
    setTimeout(() => {
      expect(next.sent).toEqual(['tic'])
      next.say({ topic: 'sts', args: { authenticated: true } })
    }, 30)
  })
  expect(socket().sent).toEqual(['tic'])
  stream.subscribe({ topic: 'md', key: '265598', parameters: { fields: ['31', '84'] } })
  expect(socket().frames).toEqual(['smd+265598+{"fields":["31","84"]}'])
  expect(told).toEqual([{ type: 'ready', connections: 1 }])
  await stop()
})

it('sends address, cookie and User-Agent to the factory', async () => {
  const { socket, stop } = await setUpStream({ userAgent: 'my-program/1' })
  const { url, headers } = socket()
  expect(url).toBe(`wss://broker.test/ws?oauth_token=${TOKEN}`)
  expect(headers['Cookie']).toMatch(new RegExp(`^api=${SESSION_ID}`))
  expect(headers['User-Agent']).toBe('my-program/1')
  await stop()
})

it('sends the first frame when it is asked for, and never uninvited', async () => {
  const { socket, stop } = await setUpStream({}, (next) => {
    next.open()
    setTimeout(() => {
      expect(next.sent).toEqual(['tic'])
      next.say({ message: 'waiting for session' })
      setTimeout(() => next.say({ topic: 'sts', args: { authenticated: true } }))
    }, 20)
  })
  expect(socket().sent).toEqual(['tic', JSON.stringify({ session: SESSION_ID })])
  await stop()
})

it('a session that the broker does not know is asked for anew', async () => {
  const { broker, sockets, stop } = await setUpStream({}, (next, count) => {
    if (count > 1) return next.login()
    next.open()
    next.say({ message: 'waiting for session' })
    next.say({ message: 'waiting for session' })
  })
  expect(sockets.length).toBe(2)
  expect(broker.count('/tickle')).toBe(2)
  await stop()
})

it('messages come to each subscription of a topic, and as events, in their order', async () => {
  const { stream, socket, stop } = await setUpStream()
  const events: StreamMessage[] = []
  stream.on('message', ({ message }) => void events.push(message))
  const one = stream.subscribe({ topic: 'md', key: '1', parameters: { fields: ['31'] } })
  const two = stream.subscribe({ topic: 'md', key: '1', parameters: { fields: ['84'] } })
  expect(socket().frames).toEqual(['smd+1+{"fields":["31"]}', 'smd+1+{"fields":["31","84"]}'])
  for (const value of ['1', '2', '3']) socket().say(price(1, value))
  const values: unknown[] = []
  for await (const { data, topic, key, isReconciled } of one) {
    expect([topic, key, isReconciled]).toEqual(['md', '1', false])
    values.push(data['31'])
    if (values.length === 2) break
  }
  for await (const { data } of one) {
    values.push(data['31'])
    break
  }
  expect(values).toEqual(['1', '2', '3'])
  expect(events.length).toBe(3)
  await one.close()
  expect(socket().frames.length).toBe(2)
  await two.close()
  expect(socket().frames.at(-1)).toBe('umd+1+{}')
  await stop()
})

it.each([
  ['the exchange', 'smd+1@NYSE'],
  // So the broker's page has it: the exchange stands in conidEx alone.
  ['the contract alone', 'smd+1'],
])(
  'market data of one exchange comes to its own subscription, where the topic names %s',
  async (_, topic) => {
    const { stream, socket, stop } = await setUpStream()
    const parameters = { fields: ['31'] }
    const all = stream.subscribe({ topic: 'md', key: '1', parameters })
    const one = stream.subscribe({ topic: 'md', key: '1@NYSE', parameters })
    expect(socket().frames.at(-1)).toBe('smd+1@NYSE+{"fields":["31"]}')
    socket().say({ topic, conid: 1, conidEx: '1@NYSE', '31': 'there' })
    socket().say({ topic: 'smd+1', conid: 1, conidEx: '1', '31': 'everywhere' })
    for await (const { key, data } of one) {
      expect([key, data['31']]).toEqual(['1@NYSE', 'there'])
      break
    }
    for await (const { key, data } of all) {
      expect([key, data['31']]).toEqual(['1', 'everywhere'])
      break
    }
    await one.close()
    expect(socket().frames.at(-1)).toBe('umd+1@NYSE+{}')
    await stop()
  },
)

it('an iterable waits, and ends with its subscription, its stream or its session', async () => {
  const { stream, socket, stop, told } = await setUpStream()
  const one = stream.subscribe({ topic: 'pl' })
  const two = stream.subscribe({ topic: 'tr', parameters: { days: 1 } })
  const first = one[Symbol.asyncIterator]().next()
  socket().say({ topic: 'spl', args: {} })
  expect((await first).value?.topic).toBe('pl')
  const last = one[Symbol.asyncIterator]().next()
  await one.close()
  expect(await last).toEqual({ done: true, value: undefined })
  socket().say({ topic: 'str', args: [] })
  const rest = two[Symbol.asyncIterator]()
  await stop()
  expect((await rest.next()).done).toBe(false)
  expect((await rest.next()).done).toBe(true)
  expect(socket().readyState).toBe(3)
  expect(told.at(-1)).toEqual({ type: 'closed' })
  expect((await failure(() => stream.subscribe({ topic: 'pl' })))['code']).toBe(
    'IBKR_SESSION_CLOSED',
  )
  expect(stream.health().state).toBe('closed')
})

it('closed by its signal and by await using', async () => {
  const controller = new AbortController()
  const { stream, session, socket } = await setUpStream({ signal: controller.signal })
  controller.abort()
  expect(stream.health().state).toBe('closed')
  expect(socket().readyState).toBe(3)
  const { webSocket, sockets } = makeSockets()
  const other = await session.openStream({ webSocket })
  const symbol = (Symbol as { readonly asyncDispose?: symbol }).asyncDispose
  const name = symbol ?? Symbol.for('Symbol.asyncDispose')
  await wrong<Record<symbol, () => Promise<void>>>(other)[name]?.()
  expect(sockets[0]?.readyState).toBe(3)
  expect(session.health().state).toBe('open')
  await session.close()
})

it('a signal that aborts during the login rejects with its reason, and leaves no socket', async () => {
  const { session } = setUp({ now: Date.now })
  await session.open({ compete: true })
  const { webSocket, sockets } = makeSockets((next) => next.open())
  const controller = new AbortController()
  const opening = session.openStream({ webSocket, signal: controller.signal })
  await eventually(() => expect(sockets).toHaveLength(1))
  controller.abort(new Error('enough'))
  await expect(opening).rejects.toThrow('enough')
  await settle()
  expect(sockets.map(({ readyState }) => readyState)).toEqual([3])
  await session.close()
})

it('frames of any kind are told and end nothing', async () => {
  const { stream, socket, told, stop } = await setUpStream()
  stream.subscribe({ topic: 'md', key: '1', parameters: { fields: ['31'] } })
  told.length = 0
  const frames: readonly (readonly [unknown, string])[] = [
    ['not JSON', 'not-json'],
    ['', 'not-json'],
    ['[1]', 'not-json'],
    ['null', 'not-json'],
    ['{"topic":1}', 'not-json'],
    ['{"message":{"toString":1}}', 'not-json'],
    ['{"topic":{"toString":1}}', 'not-json'],
    ['{"topic":"smh+9","serverId":{"toString":1,"valueOf":1}}', 'not-subscribed'],
    [`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'not-json'],
    [`{"topic":"smd+1","x":"${'x'.repeat(10_000_000)}"}`, 'too-large'],
    [new Uint8Array(10_000_000), 'too-large'],
    [{ topic: 'snew+1' }, 'unknown-topic'],
    [{ topic: 'constructor' }, 'unknown-topic'],
    [{ topic: 'smd' }, 'not-subscribed'],
    [{ topic: 'smd+2', '31': '1' }, 'not-subscribed'],
    [{ topic: 'smd+1', x: `${SESSION_ID}` }, 'secret'],
  ]
  for (const [frame] of frames) socket().say(frame)
  expect(told.map((event) => 'reason' in event && event.reason)).toEqual(
    frames.map(([, reason]) => reason),
  )
  told.length = 0
  socket().say(new TextEncoder().encode(JSON.stringify(price(1, '5'))))
  socket().say({ topic: 'usd+DU1', result: 'unsubscribed' })
  socket().say('tic')
  socket().say({ topic: 'tic', alive: true })
  socket().say({ topic: 'act', args: { accounts: ['DU1', 5], sessionId: SESSION_ID } })
  socket().say({ topic: 'ntf', args: { title: 'A', text: `hello ${TOKEN}` } })
  socket().say({ topic: 'blt', args: { message: 'down tonight' } })
  socket().say({ topic: 'ntf', args: [{ text: 'filled' }, { text: 'Use it?', options: ['Yes'] }] })
  socket().say({ topic: 'error', error: 'Topic unknown' })
  expect(told.map(({ type }) => type)).toEqual([
    'message',
    'accounts',
    'notice',
    'notice',
    'notice',
    'notice',
    'refused',
  ])
  expect(told[1]).toEqual({ type: 'accounts', accounts: ['DU1'] })
  expect(stream.health().state).toBe('open')
  await stop()
})

it('nothing secret is in an event, an error or a print', async () => {
  const setup = setUp({ now: Date.now, openTimeoutMs: 6000 })
  const errors: unknown[] = []
  const { stream, socket, told, session } = await setUpStream({}, (s) => s.login(), setup)
  for (const secret of SECRETS) {
    for (const topic of ['sts', 'act', 'ntf', 'blt', 'error', secret, `smd+${secret}`]) {
      socket().say({ topic, error: secret, args: { message: secret, text: secret, title: secret } })
      socket().say(`${secret}`)
    }
    socket().say({ topic: 'sts', args: { authenticated: false, message: secret } })
  }
  for (const webSocket of [
    () => {
      throw new SyntaxError(`bad ${SECRETS}`)
    },
    async () => Promise.reject(new Error(`${SECRETS}`)),
    () => wrong<never>(undefined),
  ]) {
    errors.push(await failure(() => session.openStream({ webSocket })))
  }
  expect(errors.length).toBe(3)
  const shown = everythingOf([told, errors, stream, stream.health()])
  for (const secret of SECRETS) expect(shown).not.toContain(secret)
  await session.close()
})

it('messages come although the broker set a cookie of one character, and the address has such a parameter', async () => {
  const setup = setUp({ now: Date.now })
  const { connection } = setup.broker
  setup.broker.answering(({ path }) =>
    path === '/iserver/accounts'
      ? json(200, { accounts: ['DU1'] }, { 'set-cookie': 'IS_MASTER=1; Path=/' })
      : undefined,
  )
  connection.webSocketUrl = async () => `wss://broker.test/ws?v=1&oauth_token=${TOKEN}`
  const { stream, socket, told, stop } = await setUpStream({}, undefined, setup)
  const prices = stream.subscribe({ topic: 'md', key: '1' })
  socket().say(price(1, '101.5'))
  expect(told).not.toContainEqual(expect.objectContaining({ type: 'frame-dropped' }))
  expect(prices.buffered).toBe(1)
  await stop()
})

it('a socket that a factory gives too late is closed', async () => {
  const { session } = setUp({ now: Date.now })
  await session.open({ compete: true })
  const { promise, resolve } = deferred<FakeSocket>()
  const asked = deferred()
  const controller = new AbortController()
  const opening = session.openStream({
    signal: controller.signal,
    webSocket: () => {
      asked.resolve()
      return promise
    },
  })
  await asked.promise
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(opening).rejects.toBe(reason)
  const late = new FakeSocket('wss://broker.test', {})
  late.open()
  resolve(late)
  await settle()
  expect(late.readyState).toBe(3)
})

it('a socket that is open already when it is given logs in', async () => {
  const { session } = setUp({ now: Date.now })
  await session.open({ compete: true })
  const socket = new FakeSocket('wss://broker.test', {})
  socket.open()
  const opening = session.openStream({ webSocket: () => socket })
  await eventually(() => expect(socket.sent).toContain('tic'))
  socket.say({ topic: 'sts', args: { connected: true } })
  socket.say({ topic: 'sts', args: { authenticated: true } })
  await (await opening).close()
  expect(socket.readyState).toBe(3)
})

it('a session that closes ends what its listeners begin anew, and nothing goes on after it', async () => {
  const { session, broker, stream, sockets } = await setUpStream()
  const refusals: unknown[] = []
  let begun = 0
  stream.on('closed', () => {
    // Of a session that goes on closing for ever nothing else would tell.
    if (begun++ > 5) return
    const again = [
      async () => void session.keepAlive(),
      () => session.openStream({ webSocket: () => sockets[0] as FakeSocket }),
      () => session.open({ compete: true }),
    ]
    for (const attempt of again) refusals.push(failure(attempt).then(({ code }) => code))
  })
  const sent = broker.calls.length
  await session.close()
  expect(await Promise.all(refusals)).toEqual(Array(3).fill('IBKR_SESSION_CLOSED'))
  await settle()
  expect(session.health()).toMatchObject({ state: 'closed', isKeeper: false })
  expect(broker.calls.length).toBe(sent)
})
