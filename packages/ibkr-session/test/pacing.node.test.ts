/** The broker's limits on a fake clock: what waits, what goes first, what pauses. In Node alone, for its fake timers. */
import { PACING_RULES, type PacingTurn, withPacing } from '@isoauth/ibkr-session/pacing'
import { expect, it, vi } from 'vitest'
import { useFakeClock } from './fake-clock.ts'
import { failure, json, NOW_MS, wrong } from './support.ts'

const pass = useFakeClock()

/** A broker that notes when what came, and answers after a while. */
function makeService(answer: (path: string) => Response = () => json(200, {}), delayMs = 10) {
  const seen: { readonly path: string; readonly atMs: number }[] = []
  let running = 0
  const most = { value: 0 }
  const fetch = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    init.signal?.throwIfAborted()
    const path = String(input)
    seen.push({ path, atMs: Date.now() - NOW_MS })
    most.value = Math.max(most.value, ++running)
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    running--
    return answer(path)
  }
  const times = (path: string) => seen.flatMap((one) => (one.path === path ? [one.atMs] : []))
  return { fetch: wrong<Parameters<typeof withPacing>[0]>(fetch), seen, times, most }
}

/** The most requests in any window. */
function busiest(times: readonly number[], windowMs: number): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length),
  )
}

it('no more than ten a second in any second, however many ask', async () => {
  const { fetch, seen } = makeService()
  const paced = withPacing(fetch)
  const all = Promise.all(Array.from({ length: 95 }, (_, at) => paced(`/portfolio/DU${at}/ledger`)))
  await pass(20_000)
  expect((await all).length).toBe(95)
  expect(
    busiest(
      seen.map(({ atMs }) => atMs),
      1000,
    ),
  ).toBeLessThanOrEqual(10)
  expect(seen.at(-1)?.atMs).toBeLessThanOrEqual(10_500)
  expect(seen.map(({ path }) => path)).toEqual(
    Array.from({ length: 95 }, (_, at) => `/portfolio/DU${at}/ledger`),
  )
})

it.each(PACING_RULES.filter(({ path, atOnce }) => path !== '*' && !atOnce))(
  'keeps $requests in $perMs ms at $path, while others go on',
  async ({ path: given, method = 'GET', requests = 0, perMs = 0 }) => {
    const { fetch, seen, times } = makeService()
    const paced = withPacing(fetch)
    const path = given.replace('*', 'unreadnumber')
    const calls = Array.from({ length: requests * 3 }, () => paced(path, { method }))
    const other = paced('/trsrv/stocks?symbols=A')
    await pass(2500)
    await other
    await pass(perMs * 4)
    await Promise.all(calls)
    expect(busiest(times(path), perMs)).toBeLessThanOrEqual(requests)
    expect(Math.max(...times(path))).toBeLessThanOrEqual(perMs * 2 + 2000)
    expect(seen.length).toBe(requests * 3 + 1)
  },
)

it('HEAD counts as the GET that it stands for', async () => {
  const { fetch, times } = makeService()
  const paced = withPacing(fetch)
  const methods = ['GET', 'HEAD', 'head']
  const calls = methods.map((method) => paced('/portfolio/accounts', { method }))
  await pass(30_000)
  await Promise.all(calls)
  const [first = 0, second = 0, third = 0] = times('/portfolio/accounts')
  expect(second - first).toBeGreaterThanOrEqual(5000)
  expect(third - second).toBeGreaterThanOrEqual(5000)
})

it('spacing counts from when a request is sent, not from when it began to wait for others', async () => {
  const { fetch, times } = makeService()
  const paced = withPacing(fetch)
  const calls = Array.from({ length: 60 }, (_, at) => paced(`/portfolio/DU${at}/ledger`))
  calls.push(...Array.from({ length: 3 }, () => paced('/iserver/account/orders')))
  await pass(30_000)
  await Promise.all(calls)
  const [first = 0, second = 0, third = 0] = times('/iserver/account/orders')
  expect(first).toBeGreaterThan(4000)
  expect(second - first).toBeGreaterThanOrEqual(5000)
  expect(third - second).toBeGreaterThanOrEqual(5000)
})

it('five histories at once, not more', async () => {
  const { fetch, most } = makeService(undefined, 3000)
  const paced = withPacing(fetch)
  const calls = Array.from({ length: 12 }, () => paced('/iserver/marketdata/history?conid=1'))
  await pass(20_000)
  await Promise.all(calls)
  expect(most.value).toBe(5)
})

it('what has passed the limit of its endpoint and waits for that of all is not sent once the endpoint pauses', async () => {
  const path = '/iserver/marketdata/snapshot'
  let isLimited = true
  const { fetch, times, seen } = makeService((asked) => {
    if (!asked.startsWith(path) || !isLimited) return json(200, {})
    isLimited = false
    return json(429, {}, { 'retry-after': '30' })
  })
  const paced = withPacing(fetch)
  const calls = Array.from({ length: 9 }, (_, at) => paced(`/portfolio/DU${at}/ledger`))
  calls.push(...Array.from({ length: 20 }, (_, at) => paced(`${path}?at=${at}`)))
  const sent = () => seen.filter((one) => one.path.startsWith(path))
  await pass(20_000)
  const before = sent()
  // Those that were under way when the first was answered.
  expect(before.every(({ atMs }) => atMs <= Number(before[0]?.atMs) + 10)).toBe(true)
  expect(before.length).toBeLessThanOrEqual(2)
  calls.push(paced('/tickle', { method: 'POST' }))
  await pass(100)
  expect(times('/tickle').length).toBe(1)
  await pass(20_000)
  const after = sent().slice(before.length)
  expect(after[0]?.atMs).toBeGreaterThanOrEqual(30_000)
  expect(sent().map((one) => one.path)).toEqual(
    Array.from({ length: 20 }, (_, at) => `${path}?at=${at}`),
  )
  await Promise.all(calls)
})

it('a pause that begins while the limiter of a fleet is asked is kept', async () => {
  let isLimited = true
  const { fetch, seen } = makeService(() =>
    isLimited ? json(429, {}, { 'retry-after': '30' }) : json(200, {}),
  )
  let turns = 0
  const limiter = () => new Promise((resolve) => setTimeout(resolve, turns++ * 500))
  const paced = withPacing(fetch, { limiter })
  const calls = [paced('/portfolio/DU1/ledger'), paced('/portfolio/DU2/ledger')]
  await pass(20_000)
  isLimited = false
  expect(seen.length).toBe(1)
  await pass(20_000)
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([429, 200])
})

it('all that an opening asks for passes before what waits', async () => {
  const { fetch, times } = makeService()
  const paced = withPacing(fetch)
  const calls = Array.from({ length: 200 }, (_, at) => paced(`/portfolio/DU${at}/ledger`))
  await pass(500)
  const opening = [
    ...['/iserver/auth/status', '/iserver/auth/ssodh/init', '/iserver/accounts'],
    ...['/iserver/questions/suppress', '/tickle'],
  ]
  for (const path of opening) calls.push(paced(path))
  // No call of it.
  calls.push(paced('/iserver/account/x'))
  await pass(1500)
  expect(opening.map((path) => times(path).length)).toEqual([1, 1, 1, 1, 1])
  expect(times('/iserver/account/x')).toEqual([])
  await pass(60_000)
  await Promise.all(calls)
})

it('a tickle passes before what waits', async () => {
  const { fetch, times } = makeService()
  const paced = withPacing(fetch)
  const calls = Array.from({ length: 200 }, (_, at) => paced(`/portfolio/DU${at}/ledger`))
  await pass(500)
  calls.push(paced('/tickle', { method: 'POST' }), paced('/logout', { method: 'POST' }))
  await pass(1500)
  expect(times('/tickle').length).toBe(1)
  expect(times('/logout').length).toBe(1)
  await pass(60_000)
  await Promise.all(calls)
})

it('a request whose signal aborts while it waits is never sent, and frees its place', async () => {
  const { fetch, times } = makeService()
  const paced = withPacing(fetch)
  const controller = new AbortController()
  const { signal } = controller
  const first = paced('/iserver/account/orders')
  const second = failure(() => paced('/iserver/account/orders', { signal }))
  const third = paced('/iserver/account/orders')
  await pass(1000)
  controller.abort(new Error('enough'))
  expect((await second).message).toBe('enough')
  await pass(5000)
  await Promise.all([first, third])
  expect(times('/iserver/account/orders').length).toBe(2)
  expect((await failure(() => paced('/x', { signal }))).message).toBe('enough')
  const late = new AbortController()
  const blocked = Array.from({ length: 11 }, () => paced('/trsrv/stocks'))
  const waiting = failure(() => paced('/iserver/account/trades', { signal: late.signal }))
  late.abort(new Error('now'))
  expect((await waiting).message).toBe('now')
  await pass(5000)
  await Promise.all(blocked)
  expect(times('/iserver/account/trades')).toEqual([])
})

it('a request that was sent keeps its place for the whole time, whether it is aborted before its answer or after', async () => {
  const { fetch, times } = makeService(undefined, 100)
  const paced = withPacing(fetch)
  const early = new AbortController()
  const first = failure(() => paced('/iserver/account/orders', { signal: early.signal }))
  await pass(50)
  early.abort(new Error('before its answer'))
  expect((await first).message).toBe('before its answer')
  const late = new AbortController()
  const second = paced('/iserver/account/orders', { signal: late.signal })
  await pass(5200)
  await second
  late.abort(new Error('after its answer'))
  const third = paced('/iserver/account/orders')
  await pass(10_000)
  await third
  const [one = 0, two = 0, three = 0] = times('/iserver/account/orders')
  expect(two - one).toBeGreaterThanOrEqual(5000)
  expect(three - two).toBeGreaterThanOrEqual(5000)
})

it('of five at once an aborted one keeps its place until its request has ended', async () => {
  const { fetch, most } = makeService(undefined, 3000)
  const paced = withPacing(fetch)
  const controller = new AbortController()
  const { signal } = controller
  const history = '/iserver/marketdata/history?conid=1'
  const aborted = Array.from({ length: 5 }, () => failure(() => paced(history, { signal })))
  const others = Array.from({ length: 5 }, () => paced(history))
  await pass(1000)
  controller.abort(new Error('enough'))
  await Promise.all(aborted)
  await pass(20_000)
  await Promise.all(others)
  expect(most.value).toBe(5)
})

it('429 pauses its endpoint for what Retry-After says; others go on', async () => {
  let isRefused = true
  const events: object[] = []
  const { fetch, times } = makeService((path) =>
    path === '/iserver/account/orders' && isRefused
      ? json(429, { error: 'slow' }, { 'retry-after': '90' })
      : json(200, {}),
  )
  const paced = withPacing(fetch, { onEvent: (event) => void events.push(event) })
  const refused = paced('/iserver/account/orders')
  await pass(100)
  expect((await refused).status).toBe(429)
  isRefused = false
  const next = paced('/iserver/account/orders')
  const other = paced('/iserver/account/trades')
  await pass(6000)
  expect((await other).status).toBe(200)
  expect(times('/iserver/account/orders').length).toBe(1)
  await pass(90_000)
  expect((await next).status).toBe(200)
  expect(times('/iserver/account/orders')[1]).toBeGreaterThanOrEqual(90_000)
  expect(events).toEqual([
    { type: 'paused', path: '/iserver/account/orders', untilMs: NOW_MS + 90_010 },
  ])
})

it('a pause ends in its time although the clock was set back by a day', async () => {
  const { fetch, times } = makeService((path) => json(path === '/a' ? 429 : 200, {}))
  const ahead = { ms: 0 }
  const paced = withPacing(fetch, { now: () => Date.now() + ahead.ms })
  void paced('/a')
  await pass(100)
  void paced('/b')
  await pass(60_000)
  ahead.ms = -86_400_000
  await pass(600_000)
  expect(times('/b')).toHaveLength(1)
})

it('a pause that a clock gave which was ahead by a day makes no later one longer, and no penalty box', async () => {
  const refused = new Set(['/a', '/portfolio/accounts'])
  const { fetch, times } = makeService((path) => json(refused.has(path) ? 429 : 200, {}))
  const ahead = { ms: 86_400_000 }
  const events: unknown[] = []
  const onEvent = (event: unknown) => void events.push(event)
  const paced = withPacing(fetch, { now: () => Date.now() + ahead.ms, onEvent })
  void paced('/portfolio/accounts')
  await pass(10_000)
  ahead.ms = 0
  void paced('/portfolio/accounts')
  await pass(10_000)
  refused.clear()
  void paced('/portfolio/accounts')
  await pass(120_000)
  expect(times('/portfolio/accounts')).toHaveLength(3)
  ahead.ms = 86_400_000
  refused.add('/iserver/trades').add('/portfolio/subaccounts')
  void paced('/iserver/trades')
  await pass(10_000)
  ahead.ms = 0
  void paced('/portfolio/subaccounts')
  await pass(10_000)
  expect(events.at(-1)).toMatchObject({ path: '/portfolio/subaccounts' })
})

it('a second 429 elsewhere means the penalty box: nothing is sent for ten minutes', async () => {
  let isRefused = true
  const { fetch, seen } = makeService(() => json(isRefused ? 429 : 200, {}))
  const paced = withPacing(fetch)
  const refused = [paced('/iserver/account/orders'), paced('/iserver/account/trades')]
  await pass(100)
  await Promise.all(refused)
  isRefused = false
  const next = ['/tickle', '/portfolio/accounts', '/x'].map((path) => paced(path))
  await pass(599_000)
  expect(seen.length).toBe(2)
  await pass(3000)
  await Promise.all(next)
  expect(seen.length).toBe(5)
})

it('a 429 of no endpoint in particular pauses everything, and nothing is repeated', async () => {
  const { fetch, seen } = makeService((path) => json(path === '/x' ? 429 : 200, {}))
  const paced = withPacing(fetch)
  const refused = paced('/x', { method: 'POST', body: '{}' })
  await pass(100)
  expect((await refused).status).toBe(429)
  const next = paced('/y')
  await pass(500_000)
  expect(seen.map(({ path }) => path)).toEqual(['/x'])
  await pass(101_000)
  expect((await next).status).toBe(200)
  expect(seen.map(({ path }) => path)).toEqual(['/x', '/y'])
})

it('eight members with an eighth each keep the limit together', async () => {
  const { fetch, seen } = makeService()
  const members = Array.from({ length: 8 }, () => withPacing(fetch, { share: 1 / 8 }))
  const calls = members.flatMap((paced, member) =>
    Array.from({ length: 10 }, (_, at) => paced(`/portfolio/DU${member}${at}/ledger`)),
  )
  await pass(15_000)
  await Promise.all(calls)
  expect(seen.length).toBe(80)
  const times = seen.map(({ atMs }) => atMs)
  expect(busiest(times, 1000)).toBeLessThanOrEqual(10)
})

it("a fleet's limiter is asked for each limit, and what it throws is thrown", async () => {
  const turns: PacingTurn[] = []
  const { fetch, seen } = makeService()
  const paced = withPacing(fetch, { limiter: async (turn) => void turns.push(turn) })
  const calls = [paced('/iserver/account/orders'), paced('/iserver/marketdata/history')]
  await pass(100)
  await Promise.all(calls)
  expect(turns.map(({ key, requests, perMs }) => [key, requests, perMs])).toEqual([
    ['GET /iserver/account/orders', 1, 5000],
    ['*', 10, 1000],
    ['*', 10, 1000],
  ])
  const failing = withPacing(fetch, { limiter: async () => Promise.reject(new Error('down')) })
  expect((await failure(() => failing('/x'))).message).toBe('down')
  expect(seen.length).toBe(2)
})

it('a share so small that no timer is as long as its time keeps the limit all the same', async () => {
  const { fetch, times } = makeService()
  const paced = withPacing(fetch, { share: 0.0004 })
  const calls = [1, 2].map(() => paced('/pa/summary', { method: 'POST' }))
  await pass(3_600_000)
  expect(times('/pa/summary')).toHaveLength(1)
  await pass(2_147_483_647)
  await Promise.all(calls)
  expect(times('/pa/summary')).toHaveLength(2)
})

it('keeps nothing of paths that were asked once, and the turn of one that was asked just now', async () => {
  const kept = vi.spyOn(Map.prototype, 'set')
  const { fetch, times } = makeService()
  const paced = withPacing(fetch)
  for (let at = 0; at < 300; at++) {
    const answer = paced(`/fyi/notifications/${at}`)
    await pass(200)
    await answer
  }
  const gates = (kept.mock.contexts as Map<unknown, unknown>[]).find((map) =>
    map.has('* /fyi/notifications/299'),
  )
  kept.mockRestore()
  expect(gates?.size).toBeLessThan(120)
  const others = [1, 2, 3, 4, 5, 6].map((at) => paced(`/fyi/notifications/new${at}`))
  const again = paced('/fyi/notifications/299')
  await pass(2000)
  await Promise.all([again, ...others])
  const [first = 0, second = 0] = times('/fyi/notifications/299')
  expect(second - first).toBeGreaterThanOrEqual(1000)
})

it('leaves no timer behind', async () => {
  const { fetch } = makeService()
  const paced = withPacing(fetch)
  const calls = ['/tickle', '/x', '/iserver/account/orders'].map((path) => paced(path))
  await pass(100)
  await Promise.all(calls)
  await pass(6000)
  expect(vi.getTimerCount()).toBe(0)
})

it('wrong arguments are refused before anything is sent', async () => {
  const { fetch, seen } = makeService()
  for (const [option, values] of [
    ['rules', [1, {}, [{}], [{ path: 'x', requests: 1, perMs: 1 }], [{ path: '/x' }], [null]]],
    [
      'rules',
      [Symbol('x'), '5', 5n, Object.create(null)].map((perMs) => [
        { path: '/x', requests: 1, perMs },
      ]),
    ],
    ['rules', [[{ path: '/x', requests: 0, perMs: 1 }], [{ path: '/x', atOnce: 1.5 }]]],
    ['share', [0, -1, 2, '1', Number.NaN]],
    ['limiter', [1, {}]],
    ['onEvent', [1]],
    ['now', [1]],
  ] as const) {
    for (const value of values) {
      const error = await failure(() => withPacing(fetch, wrong({ [option]: value })))
      expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option })
    }
  }
  const noFetch = await failure(() => withPacing(wrong(undefined)))
  expect(noFetch).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'fetch' })
  expect(seen).toEqual([])
})

it.each([5, {}, new AbortController()])('a signal that is none is refused: %o', async (signal) => {
  const { fetch, seen } = makeService()
  const error = await failure(() => withPacing(fetch)('/tickle', wrong({ signal })))
  expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'init.signal' })
  expect(seen).toEqual([])
})

it.each([undefined, null, {}, 'text', { status: 429 }])(
  'a fetch that gives %j is told as one that gives no answer',
  async (given) => {
    const error = await failure(() => withPacing(wrong(async () => given))('/tickle'))
    expect(error).toMatchObject({ code: 'IBKR_SESSION_OPTION_INVALID', option: 'fetch' })
  },
)

it('rules that are changed afterwards count as they were', async () => {
  const rule = { path: '*', requests: 1, perMs: 1000 }
  const rules = [rule]
  const times: number[] = []
  const fetch = withPacing(
    wrong(async () => {
      times.push(Date.now())
      return new Response()
    }),
    { rules },
  )
  rules.push(wrong(null))
  rule.perMs = 1
  const all = [1, 2].map(() => fetch('/x'))
  await pass(5000)
  await Promise.all(all)
  expect(Number(times[1]) - Number(times[0])).toBeGreaterThanOrEqual(1000)
})
