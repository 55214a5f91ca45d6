/** A client put together: which token its `fetch` carries, when it is replaced, and what is told of that. */
import { createTokenClient } from '@isoauth/core-client'
import { describe, expect, it, vi } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { readBaseUrl } from '../src/internal/base-url.ts'
import type { TokenClientEvent } from '../src/internal/token-client.ts'
import { HOUR_MS, memberOptions, ofTokens, type Token } from './member-options.ts'
import { failure, newError } from './support.ts'

const BASE = 'https://api.example.com/base'

/** A client of numbered tokens, and a service that refuses the tokens below `accepts`. */
function setUp(more: object = {}) {
  const { time, common } = memberOptions()
  const service = { accepts: 0, fails: false }
  const seen: string[] = []
  const events: TokenClientEvent[] = []
  let count = 0
  const client = createTokenClient<Token, number>({
    ...common,
    kind: {
      ...ofTokens,
      markOf: ({ id }) => id,
      isMark: (value) => typeof value === 'number',
      markForm: 'the number of a token',
    },
    base: wrong(readBaseUrl(BASE)),
    userAgent: 'test',
    retryUnauthorized: 'safe',
    fetch: async (url: unknown, init: unknown) => {
      const { headers } = init as RequestInit
      const token = Number(new Headers(headers).get('authorization'))
      seen.push(`${token} ${url}`)
      return wrong(new Response('{}', { status: token < service.accepts ? 401 : 200 }))
    },
    renew: async () => {
      if (service.fails) throw newError('NETWORK', 'No network.')
      count++
      return { id: count, obtainedAtMs: time.now, expiresAtMs: time.now + HOUR_MS }
    },
    authorize: ({ id }) => String(id),
    emit: (event) => void events.push(event),
    ...more,
  })
  return { client, seen, events, time, service }
}

describe('the fetch of a client', () => {
  it('carries one token until it is refused, then the next one', async () => {
    const { client, seen, time, service, events } = setUp()
    await client.fetch('/a')
    await client.fetch('/b')
    time.now += 120_000
    service.accepts = 2
    expect((await client.fetch('/c')).status).toBe(200)
    expect(seen).toEqual([`1 ${BASE}/a`, `1 ${BASE}/b`, `1 ${BASE}/c`, `2 ${BASE}/c`])
    expect(events).toEqual([{ type: 'renewed', expiresAtMs: time.now + HOUR_MS }])
  })

  it('gives the refusal back where the next token cannot be had, and tells why', async () => {
    const { client, seen, time, service, events } = setUp()
    await client.fetch('/a')
    time.now += 120_000
    Object.assign(service, { accepts: 2, fails: true })
    expect((await client.fetch('/a', { method: 'PUT' })).status).toBe(401)
    expect(seen).toHaveLength(2)
    expect(events).toContainEqual({ type: 'renewal-failed', code: 'NETWORK' })
  })

  it('tells no code of a failure that has none', async () => {
    const { client, time, service, events } = setUp({
      renew: vi
        .fn()
        .mockResolvedValueOnce({ id: 1, obtainedAtMs: 1_000_000, expiresAtMs: 1e12 })
        .mockRejectedValue(undefined),
    })
    await client.fetch('/a')
    time.now += 120_000
    service.accepts = 2
    expect((await client.fetch('/a', { method: 'PUT' })).status).toBe(401)
    expect(events).toContainEqual({ type: 'renewal-failed', code: undefined })
  })

  it('mends beside the token what a refusal shows to be wrong', async () => {
    const repair = vi.fn(() => false)
    const { client, service } = setUp({ repair })
    service.accepts = 9
    expect((await client.fetch('/a')).status).toBe(401)
    expect(repair).toHaveBeenCalled()
  })

  it.each([
    ['/orders', `${BASE}/v1/api/orders`],
    ['/v1/api/orders', `${BASE}/v1/api/orders`],
    ['/v1/apis', `${BASE}/v1/api/v1/apis`],
    ['/v1/api', `${BASE}/v1/api/v1/api`],
    [`${BASE}/v1/api/orders`, `${BASE}/v1/api/orders`],
  ])('works below its path, which may be written out: %s', async (input, url) => {
    const { client, seen } = setUp({ path: '/v1/api' })
    await client.fetch(input)
    await client.fetch(input.startsWith('/') ? input : new URL(input))
    expect(seen).toEqual([`1 ${url}`, `1 ${url}`])
  })

  it('takes no path twice where it has none', async () => {
    const { client, seen } = setUp()
    await client.fetch('/base/a')
    expect(seen).toEqual([`1 ${BASE}/base/a`])
  })
})

describe('the token of a client', () => {
  it('is replaced where it is the one that is given', async () => {
    const { client, time } = setUp()
    expect((await client.token()).id).toBe(1)
    time.now += 120_000
    expect((await client.token({})).id).toBe(1)
    expect((await client.token({ replacing: 7 })).id).toBe(1)
    expect((await client.token({ replacing: 1 })).id).toBe(2)
    expect((await client.token({ replacing: 1 })).id).toBe(2)
  })

  it('is asked for again by who gives the one that failed, though others are held back', async () => {
    const { client, time, service } = setUp()
    await client.token()
    time.now += 2 * HOUR_MS
    service.fails = true
    const message = (await failure(() => client.token()))['message']
    service.fails = false
    expect((await failure(() => client.token()))['message']).toBe(message)
    expect((await client.token({ replacing: 1 })).id).toBe(2)
  })

  it('is not asked for with a mark of another form', async () => {
    const { client } = setUp()
    const error = await failure(() => client.token({ replacing: wrong('x') }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'replacing' })
    expect(error['message']).toContain('the number of a token')
  })

  it('is waited for no longer than its caller wants', async () => {
    const { client } = setUp({ renew: () => new Promise(() => {}) })
    const reason = new Error('enough')
    expect(await failure(() => client.token({ signal: AbortSignal.abort(reason) }))).toBe(reason)
  })
})

describe('who listens for renewals', () => {
  it('is told of each, and of nothing else, until it stops', async () => {
    const { client, service, time } = setUp()
    const [first, second] = [vi.fn(), vi.fn()]
    const stop = client.onRenewed(first)
    client.onRenewed(second)
    await client.token()
    expect(first).not.toHaveBeenCalled()
    time.now += 120_000
    await client.token({ replacing: 1 })
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1])
    service.fails = true
    time.now += 120_000
    await failure(() => client.token({ replacing: 2 }))
    expect(first).toHaveBeenCalledTimes(1)
    service.fails = false
    stop()
    stop()
    await client.token({ replacing: 2 })
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 2])
  })

  it('holds up nobody by throwing or rejecting', async () => {
    const { client, time } = setUp()
    const last = vi.fn()
    client.onRenewed(() => {
      throw new Error('thrown')
    })
    client.onRenewed(wrong(() => Promise.reject(new Error('rejected'))))
    client.onRenewed(last)
    await client.token()
    time.now += 120_000
    await client.token({ replacing: 1 })
    expect(last).toHaveBeenCalledTimes(1)
  })

  it.each([undefined, null, 5, {}])('must be a function, which %o is not', async (listener) => {
    const { client } = setUp()
    const error = await failure(() => client.onRenewed(wrong(listener)))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'listener' })
  })
})
