/** What a stream asks of orders and trades: one of each in five seconds. In Node alone, for its fake timers. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import {
  createAccountCalls,
  isFilteredOrders,
  isPaced,
} from '../src/internal/stream/account-calls.ts'

const ORDERS = '/iserver/account/orders'
const TRADES = '/iserver/account/trades'
const { signal } = new AbortController()
/** No caller has the turn. */
const own = <T>(work: () => Promise<T>) => work()

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Calls that get these answers one after the other, the last one again and again. */
function setUp(...answers: unknown[]) {
  const time = { aheadMs: 0, epoch: 1 }
  const now = () => Date.now() + time.aheadMs
  const asked: { readonly path: string; readonly atMs: number; readonly signal: unknown }[] = []
  const fetch = async (path: string, init: { readonly signal: AbortSignal }) => {
    asked.push({ path, atMs: Date.now() - 1_000_000, signal: init.signal })
    return Response.json(answers.length > 1 ? answers.shift() : answers[0])
  }
  return {
    calls: createAccountCalls(wrong(fetch), now, 20_000, () => time.epoch, own),
    asked,
    time,
  }
}

async function passed<T>(work: Promise<T>, ms = 60_000): Promise<T> {
  await vi.advanceTimersByTimeAsync(ms)
  return await work
}

const one = { orders: [{ orderId: 1 }] }

describe('orders', () => {
  it.each<[string, unknown]>([
    ['some', one],
    ['none, of a snapshot', { orders: [], snapshot: true }],
    ['no list, of a snapshot', { snapshot: true }],
    ['some, of a snapshot', { ...one, snapshot: true }],
  ])('are asked for once where there are %s', async (_, answer) => {
    const { calls, asked } = setUp(answer, { orders: ['another'] })
    expect(await passed(calls.orders(signal))).toEqual(answer)
    expect(asked).toEqual([{ path: ORDERS, atMs: 0, signal: expect.any(AbortSignal) }])
  })

  it.each<[string, unknown]>([
    ['none', { orders: [] }],
    ['no list', { orders: 'soon' }],
    ['nothing', {}],
    ['none, and no snapshot', { orders: [], snapshot: false }],
  ])('are asked for once more, after five seconds, where there are %s', async (_, answer) => {
    const { calls, asked } = setUp(answer, one)
    expect(await passed(calls.orders(signal))).toEqual(one)
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 5000])
  })

  it('may come as a bare list', async () => {
    const { calls } = setUp(one.orders)
    expect(await passed(calls.orders(signal))).toEqual(one)
  })

  it('are refreshed by a call that ends filters', async () => {
    const { calls, asked } = setUp({})
    await passed(calls.refreshOrders(signal))
    expect(asked).toEqual([
      { path: `${ORDERS}?force=true`, atMs: 0, signal: expect.any(AbortSignal) },
    ])
  })
})

describe('trades', () => {
  it.each<[unknown, readonly unknown[]]>([
    [{ trades: [1] }, [1]],
    [
      [1, 2],
      [1, 2],
    ],
    [{ trades: 'none' }, []],
    [{}, []],
  ])('are a list, whatever the answer: %j', async (answer, trades) => {
    const { calls, asked } = setUp(answer)
    calls.noticed(TRADES, true)
    expect(await passed(calls.trades(3, signal))).toEqual(trades)
    expect(asked).toEqual([
      { path: `${TRADES}?days=3`, atMs: 5000, signal: expect.any(AbortSignal) },
    ])
  })

  it('are asked for once more where the first answer of a session is empty, after five seconds', async () => {
    const { calls, asked, time } = setUp([], [1], [], [], [2])
    expect(await passed(calls.trades(1, signal))).toEqual([1])
    expect(await passed(calls.trades(1, signal))).toEqual([])
    time.epoch = 2
    expect(await passed(calls.trades(1, signal))).toEqual([2])
    expect(asked.map(({ path }) => path)).toEqual(Array(5).fill(`${TRADES}?days=1`))
    expect(asked[1]?.atMs).toBe(5000)
  })

  it('are asked for once where the first answer of a session has some', async () => {
    const { calls, asked } = setUp([1])
    expect(await passed(calls.trades(1, signal))).toEqual([1])
    expect(asked.map(({ atMs }) => atMs)).toEqual([0])
  })
})

describe('a turn', () => {
  it('comes every five seconds, also for those who wait together', async () => {
    const { calls, asked } = setUp(one)
    const all = [1, 2, 3].map(() => calls.orders(signal))
    await passed(Promise.all(all))
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 5000, 10_000])
  })

  it('is each path’s own', async () => {
    const { calls, asked } = setUp({ ...one, trades: [1] })
    await passed(Promise.all([calls.orders(signal), calls.trades(1, signal)]))
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 0])
  })

  it('waits for a call that the caller made', async () => {
    const { calls, asked } = setUp(one)
    calls.noticed(ORDERS, true)
    expect(calls.ordersToldIn()).toBe(1)
    await passed(calls.orders(signal))
    expect(asked.map(({ atMs }) => atMs)).toEqual([5000])
  })

  it('is not waited for where the clock was set back', async () => {
    const { calls, asked, time } = setUp(one)
    time.aheadMs = 3_600_000
    calls.noticed(ORDERS, true)
    time.aheadMs = 0
    await passed(calls.orders(signal))
    expect(asked.map(({ atMs }) => atMs)).toEqual([0])
  })

  it('is given up after half a minute, where the program leaves none', async () => {
    const { calls, asked } = setUp(one)
    const program = setInterval(() => calls.noticed(ORDERS, true), 4000)
    const waiting = calls.orders(signal).catch((error: unknown) => error)
    calls.noticed(ORDERS, true)
    const late = calls.refreshOrders(signal).catch((error: unknown) => error)
    await waiting
    const error = await passed(late)
    clearInterval(program)
    expect(error).toMatchObject({ code: 'IBKR_SESSION_TIMEOUT' })
    expect(`${error}`).toContain(`GET ${ORDERS} got no turn within 30000 ms`)
    expect(asked.length).toBe(1)
  })

  it('is not needed any more where the caller is told of orders, to have them told in a session', async () => {
    const { calls, asked } = setUp(one)
    calls.noticed(ORDERS, false)
    const mentioned = calls.mentionOrders(signal)
    await vi.advanceTimersByTimeAsync(2000)
    calls.noticed(TRADES, true)
    calls.noticed(ORDERS, true)
    await passed(mentioned)
    expect(asked).toEqual([])
    await passed(calls.mentionOrders(signal))
    expect(asked.length).toBe(1)
  })

  it('is left by an abort', async () => {
    const { calls, asked } = setUp(one)
    calls.noticed(ORDERS, true)
    const controller = new AbortController()
    const waiting = calls.orders(controller.signal).catch((error: unknown) => error)
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await passed(waiting)).toBe(reason)
    expect(asked).toEqual([])
  })
})

describe('an answer', () => {
  it('whose body does not come ends the call with timeoutMs', async () => {
    const fetch = async () => new Response(new ReadableStream({}))
    const calls = createAccountCalls(wrong(fetch), Date.now, 20_000, () => 1, own)
    const error = passed(calls.orders(signal).catch((thrown: unknown) => thrown))
    expect(await error).toMatchObject({ code: 'IBKR_SESSION_TIMEOUT' })
    expect(calls.ordersToldIn()).toBeUndefined()
  })

  it('is left by an abort, which reaches the request', async () => {
    let seen: AbortSignal | undefined
    const fetch = (_: string, init: { readonly signal: AbortSignal }) => {
      seen = init.signal
      return new Promise(() => {})
    }
    const calls = createAccountCalls(wrong(fetch), Date.now, 20_000, () => 1, own)
    const controller = new AbortController()
    const waiting = calls.trades(1, controller.signal).catch((thrown: unknown) => thrown)
    await vi.advanceTimersByTimeAsync(1)
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await passed(waiting, 1)).toBe(reason)
    expect(seen?.reason).toBe(reason)
  })

  it('counts for orders where it is one, also that of a caller', async () => {
    const { calls, time } = setUp(one)
    calls.noticed(ORDERS, false)
    calls.noticed(TRADES, true)
    expect(calls.ordersToldIn()).toBeUndefined()
    await passed(calls.orders(signal), 5000)
    expect(calls.ordersToldIn()).toBe(1)
    time.epoch = 2
    calls.noticed(ORDERS, true)
    expect(calls.ordersToldIn()).toBe(2)
  })
})

it('knows of filters until a refresh was answered that was sent after them', async () => {
  const { calls } = setUp({})
  expect(calls.isSilenced()).toBe(false)
  calls.noticed(ORDERS, true, '?filters=a')
  expect(calls.isSilenced()).toBe(true)
  const first = calls.refreshOrders(signal)
  await vi.advanceTimersByTimeAsync(4000)
  calls.noticed('/iserver/account/trades', true, '?filters=a')
  await passed(first)
  expect(calls.isSilenced()).toBe(false)
  calls.noticed(ORDERS, false, '?filters=a&force=true')
  await passed(calls.orders(signal))
  expect(calls.isSilenced()).toBe(true)
})

it('tells which calls of the caller count', () => {
  const paced = [ORDERS, '/iserver/account/trades', '/iserver/account/orders/1', '/tickle', '']
  expect(paced.map(isPaced)).toEqual([true, true, false, false, false])
  const filtered = ['?filters=a', '?a=b&Filters=a', '?filters=', '?nofilters=a', '?filters=&a=b']
  expect(filtered.map((query) => isFilteredOrders(ORDERS, query))).toEqual([
    ...[true, true, false, false, false],
  ])
  // Whether force beside filters is enough, the broker does not say.
  expect(isFilteredOrders(ORDERS, '?filters=a&force=true')).toBe(true)
  expect(isFilteredOrders(ORDERS, '?force=true')).toBe(false)
  expect(isFilteredOrders('/iserver/account/trades', '?filters=a')).toBe(false)
})
