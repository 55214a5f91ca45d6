/** Streams against the sandbox's socket, on a fake clock. In Node alone, for its fake timers. */
import {
  type BrokerStream,
  createBrokerageSession,
  reconcileOrdersAndTrades,
  type StreamEvent,
} from '@isoauth/ibkr-session'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { NOW_MS } from '../../../tests/support/oauth2-vectors.ts'
import { timersTime } from './fake-clock.ts'
import { startSandbox } from './sandbox-support.ts'

beforeEach(() => {
  vi.useFakeTimers({
    now: NOW_MS,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  })
})
afterEach(() => {
  vi.useRealTimers()
})

const { setTimeout: realTimeout } = globalThis

/** Requests under way: what the sandbox verifies takes real time, during which the clock stands still. */
let pending = () => 0

/** Moves the clock until something is so. */
async function until(
  isSo: () => boolean,
  limitMs = 600_000,
  { stepMs, turn } = { stepMs: 250, turn: setImmediate as (done: () => void) => unknown },
): Promise<void> {
  const beganAtMs = Date.now()
  while (!isSo()) {
    if (Date.now() - beganAtMs > limitMs) throw new Error('it did not come to be')
    await vi.advanceTimersByTimeAsync(stepMs)
    do await new Promise<void>((resolve) => turn(resolve))
    while (pending() > 0)
  }
}

/** What a promise gives, the clock moving meanwhile. */
async function ticking<T>(promise: Promise<T>): Promise<T> {
  let isDone = false
  const done = () => {
    isDone = true
  }
  promise.then(done, done)
  // What a client signs is no request yet and takes real time: the clock goes about as slowly.
  await until(() => isDone, 600_000, { stepMs: 5, turn: (done) => realTimeout(done, 1) })
  return await promise
}

async function start(name: 'OAuth 1.0a' | 'SSO', reconcile = reconcileOrdersAndTrades) {
  const { connections, sandbox, pending: underWay } = await startSandbox(timersTime)
  pending = underWay
  const connection = await ticking(connections[name]())
  const session = createBrokerageSession({ connection })
  await ticking(session.open({ compete: true }))
  session.keepAlive()
  const told: StreamEvent[] = []
  const opening = session.openStream({
    webSocket: sandbox.webSocket,
    reconcile,
    onEvent: (event) => void told.push(event),
  })
  const stream: BrokerStream = await ticking(opening)
  const count = (type: StreamEvent['type']) => told.filter((event) => event.type === type).length
  return { sandbox, session, stream, told, count }
}

it.each(['OAuth 1.0a', 'SSO'] as const)(
  'a stream over %s: login by cookie, data, end',
  async (name) => {
    const { sandbox, session, stream, told } = await start(name)
    const prices = stream.subscribe({ topic: 'md', key: '265598', parameters: { fields: ['31'] } })
    sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '31': '190.5' } })
    await until(() => prices.buffered > 0)
    const [socket] = sandbox.broker.sockets
    expect(socket).toMatchObject({ login: 'cookie', hadCookie: true, userAgent: 'isoauth' })
    expect(stream.health()).toMatchObject({ state: 'open', connections: 1, gaps: 0 })
    expect(told.filter(({ type }) => type === 'frame-dropped')).toEqual([])
    await session.close()
    await until(() => sandbox.broker.sockets.every(({ closedAtMs }) => closedAtMs !== null))
  },
)

it('filters, with force=true or without, before a subscription or after it, lose no order for good', async () => {
  const { sandbox, session, stream } = await start('OAuth 1.0a')
  const filtered = '/iserver/account/orders?filters=filled'
  await ticking(session.fetch(filtered))
  const orders = stream.subscribe({ topic: 'or' })
  const live = () => sandbox.broker.play({ kind: 'order', conid: 265598, quantity: 1 })
  const isHeard = async () => {
    const { buffered } = orders
    live()
    await until(() => orders.buffered > buffered, 60_000)
  }
  await until(() => sandbox.broker.sockets.at(-1)?.subscriptions.length === 1)
  await isHeard()
  for (const query of ['&force=true', '']) {
    await ticking(session.fetch(filtered + query))
    await vi.advanceTimersByTimeAsync(10_000)
    await until(() => pending() === 0)
    await isHeard()
  }
  await session.close()
})

it('cut 100 times: no subscription lost or doubled, each cut one gap, every order event found', async () => {
  const { sandbox, session, stream, told, count } = await start('OAuth 1.0a')
  stream.subscribe({ topic: 'or' })
  stream.subscribe({ topic: 'tr', parameters: { days: 1 } })
  stream.subscribe({ topic: 'pl' })
  stream.subscribe({ topic: 'md', key: '265598', parameters: { fields: ['31'] } })
  const subscribed = () => sandbox.broker.sockets.at(-1)?.subscriptions.length ?? 0
  await until(() => subscribed() === 4)
  const order = () =>
    sandbox.broker.play({ kind: 'order', conid: 265598, side: 'BUY', quantity: 1 })
  for (let cut = 1; cut <= 100; cut++) {
    order()
    sandbox.broker.play({ kind: 'cut' })
    order()
    await until(() => count('reconciled') === cut)
  }
  expect(count('gap')).toBe(100)
  expect(count('lost')).toBe(100)
  const sockets = sandbox.broker.sockets
  expect(sockets.length).toBe(101)
  for (const { frames } of sockets) {
    const asked = frames.map(({ text }) => text).filter((text) => /^s(or|tr|pl|md)/.test(text))
    expect([...asked].sort()).toEqual([
      'smd+265598+{"fields":["31"]}',
      'sor+{}',
      'spl+{}',
      'str+{"days":1}',
    ])
  }
  const seen = new Set(
    told.flatMap((event) =>
      event.type === 'message' && event.message.topic === 'or'
        ? (event.message.data['args'] as readonly { readonly orderId: number }[]).map(
            ({ orderId }) => Number(orderId),
          )
        : [],
    ),
  )
  const made = sandbox.broker.orders.map(({ orderId }) => Number(orderId))
  expect(new Set(made).size).toBeGreaterThanOrEqual(200)
  expect(made.filter((orderId) => !seen.has(orderId))).toEqual([])
  await session.close()
}, 120_000)
