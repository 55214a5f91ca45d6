/** The life of an access token: asked for once, renewed in time, repaired, repeated, held back. */
import { describe, expect, it } from 'vitest'
import { NOW_MS } from '../../../tests/support/oauth2-vectors.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { assertionOf, claimsOf, failure, json, setUp, token } from './support.ts'

const dateOf = (ms: number) => ({ date: new Date(ms).toUTCString() })

describe('the cache', () => {
  it('gives one token to 1,000 concurrent callers', async () => {
    const { client, tokenCalls } = setUp()
    const all = await Promise.all(Array.from({ length: 1000 }, () => client.accessToken()))
    expect(new Set(all.map(({ value }) => value))).toEqual(new Set(['token-1']))
    expect(tokenCalls).toHaveLength(1)
  })

  it.each([
    [599, 599 - 59.9],
    [86_399, 86_399 - 60],
    [20, 18],
  ])('renews a token of %d s after %d s', async (life, dueAfter) => {
    const { client, tokenCalls, time } = setUp({}, (_, count) => token(count, { expires_in: life }))
    const { expiresAtMs } = await client.accessToken()
    expect(expiresAtMs).toBe(NOW_MS + life * 1000)
    time.now = NOW_MS + dueAfter * 1000 - 1
    expect((await client.accessToken()).value).toBe('token-1')
    time.now += 1
    expect((await client.accessToken()).value).toBe('token-2')
    expect(tokenCalls).toHaveLength(2)
  })

  it('takes the fallback where no life is told', async () => {
    const { client } = setUp({ fallbackLifetimeSeconds: 120 }, () =>
      token(1, { expires_in: undefined }),
    )
    expect((await client.accessToken()).expiresAtMs).toBe(NOW_MS + 120_000)
  })

  it('counts the life from before the request', async () => {
    const { client, time } = setUp({}, (_, count) => {
      time.now += 7000
      return token(count, { expires_in: 599 })
    })
    const { obtainedAtMs, expiresAtMs } = await client.accessToken()
    expect({ obtainedAtMs, expiresAtMs }).toEqual({
      obtainedAtMs: NOW_MS,
      expiresAtMs: NOW_MS + 599_000,
    })
  })

  it('goes on with a token that works when an early renewal fails', async () => {
    const { client, time, events } = setUp({}, (_, count) =>
      count === 1 ? token(1, { expires_in: 599 }) : json(500, ''),
    )
    await client.accessToken()
    time.now += 560_000
    expect((await client.accessToken()).value).toBe('token-1')
    expect(events).toMatchObject([{ type: 'held-back' }, { type: 'early-renewal-failed' }])
    time.now += 60_000
    expect(await failure(() => client.accessToken())).toMatchObject({ status: 500 })
  })

  it('does not keep a failure', async () => {
    const { client, time } = setUp({}, (_, count) => (count === 1 ? json(500, '') : token(count)))
    const calls = [client.accessToken(), client.accessToken()].map((call) => failure(() => call))
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ status: 500 })
    time.now += 2000
    expect((await client.accessToken()).value).toBe('token-2')
  })

  it('replaces the token that failed, but not one younger than a minute', async () => {
    const { client, time, events } = setUp()
    expect((await client.accessToken({ replacing: 'token-1' })).value).toBe('token-1')
    time.now += 60_000
    expect((await client.accessToken({ replacing: 'another' })).value).toBe('token-1')
    const both = [1, 2].map(() => client.accessToken({ replacing: 'token-1' }))
    expect((await Promise.all(both)).map(({ value }) => value)).toEqual(['token-2', 'token-2'])
    expect(events).toMatchObject([{ type: 'renewed' }])
  })

  it('lets a caller leave without harm to others', async () => {
    const { client, tokenCalls } = setUp()
    const controller = new AbortController()
    const leaving = client.accessToken({ signal: controller.signal })
    const staying = client.accessToken()
    const reason = new Error('changed my mind')
    controller.abort(reason)
    expect(await failure(() => leaving)).toBe(reason)
    expect((await staying).value).toBe('token-1')
    expect(tokenCalls).toHaveLength(1)
  })

  it('shows no token when printed', async () => {
    const made = await setUp().client.accessToken()
    expect(JSON.stringify(made)).not.toContain('token-1')
    expect(Object.keys(made).sort()).toEqual(['expiresAtMs', 'obtainedAtMs', 'scope'])
  })
})

describe('the clock', () => {
  it.each([
    ['behind', 600_000],
    ['ahead', -600_000],
  ])('ten minutes %s is repaired with one extra request', async (_, offMs) => {
    const serverMs = () => time.now + offMs
    const { client, time, tokenCalls, events } = setUp({}, (call, count) => {
      const { iat, exp } = claimsOf(assertionOf(call)) as { iat: number; exp: number }
      const seconds = serverMs() / 1000
      const isGood = iat <= seconds && exp > seconds
      return isGood ? token(count) : json(400, { title: 'Bad Request' }, dateOf(serverMs()))
    })
    expect((await client.accessToken()).value).toBe('token-2')
    expect(tokenCalls).toHaveLength(2)
    expect(events).toEqual([{ type: 'clock-repaired', differenceMs: offMs }])
    const renewed = await client.accessToken()
    expect(renewed.value).toBe('token-2')
    // Learned once: neither the next token nor a signed body needs another repair.
    time.now += 86_399_000
    expect((await client.accessToken()).value).toBe('token-3')
    expect(claimsOf(await client.signJwt({}))['iat']).toBe(serverMs() / 1000)
    expect(tokenCalls).toHaveLength(3)
  })

  it('that cannot be the cause costs no extra request', async () => {
    for (const headers of [{}, dateOf(NOW_MS + 5000), { date: 'rubbish' }]) {
      const { client, tokenCalls } = setUp({}, () => json(401, {}, headers))
      expect(await failure(() => client.accessToken())).toMatchObject({
        code: 'IBKR_OAUTH2_ASSERTION_REFUSED',
      })
      expect(tokenCalls).toHaveLength(1)
    }
  })

  it('is told where the answer hides its Date', async () => {
    const { client } = setUp({}, () => json(401, {}))
    expect((await failure(() => client.accessToken()))['message']).toMatch(/and the clock/)
  })

  it('is repaired once only: a second refusal is an error, and neither time is believed', async () => {
    let serverMs = NOW_MS
    const { client, tokenCalls, events } = setUp({}, () => {
      serverMs += 600_000
      return json(400, {}, dateOf(serverMs))
    })
    expect(await failure(() => client.accessToken())).toMatchObject({
      code: 'IBKR_OAUTH2_CLOCK_OFF',
      status: 400,
    })
    expect(tokenCalls).toHaveLength(2)
    const repairs = events.filter(({ type }) => type === 'clock-repaired')
    expect(repairs).toEqual([{ type: 'clock-repaired', differenceMs: 600_000 }])
    expect(claimsOf(await client.signJwt({}))['iat']).toBe(NOW_MS / 1000)
  })

  it('is not tried again where the Date is days away, which is not believed', async () => {
    const { client, tokenCalls } = setUp({}, () => json(401, {}, dateOf(NOW_MS + 90_000_000)))
    expect(await failure(() => client.accessToken())).toMatchObject({
      code: 'IBKR_OAUTH2_CLOCK_OFF',
    })
    expect(tokenCalls).toHaveLength(1)
  })

  it('dates signed bodies right also once somebody set it right, with the token that is kept', async () => {
    const { client, time } = setUp({}, () =>
      json(200, { access_token: 'a' }, dateOf(NOW_MS + 3_600_000)),
    )
    await client.accessToken()
    const seconds = NOW_MS / 1000 + 3600
    expect(claimsOf(await client.signJwt({}))).toMatchObject({ iat: seconds })
    time.now += 3_600_000
    expect(claimsOf(await client.signJwt({}))).toMatchObject({ iat: seconds })
  })

  it('is also learned from a good answer, at no cost', async () => {
    const { client, events } = setUp({}, () =>
      json(200, { access_token: 'a' }, dateOf(NOW_MS + 9000)),
    )
    await client.accessToken()
    expect(events).toEqual([{ type: 'clock-repaired', differenceMs: 9000 }])
  })
})

describe('the token call, in real time,', () => {
  it('ends in time, body and repetitions included', async () => {
    const stalled = () => new Response(new ReadableStream({}), { status: 200 })
    for (const answer of [() => 'never' as const, stalled]) {
      const { client } = setUp({ timeoutMs: 600 }, answer)
      expect(await failure(() => client.accessToken())).toMatchObject({
        code: 'IBKR_OAUTH2_TIMEOUT',
      })
    }
  })

  it('tells what the service answered where no time is left for a repetition', async () => {
    const { client, tokenCalls } = setUp({ timeoutMs: 600 }, () => json(503, ''))
    expect(await failure(() => client.accessToken())).toMatchObject({
      code: 'IBKR_OAUTH2_UNAVAILABLE',
      status: 503,
    })
    expect(tokenCalls).toHaveLength(1)
  })
})

describe('the token call', () => {
  skipWaits(1500)

  it.each([429, 502, 503, 504])('is repeated after %d with a fresh assertion', async (status) => {
    const { client, tokenCalls } = setUp({}, (_, count) =>
      count === 1 ? json(status, '', { 'retry-after': '0' }) : token(count),
    )
    expect((await client.accessToken()).value).toBe('token-2')
    expect(new Set(tokenCalls.map(assertionOf)).size).toBe(2)
  })

  it('is repeated after a network failure, which is the cause in the end', async () => {
    const { client, tokenCalls } = setUp({}, () => 'broken')
    const error = await failure(() => client.accessToken())
    expect(error).toMatchObject({ code: 'IBKR_OAUTH2_NETWORK', cause: { name: 'TypeError' } })
    expect(new Set(tokenCalls.map(assertionOf)).size).toBe(3)
  })

  it('gives the last refusal when it was repeated in vain', async () => {
    const { client, tokenCalls } = setUp({}, () => json(503, ''))
    expect(await failure(() => client.accessToken())).toMatchObject({
      code: 'IBKR_OAUTH2_UNAVAILABLE',
      status: 503,
    })
    expect(tokenCalls).toHaveLength(3)
  })

  it.each([400, 401, 403, 404, 500])('is not repeated after %d', async (status) => {
    const { client, tokenCalls } = setUp({}, () => json(status, ''))
    await failure(() => client.accessToken())
    expect(tokenCalls).toHaveLength(1)
  })

  it('follows no redirect', async () => {
    const location = 'https://evil.example/'
    const { client, tokenCalls } = setUp({}, () => json(307, '', { location }))
    expect(await failure(() => client.accessToken())).toMatchObject({
      code: 'IBKR_OAUTH2_REDIRECT_REFUSED',
    })
    expect(tokenCalls).toHaveLength(1)
  })

  it('passes what a signing function throws', async () => {
    const down = new Error('the KMS is down')
    const { client, tokenCalls } = setUp({
      privateKey: async () => {
        throw down
      },
    })
    expect(await failure(() => client.accessToken())).toBe(down)
    expect(tokenCalls).toHaveLength(0)
  })

  it.each([
    ['a refusal', 401, {}, 12],
    ['one request too many', 429, {}, 12],
    ['one too many, and when to come again', 429, { 'retry-after': '600' }, 1],
  ])(
    'after %s (%d) is held back: ten minutes of asking each second',
    async (_, status, headers, most) => {
      const { client, tokenCalls, time, events } = setUp(
        {},
        () => new Response('{"detail":"unknown client"}', { status, headers }),
      )
      for (let second = 0; second < 600; second++) {
        const error = await failure(() => client.accessToken())
        expect(error).toMatchObject({ status, detail: 'unknown client' })
        expect(error['message']).toMatch(/Sign-in is held back until 20\d\d-/)
        expect(error['nextAttemptAtMs']).toBeGreaterThan(time.now)
        time.now += 1000
      }
      expect(tokenCalls.length).toBeLessThanOrEqual(most)
      expect(tokenCalls.length).toBeGreaterThanOrEqual(1)
      expect(events.filter(({ type }) => type === 'held-back')).toHaveLength(tokenCalls.length)
    },
  )

  it('is tried at once by another client, and where the caller insists', async () => {
    const { client, another, tokenCalls, time } = setUp({}, (_, count) =>
      count < 3 ? json(401, {}) : token(count),
    )
    await failure(() => client.accessToken())
    await failure(() => client.accessToken())
    expect(tokenCalls).toHaveLength(1)
    await failure(() => another().accessToken())
    expect(tokenCalls).toHaveLength(2)
    expect((await client.accessToken({ replacing: 'none' })).value).toBe('token-3')
    time.now += 86_399_000
    expect((await client.accessToken()).value).toBe('token-4')
  })

  it('sends a jti, new each time, and client_id where asked', async () => {
    const { client, tokenCalls, time } = setUp({ includeJti: true, includeClientId: true })
    await client.accessToken()
    time.now += 86_399_000
    await client.accessToken()
    const ids = tokenCalls.map((call) => claimsOf(assertionOf(call))['jti'])
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[\w-]{43}$/)
    expect(new URLSearchParams(tokenCalls[0]?.body).get('client_id')).toBe('ExampleAdvisor-TEST')
  })
})

describe('the granted scope', () => {
  it('is compared with the asked one', async () => {
    const { client, events } = setUp(
      { scope: ['echo.read', 'echo.write', 'sso-sessions.write'] },
      () => token(1, { scope: 'echo.read other' }),
    )
    expect((await client.accessToken()).scope).toBe('echo.read other')
    const missing = ['echo.write', 'sso-sessions.write']
    expect(events).toEqual([{ type: 'scope-reduced', granted: 'echo.read other', missing }])
  })

  it('is the asked one where none is told, and its order does not matter', async () => {
    const listed = setUp({}, () => token(1, { scope: ['echo.write', 'echo.read'] }))
    expect((await listed.client.accessToken()).scope).toBe('echo.write echo.read')
    expect(listed.events).toEqual([])
    const told = setUp({}, () => token(1, { scope: 'echo.write echo.read' }))
    await told.client.accessToken()
    const silent = setUp()
    expect((await silent.client.accessToken()).scope).toBe('echo.read echo.write')
    expect([...told.events, ...silent.events]).toEqual([])
  })
})
