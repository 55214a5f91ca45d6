/** Sign-in that failed is held back, and a path that is refused whatever the token is. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Fetch, LST_PATH, rejection, type Setup, setUp } from './support.ts'

const MINUTE_MS = 60_000

afterEach(() => {
  vi.useRealTimers()
})

/** How many handshakes ten minutes of asking each second send, and what came of the last request. */
async function askForTenMinutes(
  { another, sandbox, time }: Setup,
  code: string,
  options: object = {},
): Promise<number> {
  let handshakes = 0
  const fetch: Fetch = (url, init) => {
    if (String(url).endsWith('/live_session_token')) handshakes++
    return sandbox.fetch(url, init)
  }
  const client = another({ ...options, fetch: fetch as never })
  for (let second = 0; second < 600; second++) {
    const error = await rejection(client.fetch('/portfolio/accounts'))
    expect(error['code']).toBe(code)
    expect(error['nextAttemptAtMs']).toBeGreaterThan(time.now)
    time.now += 1000
  }
  return handshakes
}

describe('ten minutes of asking each second', () => {
  it('send 12 handshakes at most to a broker that does not know the consumer', async () => {
    const unknown = { consumerKey: 'ABCDEFGHI' }
    const count = await askForTenMinutes(await setUp(), 'IBKR_OAUTH1_CONSUMER_INVALID', unknown)
    expect(count).toBeLessThanOrEqual(12)
    expect(count).toBeGreaterThan(2)
  })

  it('send one to a broker that says when to come again', async () => {
    const made = await setUp()
    made.sandbox.fault({ path: LST_PATH, kind: 'retry-after', times: 1000, value: 600 })
    expect(await askForTenMinutes(made, 'IBKR_OAUTH1_RATE_LIMITED')).toBe(1)
  })

  it('send a few to a broker that is not ready', async () => {
    const made = await setUp()
    made.sandbox.fault({ path: LST_PATH, kind: 'status', status: 503, times: 1000 })
    const count = await askForTenMinutes(made, 'IBKR_OAUTH1_UNAVAILABLE')
    expect(count).toBeLessThanOrEqual(20)
    expect(count).toBeGreaterThan(9)
  })
})

it('is tried at once where the caller asks for it', async () => {
  const { client, sandbox } = await setUp()
  sandbox.fault({ path: LST_PATH, kind: 'status', status: 503 })
  await rejection(client.liveSessionToken())
  await rejection(client.liveSessionToken())
  expect(sandbox.counts.handshakeAttempts).toBe(1)
  await client.liveSessionToken({ replacing: new Uint8Array(20) })
  expect(sandbox.counts.handshakes).toBe(1)
})

it('is not where a signing function does not answer, and the error tells that it did not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { another, sandbox, events } = await setUp()
  let asked = 0
  const client = another({
    signatureKey: () => {
      asked++
      return new Promise<never>(() => {})
    },
  })
  for (const attempt of [1, 2]) {
    const failing = rejection(client.fetch('/portfolio/accounts'))
    await vi.waitFor(() => expect(asked).toBe(attempt))
    vi.advanceTimersByTime(20_000)
    const error = await failing
    expect(error['code']).toBe('IBKR_OAUTH1_TIMEOUT')
    expect(error['option']).toBe('signatureKey')
    expect(error.message).toBe(
      'No answer came within timeoutMs (20000 ms): the signing function given as signatureKey has not answered. Check what it asks, such as a KMS, or allow more time.',
    )
  }
  expect(events.filter(({ type }) => type === 'held-back')).toEqual([])
  expect(sandbox.counts.handshakeAttempts).toBe(0)
})

it('is after a broker that does not answer, although the signing function once did not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { another } = await setUp()
  const sent: unknown[] = []
  let asked = 0
  const client = another({
    signatureKey: () =>
      ++asked === 1 ? new Promise<never>(() => {}) : Promise.resolve(new Uint8Array(256)),
    fetch: ((url: unknown) => {
      sent.push(url)
      return new Promise(() => {})
    }) as never,
  })
  const first = rejection(client.fetch('/portfolio/accounts'))
  await vi.waitFor(() => expect(asked).toBe(1))
  vi.advanceTimersByTime(20_000)
  expect((await first)['option']).toBe('signatureKey')
  const second = rejection(client.fetch('/portfolio/accounts'))
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  vi.advanceTimersByTime(20_000)
  const error = await second
  expect(error['option']).toBeUndefined()
  expect(error.message).toContain(
    'No answer came within timeoutMs (20000 ms). Sign-in is held back',
  )
})

describe('a path that is refused whatever the token is', () => {
  it('asks for one renewal, and for another once a renewal helped elsewhere', async () => {
    const { client, sandbox, time } = await setUp()
    await client.fetch('/portfolio/accounts')
    sandbox.fault({
      path: '/v1/api/iserver/account/U1/orders',
      kind: 'status',
      status: 401,
      times: 1000,
    })
    for (let minute = 0; minute < 60; minute++) {
      time.now += MINUTE_MS
      expect((await client.fetch('/iserver/account/U1/orders')).status).toBe(401)
      expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    }
    expect(sandbox.counts.handshakes).toBe(2)
    time.now += MINUTE_MS
    sandbox.fault({ path: '/v1/api/portfolio/accounts', kind: 'status', status: 401 })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakes).toBe(3)
    time.now += MINUTE_MS
    expect((await client.fetch('/iserver/account/U1/orders')).status).toBe(401)
    expect(sandbox.counts.handshakes).toBe(4)
  })
})
