import { describe, expect, it } from 'vitest'
import { holdRequests } from '../../../tests/support/index.ts'
import { LST_PATH, rejection, setUp } from './support.ts'

const MINUTE_MS = 60_000

describe('a cold client', () => {
  it('makes one handshake for 1,000 callers', async () => {
    const { client, sandbox } = await setUp()
    const calls = Array.from({ length: 1000 }, () => client.fetch('/portfolio/accounts'))
    const responses = await Promise.all(calls)
    expect(responses.every((response) => response.status === 200)).toBe(true)
    expect(sandbox.counts.handshakeAttempts).toBe(1)
  }, 60_000)

  it('makes another handshake after one that failed', async () => {
    const { client, sandbox, time } = await setUp()
    sandbox.fault({ path: LST_PATH, kind: 'status', status: 503 })
    const calls = [client.fetch('/tickle'), client.fetch('/tickle')].map(rejection)
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ code: 'IBKR_OAUTH1_UNAVAILABLE', status: 503 })
    }
    expect(sandbox.counts.handshakes).toBe(0)
    time.now += 2000
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
  })
})

describe('a 401 in the middle', () => {
  it('makes one renewal for all that got it', async () => {
    const { client, sandbox, time } = await setUp()
    await client.liveSessionToken()
    time.now += 2 * MINUTE_MS
    sandbox.fault({ path: '/portfolio/accounts', kind: 'status', status: 401, times: 100 })
    const calls = Array.from({ length: 100 }, () => client.fetch('/portfolio/accounts'))
    const responses = await Promise.all(calls)
    expect(responses.map((response) => response.status)).toEqual(Array(100).fill(200))
    expect(sandbox.counts.handshakes).toBe(2)
  })

  it('does not renew a token younger than a minute', async () => {
    const { client, sandbox, time } = await setUp()
    await client.liveSessionToken()
    time.now += MINUTE_MS - 1
    sandbox.fault({ path: '/portfolio/accounts', kind: 'status', status: 401 })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(401)
    expect(sandbox.counts.handshakes).toBe(1)
  })

  it('returns a second 401 after one renewal and one repetition', async () => {
    const { client, sandbox, time } = await setUp()
    await client.liveSessionToken()
    time.now += 2 * MINUTE_MS
    const before = sandbox.counts.requests
    sandbox.fault({ path: '/portfolio/accounts', kind: 'status', status: 401, times: 9 })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(401)
    expect(sandbox.counts.handshakes).toBe(2)
    expect(sandbox.counts.requests - before).toBe(3)
  })

  it('rejects with the code of a renewal that fails', async () => {
    const { client, sandbox, time } = await setUp()
    await client.liveSessionToken()
    time.now += 2 * MINUTE_MS
    sandbox.fault({ path: '/portfolio/accounts', kind: 'status', status: 401 })
    sandbox.fault({ path: LST_PATH, kind: 'status', status: 503 })
    const error = await rejection(client.fetch('/portfolio/accounts'))
    expect(error['code']).toBe('IBKR_OAUTH1_UNAVAILABLE')
  })

  it('renews once for a token that the caller wants replaced', async () => {
    const { client, sandbox, time } = await setUp()
    const { token } = await client.liveSessionToken()
    time.now += 2 * MINUTE_MS
    const renewals: number[] = []
    const stop = client.onRenewed(() => renewals.push(1))
    const replacing = { replacing: token }
    const calls = [client.liveSessionToken(replacing), client.liveSessionToken(replacing)]
    const [first, second] = await Promise.all(calls)
    expect(first).toBe(second)
    expect(await client.liveSessionToken(replacing)).toBe(first)
    expect(sandbox.counts.handshakes).toBe(2)
    expect(renewals).toHaveLength(1)
    stop()
    time.now += 2 * MINUTE_MS
    await client.liveSessionToken({ replacing: first?.token as Uint8Array })
    expect(renewals).toHaveLength(1)
  })

  it('renews for bytes that the caller wipes once they are given', async () => {
    const { sandbox, client, time } = await setUp({ lock: (_name, work) => work() })
    const { token } = await client.liveSessionToken()
    time.now += 2 * MINUTE_MS
    const replacing = new Uint8Array(token)
    const renewed = client.liveSessionToken({ replacing })
    replacing.fill(0)
    expect((await renewed).token).not.toEqual(token)
    expect(sandbox.counts.handshakes).toBe(2)
  })
})

describe('a caller that aborts', () => {
  it('is rejected with its reason and harms no other', async () => {
    const { client, sandbox } = await setUp()
    const controller = new AbortController()
    const leaving = client.fetch('/portfolio/accounts', { signal: controller.signal })
    const staying = client.fetch('/portfolio/accounts')
    const reason = new Error('changed my mind')
    controller.abort(reason)
    expect(await rejection(leaving)).toBe(reason)
    expect((await staying).status).toBe(200)
    expect(sandbox.counts.handshakes).toBe(1)
  })

  it('ends the handshake when no other waits, and the next caller starts a new one', async () => {
    const { sandbox, another } = await setUp()
    const held = holdRequests(sandbox.fetch, (request) => request.url.endsWith(LST_PATH))
    const client = another({ fetch: held.fetch })
    const controller = new AbortController()
    const leaving = client.liveSessionToken({ signal: controller.signal })
    await held.seen
    controller.abort()
    expect((await rejection(leaving))['name']).toBe('AbortError')
    held.release()
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect([held.count(), sandbox.counts.handshakes]).toEqual([2, 1])
  })

  it('is not served when it comes already aborted', async () => {
    const { client, sandbox } = await setUp()
    const signal = AbortSignal.abort(new Error('too late'))
    expect((await rejection(client.fetch('/tickle', { signal })))['message']).toBe('too late')
    expect((await rejection(client.liveSessionToken({ signal })))['message']).toBe('too late')
    expect(sandbox.requests).toHaveLength(0)
  })

  it('still ends a body that is being read', async () => {
    const endless = () => new Response(new ReadableStream({}), { status: 200 })
    const { sandbox } = await setUp()
    let sent: AbortSignal | null | undefined
    const fetch = async (input: string | Request, init?: RequestInit) => {
      if (!String(input).endsWith('/tickle')) return sandbox.fetch(input, init)
      sent = init?.signal
      return endless()
    }
    const { client } = await setUp({ fetch: fetch as never })
    const controller = new AbortController()
    await client.fetch('/tickle', { signal: controller.signal })
    controller.abort()
    expect(sent?.aborted).toBe(true)
  })
})
