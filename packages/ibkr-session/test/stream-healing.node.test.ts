/** How a stream heals, on a fake clock: heartbeats, reconnection, subscriptions, gaps. In Node alone, for its fake timers. */
import { IbkrOAuth1Error } from '@isoauth/ibkr-oauth1'
import {
  type Reconcile,
  type ReconcileContext,
  reconcileOrdersAndTrades,
} from '@isoauth/ibkr-session'
import { expect, it, vi } from 'vitest'
import { deferred } from '../../../tests/support/index.ts'
import { reopenByCall, setUpByTimers, timersTime, useFakeClock } from './fake-clock.ts'
import { type FakeSocket, makeSockets, setUpStream } from './stream-support.ts'
import { json, makeBroker, makeLock, memoryStore, SESSION_ID, setUp, wrong } from './support.ts'

const MINUTE_MS = 60_000

const pass = useFakeClock()

/** A broker whose heartbeat comes every ten seconds. */
function beat(socket: FakeSocket): void {
  socket.login()
  const timer = setInterval(() => {
    if (socket.readyState === 1) socket.say({ topic: 'system', hb: Date.now() })
    else clearInterval(timer)
  }, 10_000)
}

async function start(...[options, onOpen = beat]: Parameters<typeof setUpStream>) {
  const opening = setUpStream(options, onOpen, setUpByTimers())
  await pass(10_000)
  return await opening
}

/** A stream whose broker limits tickles once it has lasted a while, until `relent`. */
async function startLimited(headers: Readonly<Record<string, string>>, afterMs = 10_000) {
  const setup = await start()
  const { broker } = setup
  await pass(afterMs)
  broker.answeringAt('/tickle', () => json(429, { error: 'slow' }, headers))
  return { ...setup, relent: () => broker.answering(() => undefined) }
}

it('tic at once and every 30 s; a socket that beats lives', async () => {
  const { socket, sockets, stop } = await start()
  await pass(10 * MINUTE_MS)
  expect(sockets.length).toBe(1)
  const tics = socket().sent.filter((text) => text === 'tic').length
  expect(tics).toBeGreaterThanOrEqual(20)
  expect(tics).toBeLessThanOrEqual(22)
  await stop()
  await pass(MINUTE_MS)
  expect(vi.getTimerCount()).toBe(0)
})

it('a stream that is closed holds nothing, however often its socket was cut before', async () => {
  // Without a heartbeat, which would be a timer of the test's own.
  const { session, stream, socket, sockets } = await start({}, (next) => next.login())
  for (let cuts = 0; cuts < 5; cuts++) {
    socket().cut()
    await pass(20_000)
  }
  expect(sockets.length).toBe(6)
  await stream.close()
  await session.close()
  // Not one that would keep the process until the next attempt, which comes to nothing.
  await pass(0)
  expect(vi.getTimerCount()).toBe(0)
})

it.each(['lost', 'waiting'] as const)(
  'closed by who is told "%s", it holds nothing',
  async (type) => {
    let isDown = false
    const login = (next: FakeSocket) => (isDown ? next.cut() : next.login())
    const { session, stream, socket } = await start({}, login)
    let isTold = false
    stream.on(type, () => {
      isTold = true
      void stream.close()
    })
    isDown = true
    socket().cut()
    while (!isTold) await pass(100)
    await session.close()
    await pass(0)
    expect(vi.getTimerCount()).toBe(0)
  },
)

it('without a heartbeat for 60 s the socket is dead, whatever else comes', async () => {
  const { stream, socket, sockets, kinds, stop } = await start({}, (next) => next.login())
  stream.subscribe({ topic: 'pl' })
  for (let second = 0; second < 50; second++) {
    await pass(1000)
    socket().say({ topic: 'spl', args: {} })
  }
  expect(sockets.length).toBe(1)
  await pass(25_000)
  expect(kinds()).toContain('lost:silent')
  expect(sockets.length).toBe(2)
  await stop()
})

it('everything is subscribed to again, once each, and the gap is told', async () => {
  const { stream, socket, sockets, told, stop } = await start()
  stream.subscribe({ topic: 'md', key: '1', parameters: { fields: ['31'] } })
  stream.subscribe({ topic: 'tr' })
  const gone = stream.subscribe({ topic: 'sd', key: 'DU1' })
  stream.subscribe({ topic: 'bd', key: 'DU1+265598' })
  await gone.close()
  await pass(15_000)
  const lastFrameAtMs = stream.health().lastHeartbeatAtMs
  await pass(5000)
  const cutAtMs = Date.now()
  socket().cut()
  stream.subscribe({ topic: 'pl' })
  await pass(3000)
  expect(sockets.length).toBe(2)
  expect(socket().frames.sort()).toEqual([
    'sbd+DU1+265598',
    'smd+1+{"fields":["31"]}',
    'spl+{}',
    'str+{}',
  ])
  const gaps = told.filter((event) => event.type === 'gap')
  expect(gaps.length).toBe(1)
  const [gap] = gaps
  expect(gap?.fromMs).toBeGreaterThanOrEqual(Number(lastFrameAtMs))
  expect(gap?.fromMs).toBeLessThanOrEqual(cutAtMs)
  expect(gap?.toMs).toBeGreaterThanOrEqual(cutAtMs)
  // What was subscribed to after the cut has no gap.
  expect(gap?.topics.map(({ topic }) => topic).sort()).toEqual(['bd', 'md', 'tr'])
  expect(stream.health()).toMatchObject({ connections: 2, gaps: 1, state: 'open' })
  await stop()
})

it('reconnection backs off, and a good tickle cuts the wait short', async () => {
  let isDown = false
  const { session, sockets, socket, told, stop } = await start({}, (next) =>
    isDown ? next.cut() : beat(next),
  )
  await pass(2 * MINUTE_MS)
  isDown = true
  socket().cut()
  await pass(20 * MINUTE_MS)
  const attempts = sockets.length - 1
  expect(attempts).toBeGreaterThanOrEqual(8)
  expect(attempts).toBeLessThanOrEqual(14)
  const waits = told.flatMap((event) => (event.type === 'waiting' ? [event] : []))
  expect(waits.at(-1)).toMatchObject({ code: 'IBKR_SESSION_NETWORK' })
  await pass(2000)
  isDown = false
  const before = sockets.length
  await session.tickle()
  await pass(2000)
  expect(sockets.length).toBe(before + 1)
  expect(told.at(-1)?.type).toBe('gap')
  await stop()
})

it('sockets that end soon are opened again later each time, and one that lasted a minute ends that', async () => {
  const { sockets, socket, stop } = await start()
  /** How many seconds pass from the end of a socket that lasted so long to the next one. */
  const waitAfter = async (lastedMs: number) => {
    await pass(lastedMs)
    const before = sockets.length
    socket().cut()
    for (let seconds = 1; ; seconds++) {
      await pass(1000)
      if (sockets.length > before) return seconds
    }
  }
  const waits: number[] = []
  for (const lastedMs of [5000, 5000, 5000, 70_000, 5000]) waits.push(await waitAfter(lastedMs))
  expect(waits[0]).toBeLessThanOrEqual(2)
  expect(waits[1]).toBeGreaterThanOrEqual(2)
  expect(waits[2]).toBeGreaterThanOrEqual(4)
  expect(waits[3]).toBeLessThanOrEqual(2)
  expect(waits[4]).toBeLessThan(Number(waits[2]))
  await stop()
})

it.each([
  ['what the broker asks to wait for is waited for', { 'retry-after': '300' }, 4, 2],
  ['a 429 that names no time is waited for a minute', {}, 0.75, 0.5],
])('%s, tickle or not', async (_, headers, minutes, moreMinutes) => {
  const { session, broker, sockets, socket, stop, relent } = await startLimited(headers)
  socket().cut()
  await pass(5000)
  const asked = broker.count('/tickle')
  relent()
  await session.tickle()
  await pass(minutes * MINUTE_MS)
  expect([broker.count('/tickle'), sockets.length]).toEqual([asked + 1, 1])
  await pass(moreMinutes * MINUTE_MS)
  expect(sockets.length).toBe(2)
  await stop()
})

it.each([
  ['ws', 'Unexpected server response: 429'],
  ['Deno', 'NetworkError: failed to connect to WebSocket: Invalid status code: 429'],
  ['Bun', "WebSocket connection to 'wss://x.test/' failed: Expected 101 status code: 429"],
])(
  'a socket that is refused with 429, as %s tells it, is asked for again after a minute',
  async (_, message) => {
    let isLimited = false
    const { socket, sockets, told, stop } = await start({}, (next) => {
      if (!isLimited) return beat(next)
      next.dispatchEvent(Object.assign(new Event('error'), { message }))
      next.cut(1006)
    })
    await pass(2 * MINUTE_MS)
    isLimited = true
    socket().cut()
    await pass(2000)
    expect(told.at(-1)).toMatchObject({
      ...{ type: 'waiting', code: 'IBKR_SESSION_RATE_LIMITED' },
      message: 'The broker did not open the stream: it answered 429 in the place of 101.',
    })
    expect(sockets.length).toBe(2)
    await pass(57_000)
    expect(sockets.length).toBe(2)
    isLimited = false
    await pass(5000)
    expect([sockets.length, told.at(-1)?.type]).toEqual([3, 'gap'])
    await stop()
  },
)

it('a tickle of a stream that is limited holds back those of keep-alive and of the other streams', async () => {
  const limited = await startLimited({ 'retry-after': '300' })
  const { session, broker, sockets, socket, events, relent, stop } = limited
  const others = makeSockets(beat)
  relent()
  for (let count = 0; count < 3; count++) {
    const opening = session.openStream({ webSocket: others.webSocket })
    await pass(2000)
    await opening
  }
  await pass(10_000)
  session.keepAlive()
  broker.answeringAt('/tickle', () => json(429, { error: 'slow' }, { 'retry-after': '300' }))
  const asked = broker.count('/tickle')
  for (const one of [socket(), ...others.sockets]) one.cut()
  await pass(4 * MINUTE_MS)
  expect(broker.count('/tickle')).toBe(asked + 1)
  expect(events.at(-1)).toMatchObject({ type: 'waiting', reason: 'rate-limited' })
  expect(session.health().waitingUntilMs).toBeGreaterThan(Date.now())
  relent()
  await pass(2 * MINUTE_MS)
  expect([sockets.length, others.sockets.length]).toEqual([2, 6])
  await stop()
})

it('a socket that is lost late in the wait that an opening was asked for waits no longer than that', async () => {
  const { session, broker, sockets, socket, stop } = await start()
  session.keepAlive()
  await pass(10_000)
  broker.isOpen = false
  broker.answeringAt('/iserver/auth/ssodh/init', () =>
    json(503, { error: 'later' }, { 'retry-after': '600' }),
  )
  await pass(MINUTE_MS)
  const { state, waitingUntilMs = 0 } = session.health()
  expect([state, sockets.length]).toEqual(['lost', 1])
  broker.answering(() => undefined)
  await pass(waitingUntilMs - Date.now() - 30_000)
  socket().cut()
  await pass(40_000)
  expect(session.health().state).toBe('open')
  expect(sockets.length).toBe(2)
  await stop()
})

it('streams that are cut at once ask for the id of the session once, and anew after a renewal', async () => {
  const { session, broker, socket, stop } = await start()
  const others = makeSockets(beat)
  for (let count = 0; count < 3; count++) {
    const opening = session.openStream({ webSocket: others.webSocket })
    await pass(2000)
    await opening
  }
  await pass(10_000)
  broker.answeringAt('/tickle', async () => {
    await new Promise((resolve) => setTimeout(resolve, 3000))
    const authStatus = { authenticated: true, connected: true }
    return json(200, { session: SESSION_ID, iserver: { authStatus } })
  })
  let asked = broker.count('/tickle')
  for (const one of [socket(), ...others.sockets]) one.cut()
  await pass(6000)
  expect([broker.count('/tickle'), others.sockets.length]).toEqual([asked + 1, 6])
  await pass(10_000)
  asked = broker.count('/tickle')
  socket().cut()
  // After about two seconds it is opened again: its tickle is under way.
  await pass(3000)
  expect(broker.count('/tickle')).toBe(asked + 1)
  broker.renew()
  await pass(6000)
  expect([broker.count('/tickle'), others.sockets.length]).toEqual([asked + 2, 9])
  await stop()
})

it('a stream after an opening that failed opens the session first, with all that belongs to it', async () => {
  const setup = setUp({ now: Date.now, openTimeoutMs: 10_000, suppress: ['o163'] })
  const { session, broker, types } = setup
  broker.hasAccounts = false
  const failed = session.open({ compete: true }).catch(({ code }) => code)
  await pass(20_000)
  expect(await failed).toBe('IBKR_SESSION_NOT_READY')
  broker.hasAccounts = true
  const { sockets, webSocket } = makeSockets(beat)
  const opening = session.openStream({ webSocket })
  await pass(5000)
  await opening
  expect(types()).toEqual(['waiting', 'opened'])
  expect(session.health()).toMatchObject({ state: 'open', epoch: 1 })
  expect(broker.count('/iserver/questions/suppress')).toBe(1)
  session.keepAlive()
  await pass(3 * MINUTE_MS)
  expect(sockets.length).toBe(1)
  await session.close()
})

it('of a wait of two months that the broker asks for an hour is believed, and no timer runs over', async () => {
  const { sockets, socket, told, stop, relent } = await startLimited({ 'retry-after': '5000000' })
  socket().cut()
  await pass(30 * MINUTE_MS)
  expect(told.filter(({ type }) => type === 'waiting')).toHaveLength(1)
  relent()
  await pass(31 * MINUTE_MS)
  expect(sockets.length).toBe(2)
  await stop()
})

it('while keep-alive waits for what the broker limits, a new socket sends no tickle either', async () => {
  const limited = await startLimited({ 'retry-after': '300' }, 60_000)
  const { session, broker, sockets, socket, stop, relent } = limited
  await session.step()
  expect(session.health().waitingUntilMs).toBeGreaterThan(Date.now())
  const asked = broker.count('/tickle')
  await pass(4 * MINUTE_MS)
  socket().cut()
  await pass(30_000)
  expect([broker.count('/tickle'), sockets.length]).toEqual([asked, 1])
  relent()
  await pass(45_000)
  expect(sockets.length).toBe(2)
  await stop()
})

it.each([
  [{ fail: 'broken', message: 'why' }, 'broken'],
  [{ fail: 'broken' }, 'broken'],
  [{ fail: '', message: 'why' }, 'why'],
  [{ message: 'why' }, 'why'],
])(
  'a tickle before a new socket that finds no session tells what the broker says: %j',
  async (said, message) => {
    const { broker, events, socket, stop } = await start()
    await pass(10_000)
    const authStatus = { authenticated: false, competing: false, connected: true, ...said }
    broker.answeringAt('/tickle', () => json(200, { session: SESSION_ID, iserver: { authStatus } }))
    socket().cut()
    await pass(10_000)
    expect(events).toContainEqual({ type: 'lost', epoch: 1, reason: 'not-authenticated', message })
    broker.answering(() => undefined)
    await stop()
  },
)

it.each([
  ['says it', {}, 0],
  ['does not say it', { iserver: undefined }, 1],
])('whether there is a session is asked for where a tickle %s or not', async (_, change, times) => {
  const { broker, socket, kinds, stop } = await start()
  await pass(10_000)
  const asked = broker.count('/iserver/auth/status')
  const authStatus = { authenticated: true, competing: false, connected: true }
  const told = { session: SESSION_ID, iserver: { authStatus }, ...change }
  broker.answeringAt('/tickle', () => json(200, told))
  socket().cut()
  await pass(10_000)
  expect(kinds().slice(-2)).toEqual(['ready', 'gap'])
  expect(broker.count('/iserver/auth/status')).toBe(asked + times)
  await stop()
})

it.each([
  [400, 'Bad Request: no bridge'],
  [200, 'no session'],
  [401, 'not authenticated'],
  // Nothing is known of these words: the status tells.
  [200, 'session is gone'],
  [410, 'gone'],
])(
  'a tickle before a new socket that is answered by %i and "%s": the session is opened again at once, then the stream',
  async (status, error) => {
    const { broker, session, socket, kinds, stop } = await start()
    broker.isOpen = false
    broker.answeringAt('/tickle', () => (broker.isOpen ? undefined : json(status, { error })))
    socket().cut()
    await pass(10_000)
    expect(kinds()).toEqual(['ready', 'lost:closed', 'ready', 'gap'])
    expect(session.health()).toMatchObject({ epoch: 2, state: 'open' })
    await stop()
  },
)

it('authenticated false: the session is opened again, then the stream', async () => {
  const { broker, socket, sockets, session, kinds, stop } = await start()
  broker.isOpen = false
  socket().say({ topic: 'sts', args: { authenticated: false } })
  await pass(10_000)
  expect(kinds()).toEqual(['ready', 'lost:not-authenticated', 'ready', 'gap'])
  expect(session.health()).toMatchObject({ epoch: 2, state: 'open' })
  expect(broker.count('/iserver/auth/ssodh/init')).toBe(2)
  expect(sockets.length).toBe(2)
  await stop()
})

it.each([
  ['with its words', { message: 'Another platform' }, ' It says: Another platform'],
  ['without words', {}, ''],
])('a login that says authenticated false %s is told as that', async (_, said, words) => {
  let isRefused = false
  const { socket, told, stop } = await start({}, (next) => {
    if (!isRefused) return beat(next)
    next.open()
    next.say({ topic: 'sts', args: { authenticated: false, ...said } })
  })
  isRefused = true
  socket().cut()
  await pass(10_000)
  expect(told.filter(({ type }) => type === 'waiting').at(-1)).toMatchObject({
    code: 'IBKR_SESSION_NOT_READY',
    message: `The broker says on the stream that the session is not authenticated.${words}`,
  })
  await stop()
})

it('authenticated false and a silent restoration: the stream comes back, and nothing is opened', async () => {
  const { broker, socket, sockets, kinds, stop } = await start()
  socket().say({ topic: 'sts', args: { authenticated: false } })
  await pass(5000)
  expect(sockets.length).toBe(2)
  expect(kinds().at(-1)).toBe('gap')
  expect(broker.count('/iserver/auth/ssodh/init')).toBe(1)
  await stop()
})

it('a tickle of a stream that was answered after another opening loses nothing', async () => {
  const setup = await start()
  const { broker, session, socket, sockets, types, stop } = setup
  const authStatus = { authenticated: false, connected: false, competing: false }
  const answer = broker.answeringLate('/tickle', { session: SESSION_ID, iserver: { authStatus } })
  await pass(10_000)
  socket().cut()
  await pass(2000)
  await reopenByCall(pass, setup)
  answer()
  await pass(5000)
  expect(types()).toEqual(['opened', 'lost', 'reopened'])
  expect([session.health().epoch, sockets.length]).toEqual([2, 2])
  await stop()
})

it('a sign-in that was refused counts once for keep-alive and the streams that waited for it', async () => {
  const { broker, session, socket, types, stop } = await start()
  const attempts: number[] = []
  let attempt: Promise<Response> | undefined
  const signIn = async () => {
    attempts.push(Date.now())
    await new Promise((resolve) => setTimeout(resolve, 2000))
    attempt = undefined
    const nextAttemptAtMs = Date.now() + MINUTE_MS
    throw new IbkrOAuth1Error('refused', { code: 'IBKR_OAUTH1_UNAUTHORIZED', nextAttemptAtMs })
  }
  session.keepAlive()
  // All that is asked meanwhile waits for the one attempt to sign in.
  broker.answering(() => {
    attempt ??= signIn()
    return attempt
  })
  socket().cut()
  await pass(100_000)
  expect([attempts.length, types()]).toEqual([2, ['opened', 'waiting', 'waiting']])
  await pass(300_000)
  expect([attempts.length, types().at(-1)]).toEqual([3, 'given-up'])
  await stop()
})

it('an opening of the session by others makes another socket, since its subscriptions are gone', async () => {
  const { stream, broker, session, socket, sockets, kinds, stop } = await start()
  stream.subscribe({ topic: 'pl' })
  broker.isOpen = false
  const fetching = session.fetch('/iserver/accounts')
  await pass(10_000)
  expect((await fetching).status).toBe(200)
  expect(kinds()).toEqual(['ready', 'lost:reopened', 'ready', 'gap'])
  expect(socket().frames).toEqual(['spl+{}'])
  expect(sockets.length).toBe(2)
  await stop()
})

it('after a renewed token: another tickle, another socket', async () => {
  const { stream, broker, socket, sockets, kinds, stop } = await start()
  stream.subscribe({ topic: 'pl' })
  await pass(MINUTE_MS)
  const asked = broker.count('/tickle')
  broker.renew()
  await pass(1000)
  expect(broker.count('/tickle')).toBe(asked + 1)
  expect(kinds()).toEqual(['ready', 'lost:renewed', 'ready', 'gap'])
  expect(sockets.length).toBe(2)
  expect(socket().frames).toEqual(['spl+{}'])
  await stop()
})

it('a token that is renewed during a login: another tickle, another socket before it is ready', async () => {
  const waiting = { is: false }
  const { stream, broker, socket, sockets, kinds, stop } = await start({}, (opened) => {
    if (waiting.is) opened.open()
    else beat(opened)
  })
  stream.subscribe({ topic: 'pl' })
  await pass(MINUTE_MS)
  waiting.is = true
  socket().cut()
  await pass(5000)
  const asked = broker.count('/tickle')
  waiting.is = false
  broker.renew()
  beat(socket())
  await pass(1000)
  expect(sockets.map(({ readyState }) => readyState)).toEqual([3, 3, 1])
  expect(broker.count('/tickle')).toBe(asked + 1)
  expect(kinds()).toEqual(['ready', 'lost:closed', 'ready', 'gap'])
  expect(socket().frames).toEqual(['spl+{}'])
  await stop()
})

it('market data is asked for again after ten minutes, what does not end is not', async () => {
  const { stream, socket, stop } = await start()
  stream.subscribe({ topic: 'md', key: '1', parameters: { fields: ['31'] } })
  stream.subscribe({ topic: 'pl' })
  await pass(9 * MINUTE_MS)
  expect(socket().frames.length).toBe(2)
  await pass(22 * MINUTE_MS)
  expect(socket().frames.filter((text) => text.startsWith('smd')).length).toBe(4)
  expect(socket().frames.filter((text) => text.startsWith('spl')).length).toBe(1)
  await stop()
})

it('market data is asked for again at once where the clock was set back: how old it is cannot be told', async () => {
  const { stream, socket, stop } = await start()
  stream.subscribe({ topic: 'md', key: '1', parameters: { fields: ['31'] } })
  await pass(9 * MINUTE_MS)
  vi.setSystemTime(Date.now() - 60 * MINUTE_MS)
  await pass(MINUTE_MS)
  expect(socket().frames).toHaveLength(2)
  await pass(9 * MINUTE_MS)
  expect(socket().frames).toHaveLength(2)
  await stop()
})

it('history is ended by the id of the server, also where that comes late', async () => {
  const { stream, socket, stop } = await start()
  const early = stream.subscribe({ topic: 'mh', key: '1' })
  socket().say({ topic: 'smh+1', serverId: '20477', data: [] })
  await early.close()
  const late = stream.subscribe({ topic: 'mh', key: '2' })
  await late.close()
  expect(socket().frames).toEqual(['smh+1+{}', 'umh+20477+{}', 'smh+2+{}'])
  socket().say({ topic: 'smh+2', serverId: '20478', data: [] })
  expect(socket().frames.at(-1)).toBe('umh+20478+{}')
  await stop()
})

it('orders are subscribed to once, after accounts and orders were asked for', async () => {
  const { stream, broker, socket, stop } = await start()
  stream.subscribe({ topic: 'or' })
  stream.subscribe({ topic: 'or' })
  expect(socket().frames).toEqual([])
  await pass(6000)
  expect(socket().frames).toEqual(['sor+{}'])
  expect(broker.count('/iserver/account/orders')).toBeGreaterThanOrEqual(1)
  const asked = broker.count('/iserver/account/orders')
  socket().cut()
  await pass(3000)
  // In the same session the broker knows already.
  expect(broker.count('/iserver/account/orders')).toBe(asked)
  expect(socket().frames).toEqual(['sor+{}'])
  await stop()
})

it('orders are asked for again on the next socket where they could not be told', async () => {
  const { stream, broker, socket, stop } = await start()
  broker.answeringAt('/iserver/account/orders', () => json(503, { error: 'down' }))
  stream.subscribe({ topic: 'or' })
  await pass(6000)
  expect(socket().frames).toEqual(['sor+{}'])
  broker.answering(() => undefined)
  const asked = broker.count('/iserver/account/orders')
  socket().cut()
  await pass(10_000)
  expect(broker.count('/iserver/account/orders')).toBeGreaterThan(asked)
  await stop()
})

it('an iterator that was left while it waited takes no message from the next one', async () => {
  const { stream, socket, stop } = await start()
  const profit = stream.subscribe({ topic: 'pl' })
  const other = profit[Symbol.asyncIterator]().next()
  const left = profit[Symbol.asyncIterator]()
  const waiting = [left.next(), left.next()]
  expect(await left.return?.()).toEqual({ done: true, value: undefined })
  expect(await Promise.all(waiting)).toEqual(Array(2).fill({ done: true, value: undefined }))
  for (const at of [1, 2]) socket().say({ topic: 'spl', args: { at } })
  expect((await other).value?.data['args']).toEqual({ at: 1 })
  const { value } = await profit[Symbol.asyncIterator]().next()
  expect(value?.data['args']).toEqual({ at: 2 })
  await stop()
})

it('a session that is opened again while it is open and ready costs no socket and no gap', async () => {
  const { session, sockets, kinds, stop } = await start()
  await pass(10_000)
  const opening = session.open({ compete: true })
  await pass(10_000)
  await opening
  expect([sockets.length, kinds()]).toEqual([1, ['ready']])
  await stop()
})

it('a filtered call for orders: told, mended by force=true, and the gap told', async () => {
  const { stream, broker, session, kinds, stop } = await start()
  stream.subscribe({ topic: 'or' })
  await pass(10_000)
  const asked = broker.calls.length
  await session.fetch('/iserver/account/orders?filters=filled')
  await pass(6000)
  const queries = broker.calls.slice(asked).map(({ path, query }) => path + query)
  expect(queries).toEqual([
    '/iserver/account/orders?filters=filled',
    '/iserver/account/orders?force=true',
  ])
  const [first, second] = broker.calls.slice(asked)
  expect(Number(second?.atMs) - Number(first?.atMs)).toBeGreaterThanOrEqual(5000)
  expect(kinds()).toEqual(['ready', 'orders-silenced', 'gap'])
  await stop()
})

it('a filtered call for orders silences also with force=true beside the filters, and where it is lost', async () => {
  const { stream, broker, session, kinds, stop } = await start()
  stream.subscribe({ topic: 'or' })
  await pass(10_000)
  const forced = () => broker.calls.filter(({ query }) => query === '?force=true').length
  await session.fetch('/iserver/account/orders?filters=filled&force=true')
  await pass(10_000)
  expect([forced(), kinds()]).toEqual([1, ['ready', 'orders-silenced', 'gap']])
  broker.answering(({ query }) => (query === '?filters=filled' ? 'lost' : undefined))
  session.fetch('/iserver/account/orders?filters=filled').catch(() => {})
  await pass(10_000)
  expect([forced(), kinds().length]).toEqual([2, 5])
  await stop()
})

it('orders that were silenced before they are subscribed to are asked for with force=true', async () => {
  const { stream, broker, session, socket, kinds, stop } = await start()
  await session.fetch('/iserver/account/orders?filters=filled')
  expect(kinds()).toEqual(['ready'])
  stream.subscribe({ topic: 'or' })
  await pass(10_000)
  const queries = broker.calls.filter(({ path }) => path === '/iserver/account/orders')
  expect(queries.map(({ query }) => query)).toEqual(['?filters=filled', '?force=true'])
  expect(socket().frames).toEqual(['sor+{}'])
  await stop()
})

it('a call with force=true that fails is made again until it is answered, and each gap is told', async () => {
  const { stream, broker, session, told, stop } = await start()
  stream.subscribe({ topic: 'or' })
  await pass(10_000)
  let failures = 2
  broker.answering(({ query }) => {
    if (query !== '?force=true' || failures-- <= 0) return undefined
    return json(503, { error: 'down' }, { 'retry-after': '30' })
  })
  const fromMs = Date.now()
  await session.fetch('/iserver/account/orders?filters=filled')
  await pass(2 * MINUTE_MS)
  const forced = broker.calls.filter(({ query }) => query === '?force=true')
  expect(forced.map(({ atMs }) => atMs - fromMs)).toEqual([5000, 35_000, 65_000])
  const gaps = told.filter((event) => event.type === 'gap')
  expect(gaps.map((gap) => [gap.fromMs - fromMs, gap.toMs - fromMs])).toEqual([
    [0, 5000],
    [0, 35_000],
    [0, 65_000],
  ])
  await stop()
  await pass(MINUTE_MS)
  expect(vi.getTimerCount()).toBe(0)
})

it('reconcile runs before the first message after a gap, and is given what it missed', async () => {
  const { stream, broker, socket, told, stop } = await start({
    reconcile: reconcileOrdersAndTrades,
  })
  broker.answering(({ path, query }) => {
    if (path === '/iserver/account/orders') {
      return json(200, { orders: [{ orderId: 7 }], snapshot: true })
    }
    return path === '/iserver/account/trades' && query === '?days=2'
      ? json(200, [{ execution_id: 'e1' }])
      : undefined
  })
  const orders = stream.subscribe({ topic: 'or' })
  const trades = stream.subscribe({ topic: 'tr' })
  await pass(100)
  socket().cut()
  await pass(1500)
  socket().say({ topic: 'sor', args: [{ orderId: 8 }] })
  expect(orders.buffered).toBe(0)
  await pass(6000)
  const [reconciled, live] = [orders[Symbol.asyncIterator](), orders[Symbol.asyncIterator]()]
  expect((await reconciled.next()).value).toMatchObject({
    isReconciled: true,
    data: { args: [{ orderId: 7 }] },
  })
  expect((await live.next()).value).toMatchObject({
    isReconciled: false,
    data: { args: [{ orderId: 8 }] },
  })
  expect((await trades[Symbol.asyncIterator]().next()).value?.data['args']).toEqual([
    { execution_id: 'e1' },
  ])
  expect(told.map(({ type }) => type).slice(1)).toEqual([
    'lost',
    'ready',
    'gap',
    'message',
    'message',
    'reconciled',
    'message',
  ])
  await stop()
})

it.each([
  ['rejects', async () => Promise.reject(Object.assign(new Error('x'), { code: 'A_B' })), 'A_B'],
  ['never ends', () => new Promise<never>(() => {}), 'IBKR_SESSION_TIMEOUT'],
  ['gives nonsense', async () => [{ topic: 'x' }] as never, 'IBKR_SESSION_OPTION_INVALID'],
] as const)('a reconcile that %s is told, and the messages go on', async (_, reconcile, code) => {
  const { stream, socket, told, stop } = await start({ reconcile })
  const profit = stream.subscribe({ topic: 'pl' })
  socket().cut()
  await pass(1500)
  socket().say({ topic: 'spl', args: {} })
  await pass(61_000)
  expect(profit.buffered).toBe(1)
  expect(told).toContainEqual({ type: 'reconcile-failed', code })
  await stop()
})

it('a reconcile that gives its messages at once, without a promise, is as good as another', async () => {
  const found = [{ topic: 'pl', data: { args: {} } }]
  const reconcile = wrong<Reconcile>(() => found)
  const { stream, socket, told, stop } = await start({ reconcile })
  stream.subscribe({ topic: 'pl' })
  socket().cut()
  await pass(2000)
  expect(told.at(-1)).toEqual({ type: 'reconciled', messages: 1 })
  await stop()
})

it('a gap during which the clock was set back ends no earlier than it began', async () => {
  const { stream, socket, told, stop } = await start()
  stream.subscribe({ topic: 'pl' })
  socket().cut()
  vi.setSystemTime(Date.now() - 3_600_000)
  await pass(2000)
  const gap = told.find((event) => event.type === 'gap')
  expect(gap?.toMs).toBe(gap?.fromMs)
  await stop()
})

it('orders are asked for again in another session, though the clock was set back before it opened', async () => {
  const { stream, session, broker, stop } = await start()
  stream.subscribe({ topic: 'or' })
  await pass(10_000)
  const asked = broker.count('/iserver/account/orders')
  vi.setSystemTime(Date.now() - 3_600_000)
  broker.isOpen = false
  const opening = session.open({ compete: true })
  await pass(20_000)
  await opening
  expect(broker.count('/iserver/account/orders')).toBeGreaterThan(asked)
  await stop()
})

it('a reconcile whose call is lost is called again, and nothing is delivered before', async () => {
  const { stream, broker, socket, told, stop } = await start({
    reconcile: reconcileOrdersAndTrades,
  })
  const trades = stream.subscribe({ topic: 'tr' })
  let losses = 2
  broker.answering(({ path }) => {
    if (path !== '/iserver/account/trades') return undefined
    return losses-- > 0 ? 'lost' : json(200, [{ execution_id: 'e1' }])
  })
  socket().cut()
  await pass(1500)
  socket().say({ topic: 'str', args: [] })
  await pass(3000)
  expect(trades.buffered).toBe(0)
  await pass(20_000)
  expect(trades.buffered).toBe(2)
  expect((await trades[Symbol.asyncIterator]().next()).value?.isReconciled).toBe(true)
  expect(told.map(({ type }) => type)).not.toContain('reconcile-failed')
  await stop()
})

it('a reconcile that the broker limits is called again after a minute, not after five seconds', async () => {
  let calls = 0
  const { stream, broker, socket, told, stop } = await start({
    reconcileTimeoutMs: 120_000,
    reconcile: async (_, { trades }) => {
      calls++
      await trades(1)
    },
  })
  stream.subscribe({ topic: 'tr' })
  broker.answeringAt('/iserver/account/trades', () => json(429, { error: 'slow' }))
  socket().cut()
  await pass(50_000)
  expect([calls, broker.count('/iserver/account/trades')]).toEqual([1, 1])
  broker.answering(() => undefined)
  await pass(30_000)
  expect([calls, told.at(-1)?.type]).toEqual([2, 'reconciled'])
  await stop()
})

it('a reconcile that takes too long is told by its signal which option limits it', async () => {
  const reasons: string[] = []
  const { stream, socket, told, stop } = await start({
    reconcileTimeoutMs: 7000,
    reconcile: (_gap, { signal }) =>
      new Promise(() => {
        signal.addEventListener('abort', () => reasons.push(String(signal.reason)))
      }),
  })
  stream.subscribe({ topic: 'tr' })
  socket().cut()
  await pass(20_000)
  expect(reasons.join()).toMatch(/reconcile was not done within reconcileTimeoutMs \(7000 ms\)/)
  expect(told.map(({ type }) => type)).toContain('reconcile-failed')
  await stop()
})

it('a cut during a reconcile ends it; the next gap begins where that one began', async () => {
  const contexts: ReconcileContext[] = []
  const { stream, socket, told, stop } = await start({
    reconcile: async (_gap, context) => {
      contexts.push(context)
      await new Promise((resolve) => setTimeout(resolve, 10_000))
    },
  })
  stream.subscribe({ topic: 'pl' })
  socket().cut()
  await pass(2000)
  socket().cut()
  await pass(20_000)
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, false])
  const gaps = told.flatMap((event) => (event.type === 'gap' ? [event] : []))
  expect(gaps.length).toBe(2)
  expect(gaps[1]?.fromMs).toBe(gaps[0]?.fromMs)
  expect(told.filter(({ type }) => type === 'reconciled').length).toBe(1)
  await stop()
})

it('a caller has its turn between two attempts to reconcile', async () => {
  const { stream, session, broker, socket, kinds, stop } = await start({
    reconcile: reconcileOrdersAndTrades,
  })
  stream.subscribe({ topic: 'tr' })
  broker.answeringAt('/iserver/account/trades', () => json(503, { error: 'down' }))
  socket().cut()
  await pass(7000)
  const asked = broker.count('/iserver/account/trades')
  expect([asked > 0, kinds().at(-1)]).toEqual([true, 'gap'])
  const { promise, resolve } = deferred()
  let isBegun = false
  const turn = session.exclusive(async () => {
    isBegun = true
    await promise
  })
  await pass(10)
  expect(isBegun).toBe(true)
  await pass(20_000)
  expect(broker.count('/iserver/account/trades')).toBe(asked)
  broker.answering(() => undefined)
  resolve()
  await turn
  await pass(11_000)
  expect(kinds().at(-1)).toBe('reconciled')
  await stop()
})

it('a caller has its turn while orders wait for theirs, and what it asks counts', async () => {
  const { stream, session, broker, socket, stop } = await start()
  const orders = '/iserver/account/orders'
  const times = () => broker.calls.flatMap(({ path, atMs }) => (path === orders ? [atMs] : []))
  // The broker gathers: what has no order is asked for once more, after five seconds.
  broker.answeringAt(orders, () => json(200, { orders: [], snapshot: false }))
  stream.subscribe({ topic: 'or' })
  await pass(1000)
  let begunAtMs = 0
  const turn = session.exclusive(async () => {
    begunAtMs = Date.now()
    await new Promise((resolve) => setTimeout(resolve, 6000))
    await session.fetch(orders, { signal: null })
  })
  const wantedAtMs = Date.now()
  await pass(10)
  expect(begunAtMs).toBe(wantedAtMs)
  await pass(5980)
  expect(times()).toHaveLength(1)
  await pass(100)
  await turn
  await pass(30_000)
  const [first = 0, second = 0, ...others] = times()
  expect([second - first, others]).toEqual([7000, []])
  expect(socket().frames).toContain('sor+{}')
  await stop()
})

it('while a caller has the turn, neither tickle nor reconcile is sent', async () => {
  const { stream, session, broker, socket, sockets, stop } = await start({
    reconcile: reconcileOrdersAndTrades,
  })
  stream.subscribe({ topic: 'tr' })
  const asked = broker.calls.length
  let release = () => {}
  const turn = session.exclusive(() => new Promise<void>((resolve) => (release = resolve)))
  socket().cut()
  await pass(30_000)
  expect(broker.calls.length).toBe(asked)
  // The session's id is known, so the socket itself needs no call.
  expect(sockets.length).toBe(2)
  release()
  await turn
  await pass(1000)
  expect(broker.calls.slice(asked).map(({ path }) => path)).toEqual(['/iserver/account/trades'])
  await stop()
})

it('a consumer that reads nothing for 100,000 messages: memory flat, drops counted', async () => {
  const { stream, socket, told, stop } = await start()
  const slow = stream.subscribe({ topic: 'pl', bufferLimit: 100 })
  const none = stream.subscribe({ topic: 'pl', bufferLimit: 0 })
  told.length = 0
  const stopListening = stream.on('message', () => {})
  const filler = 'x'.repeat(500)
  for (let count = 0; count < 100_000; count++) {
    socket().say(`{"topic":"spl","n":${count},"f":"${filler}"}`)
    if (told.length > 1000) told.length = 0
  }
  stopListening()
  expect([slow.buffered, slow.dropped]).toEqual([100, 99_900])
  expect([none.buffered, none.dropped]).toEqual([0, 0])
  const first = await slow[Symbol.asyncIterator]().next()
  expect(first.value?.data['n']).toBe(99_900)
  await stop()
})

it('what is held back past its limit is counted as dropped, and told', async () => {
  const { stream, socket, told, stop } = await start({
    reconcile: () => new Promise<void>((resolve) => setTimeout(resolve, 30_000)),
  })
  const orders = stream.subscribe({ topic: 'pl', bufferLimit: 100_000 })
  socket().cut()
  await pass(5000)
  for (let count = 0; count < 10_005; count++) socket().say({ topic: 'spl', n: count })
  expect(told.filter(({ type }) => type === 'overflow')).toEqual([
    { type: 'overflow', topic: 'pl', key: '' },
  ])
  await pass(30_000)
  expect([orders.buffered, orders.dropped]).toEqual([10_000, 5])
  await stop()
})

it('a socket lost while silenced orders are mended: one reconcile at a time', async () => {
  const running = new Set<AbortSignal>()
  let most = 0
  const { stream, session, broker, socket, stop } = await start({
    reconcile: async (_, { signal }) => {
      running.add(signal)
      most = Math.max(most, [...running].filter(({ aborted }) => !aborted).length)
      await new Promise((resolve) => setTimeout(resolve, 20_000))
      running.delete(signal)
    },
  })
  stream.subscribe({ topic: 'or' })
  await pass(10_000)
  broker.answering(async ({ query }) => {
    if (query.includes('force')) await new Promise((resolve) => setTimeout(resolve, 6000))
    return undefined as never
  })
  await session.fetch('/iserver/account/orders?filters=filled')
  await pass(1000)
  socket().cut()
  await pass(40_000)
  expect(most).toBe(1)
  await stop()
})

it('a gap of silenced orders that ends in a new login is told once everything is subscribed to again', async () => {
  const { stream, session, broker, socket, told, stop } = await start()
  stream.subscribe({ topic: 'or' })
  await pass(10_000)
  await session.fetch('/iserver/account/orders?filters=filled')
  await pass(1000)
  broker.isOpen = false
  socket().say({ topic: 'sts', args: { authenticated: false } })
  await pass(20_000)
  const silencedAt = told.findIndex(({ type }) => type === 'orders-silenced')
  const kinds = told.slice(silencedAt + 1).map(({ type }) => type)
  expect(kinds).toEqual(['lost', 'ready', 'gap'])
  expect(socket().frames).toEqual(['sor+{}'])
  await stop()
})

it('orders are asked for five seconds after a caller asks, answered or not', async () => {
  const { stream, session, broker, stop } = await start()
  let isSlow = true
  const { promise, resolve } = deferred()
  broker.answering(async ({ path }) => {
    if (path === '/iserver/account/orders' && isSlow) await promise
    return undefined as never
  })
  const asked = session.fetch('/iserver/account/orders')
  await pass(10)
  isSlow = false
  stream.subscribe({ topic: 'or' })
  await pass(4000)
  expect(broker.count('/iserver/account/orders')).toBe(1)
  await pass(2000)
  expect(broker.count('/iserver/account/orders')).toBeGreaterThan(1)
  resolve()
  await asked
  await stop()
})

/** A program that asks for orders as often as the broker takes it, and prices that come each second. */
async function startPolling(query: string, options?: Parameters<typeof start>[0]) {
  const setup = await start(options)
  const { stream, session, broker, socket } = setup
  broker.answeringAt('/iserver/account/orders', async () => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    return json(200, { orders: [], snapshot: true })
  })
  stream.subscribe({ topic: 'or' })
  const prices = stream.subscribe({ topic: 'md', key: '1', parameters: { fields: ['31'] } })
  await pass(20_000)
  const poll = setInterval(() => {
    session.fetch(`/iserver/account/orders${query}`).catch(() => {})
  }, 5000)
  const ticks = setInterval(() => socket().say({ topic: 'smd+1', 31: '7' }), 1000)
  const endPolling = () => clearInterval(poll)
  const stop = async () => {
    endPolling()
    clearInterval(ticks)
    await setup.stop()
  }
  return { ...setup, prices, endPolling, stop }
}

it('a program that asks for orders each five seconds keeps no stream from being ready in another session', async () => {
  const { session, broker, prices, socket, told, stop } = await startPolling('')
  await pass(11_000)
  broker.isOpen = false
  told.length = 0
  session.fetch('/iserver/account/trades').catch(() => {})
  const before = prices.buffered
  await pass(MINUTE_MS)
  expect(told.filter(({ type }) => type !== 'message').map(({ type }) => type)).toEqual([
    ...['lost', 'ready', 'gap'],
  ])
  expect(socket().frames).toContain('sor+{}')
  expect(prices.buffered - before).toBeGreaterThan(50)
  await stop()
})

it('a program that asks for filtered orders each five seconds holds up no prices, and the silence ends after it', async () => {
  const { broker, prices, kinds, endPolling, stop } = await startPolling('?filters=Filled', {
    reconcile: reconcileOrdersAndTrades,
  })
  const forced = () => broker.calls.filter(({ query }) => query === '?force=true').length
  await pass(5 * MINUTE_MS)
  expect([forced(), prices.buffered, prices.dropped]).toEqual([0, 300, 0])
  // One at a time, however many calls made orders silent.
  expect(kinds().filter((kind) => kind === 'orders-silenced').length).toBeLessThan(6)
  endPolling()
  await pass(3 * MINUTE_MS)
  expect([forced(), kinds().at(-1)]).toEqual([1, 'reconciled'])
  await stop()
})

it('an address that does not come is given up after timeoutMs, and asked for again', async () => {
  const { broker, socket, sockets, told, stop } = await start()
  const { connection } = broker
  const { webSocketUrl } = connection
  connection.webSocketUrl = () => new Promise(() => {})
  socket().cut()
  await pass(30_000)
  expect(told.at(-1)).toMatchObject({ type: 'waiting', code: 'IBKR_SESSION_TIMEOUT' })
  connection.webSocketUrl = webSocketUrl
  await pass(30_000)
  expect([sockets.length, told.at(-1)?.type]).toEqual([2, 'gap'])
  await stop()
})

it.each([
  ['after filters', '?filters=filled', '?force=true'],
  ['that were never told', '', ''],
])(
  'orders %s that could not be asked for when they were subscribed to are asked for until they are told',
  async (_, before, query) => {
    const { stream, broker, session, kinds, stop } = await start()
    if (before) await session.fetch(`/iserver/account/orders${before}`)
    broker.answeringAt('/iserver/account/orders', () => json(503, { error: 'down' }))
    stream.subscribe({ topic: 'or' })
    await pass(7000)
    broker.answering(() => undefined)
    const asked = broker.calls.length
    await pass(5 * MINUTE_MS)
    const again = broker.calls.slice(asked).filter(({ path }) => path === '/iserver/account/orders')
    expect(again[0]?.query).toBe(query)
    expect(again.length).toBeLessThanOrEqual(2)
    expect(kinds().slice(0, 3)).toEqual(['ready', 'orders-silenced', 'gap'])
    expect(kinds().at(-1)).toBe('gap')
    await stop()
  },
)

it('members of a fleet that the broker limits together come back one after the other', async () => {
  let seed = 1
  vi.spyOn(Math, 'random').mockImplementation(() => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  })
  const size = 12
  const broker = makeBroker(timersTime)
  const sharing = { store: memoryStore(), lock: makeLock(), storeKey: 'unsealed' } as const
  const options = { ...sharing, sharedAs: 'user', fleetSize: size }
  const opening = Array.from({ length: size }, () =>
    setUpStream({}, beat, setUp(options, { broker, time: timersTime })),
  )
  await pass(30_000)
  const members = await Promise.all(opening)
  let takenAtMs = 0
  let refused = 0
  broker.answeringAt('/tickle', () => {
    if (Date.now() - takenAtMs < 1000) {
      refused++
      return json(429, { error: 'slow' }, { 'retry-after': '60' })
    }
    takenAtMs = Date.now()
    return undefined
  })
  for (const { socket } of members) socket().cut()
  await pass(5 * MINUTE_MS)
  expect(members.map(({ stream }) => stream.health().state)).toEqual(Array(size).fill('open'))
  expect(refused).toBeLessThan(size * 2)
  await Promise.all(members.map(({ stop }) => stop()))
  vi.restoreAllMocks()
})
