/** The bearer's `fetch`, the signed bodies and the echo calls. */
import { describe, expect, it } from 'vitest'
import { deferred } from '../../../tests/support/index.ts'
import { NOW_MS } from '../../../tests/support/oauth2-vectors.ts'
import { claimsOf, failure, GATEWAY, json, setUp, token } from './support.ts'

const ok = () => json(200, { ok: true })

describe('fetch', () => {
  it.each([
    ['a path with a slash', '/accounts?a=1'],
    ['a path without one', 'accounts?a=1'],
    ['a path written out', '/gw/api/v1/accounts?a=1'],
    ['a path written out without a slash', 'gw/api/v1/accounts?a=1'],
    ['an absolute URL', `${GATEWAY}/accounts?a=1`],
    ['a URL', new URL(`${GATEWAY}/accounts?a=1`)],
    ['a Request', new Request(`${GATEWAY}/accounts?a=1`)],
  ])('takes %s', async (_, input) => {
    const { client, gatewayCalls } = setUp({}, undefined, ok)
    expect((await client.fetch(input)).status).toBe(200)
    expect(gatewayCalls).toHaveLength(1)
    const [call] = gatewayCalls
    expect(call?.url).toBe(`${GATEWAY}/accounts?a=1`)
    expect(call?.headers.get('authorization')).toBe('Bearer token-1')
  })

  it.each([
    ['another host', 'https://evil.example/gw/api/v1/accounts'],
    ['the trading API', 'https://api.ibkr.com/v1/api/tickle'],
    ['the token endpoint', 'https://api.ibkr.com/oauth2/api/v1/token'],
    ['a protocol-relative URL', '//evil.example/gw/api/v1/x'],
    ['dots that climb out', '/../../v1/api/tickle'],
    ['dots that climb out of the prefix written out', '/gw/api/v1/../../../v1/api/tickle'],
    ['encoded dots', '/%2e%2e/%2e%2e/other'],
    ['another scheme', 'http://api.ibkr.com/gw/api/v1/accounts'],
    ['a number', 5 as never],
  ])('refuses %s', async (_, input) => {
    const { client, tokenCalls, gatewayCalls } = setUp()
    const error = await failure(() => client.fetch(input))
    expect(error).toMatchObject({ code: 'IBKR_OAUTH2_URL_REFUSED' })
    expect([...tokenCalls, ...gatewayCalls]).toHaveLength(0)
  })

  it.each([301, 302, 303, 307, 308])('refuses a redirect of %d', async (status) => {
    const headers = { location: 'https://evil.example/' }
    const { client } = setUp({}, undefined, () => json(status, '', headers))
    const error = await failure(() => client.fetch('/accounts'))
    expect(error).toMatchObject({ code: 'IBKR_OAUTH2_REDIRECT_REFUSED', status })
  })

  it('stays below a base with a path', async () => {
    const baseUrl = 'https://proxy.example/ibkr/'
    const { client, tokenCalls, gatewayCalls } = setUp({ baseUrl }, undefined, ok)
    await client.fetch('/gw/api/v1/accounts')
    await client.fetch('/accounts')
    expect(tokenCalls[0]?.url).toBe('https://proxy.example/ibkr/oauth2/api/v1/token')
    const url = 'https://proxy.example/ibkr/gw/api/v1/accounts'
    expect(gatewayCalls.map((call) => call.url)).toEqual([url, url])
  })

  it('takes another token endpoint', async () => {
    const { client, tokenCalls } = setUp({ tokenPath: '/oauth2/other/token' })
    await client.accessToken()
    expect(tokenCalls[0]?.url).toBe('https://api.ibkr.com/oauth2/other/token')
  })

  it('keeps the caller’s headers and body', async () => {
    const { client, gatewayCalls } = setUp({ userAgent: 'my-program' }, undefined, ok)
    const headers = { 'content-type': 'application/jwt', 'x-own': '1' }
    await client.fetch('/balances/query', { method: 'POST', headers, body: 'a.b.c' })
    const [call] = gatewayCalls
    expect(call).toMatchObject({ method: 'POST', body: 'a.b.c' })
    expect(call?.headers.get('content-type')).toBe('application/jwt')
    expect(call?.headers.get('x-own')).toBe('1')
  })
})

describe('a 401', () => {
  it('renews once and repeats a GET once, then is returned', async () => {
    const { client, time, tokenCalls, gatewayCalls } = setUp({}, undefined, () => json(401, {}))
    await client.accessToken()
    time.now += 60_000
    expect((await client.fetch('/accounts')).status).toBe(401)
    expect(tokenCalls).toHaveLength(2)
    expect(gatewayCalls.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
  })

  it('is mended by a new token', async () => {
    const { client, time } = setUp({}, undefined, ({ headers }) =>
      headers.get('authorization') === 'Bearer token-2' ? ok() : json(401, {}),
    )
    await client.accessToken()
    time.now += 60_000
    expect((await client.fetch('/accounts')).status).toBe(200)
  })

  it('does not renew a token younger than a minute', async () => {
    const { client, tokenCalls, gatewayCalls } = setUp({}, undefined, () => json(401, {}))
    expect((await client.fetch('/accounts')).status).toBe(401)
    expect(tokenCalls).toHaveLength(1)
    expect(gatewayCalls).toHaveLength(1)
  })

  it.each([
    ['safe', 1],
    ['replayable', 2],
    ['never', 1],
  ])('repeats a POST under %s %d times', async (retryUnauthorized, times) => {
    const { client, time, gatewayCalls, tokenCalls } = setUp({ retryUnauthorized }, undefined, () =>
      json(401, {}),
    )
    await client.accessToken()
    time.now += 60_000
    await client.fetch('/accounts', { method: 'POST', body: 'a.b.c' })
    expect(gatewayCalls).toHaveLength(times)
    expect(tokenCalls).toHaveLength(2)
  })

  it('is returned when the renewal fails and nothing is repeated', async () => {
    const { client, time, events } = setUp(
      {},
      (_, count) => (count === 1 ? token(1) : json(403, {})),
      () => json(401, {}),
    )
    await client.accessToken()
    time.now += 60_000
    expect((await client.fetch('/accounts', { method: 'POST' })).status).toBe(401)
    expect(events).toMatchObject([
      { type: 'held-back', code: 'IBKR_OAUTH2_FORBIDDEN' },
      { type: 'renewal-failed', code: 'IBKR_OAUTH2_FORBIDDEN' },
    ])
  })

  it('is nothing like a 403', async () => {
    const { client, time, tokenCalls } = setUp({}, undefined, () => json(403, {}))
    await client.accessToken()
    time.now += 60_000
    expect((await client.fetch('/accounts')).status).toBe(403)
    expect(tokenCalls).toHaveLength(1)
  })
})

describe('signJwt', () => {
  it('adds iss, exp and iat after the caller’s claims', async () => {
    const { client } = setUp()
    const jws = await client.signJwt({ b: 1, a: ['x'] }, { expiresInSeconds: 1000 })
    const now = NOW_MS / 1000
    expect(JSON.stringify(claimsOf(jws))).toBe(
      `{"b":1,"a":["x"],"iss":"ExampleAdvisor-TEST","exp":${now + 1000},"iat":${now}}`,
    )
  })

  it('signs what the claims were at the call', async () => {
    const { client } = setUp()
    const claims = { amount: 1 }
    const signed = client.signJwt(claims)
    claims.amount = 2
    expect(claimsOf(await signed)['amount']).toBe(1)
  })

  it.each(['iss', 'iat', 'exp'])('refuses %s that toJSON adds to the claims', async (name) => {
    const { client } = setUp()
    const order = { toJSON: () => ({ amount: 1, [name]: 1 }) }
    expect(await failure(() => client.signJwt(order))).toMatchObject({
      code: 'IBKR_OAUTH2_OPTION_INVALID',
      option: 'claims',
    })
  })

  it('needs no token', async () => {
    const { client, tokenCalls } = setUp()
    await client.signJwt({})
    await client.clientAssertion()
    expect(tokenCalls).toHaveLength(0)
  })
})

describe('the echo calls', () => {
  it('tell what the service saw', async () => {
    const { client, gatewayCalls } = setUp()
    expect(await client.echoHttps()).toEqual({ requestMethod: 'GET', securityPolicy: 'HTTPS' })
    const signed = await client.echoSignedJwt()
    expect(signed).toEqual({ requestMethod: 'POST', securityPolicy: 'SIGNED_JWT' })
    const [plain, post] = gatewayCalls
    expect(plain).toMatchObject({ method: 'GET', url: `${GATEWAY}/echo/https`, body: '' })
    expect(post).toMatchObject({ method: 'POST', url: `${GATEWAY}/echo/signed-jwt` })
    expect(post?.headers.get('content-type')).toBe('application/jwt')
    expect(claimsOf(post?.body ?? '')).toEqual({
      iss: 'ExampleAdvisor-TEST',
      exp: NOW_MS / 1000 + 60,
      iat: NOW_MS / 1000,
    })
  })

  it('are repeated once after a 401, the signed one too', async () => {
    const { client, time, gatewayCalls } = setUp({}, undefined, ({ headers }) =>
      headers.get('authorization') === 'Bearer token-2'
        ? json(200, { requestMethod: 'POST', securityPolicy: 'SIGNED_JWT' })
        : json(401, {}),
    )
    await client.accessToken()
    time.now += 60_000
    await client.echoSignedJwt()
    expect(gatewayCalls).toHaveLength(2)
  })

  it('tell the codes of the token call unchanged, and end in time', async () => {
    const refused = setUp({}, () => json(403, {}))
    const error = await failure(() => refused.client.echoHttps())
    expect(error).toMatchObject({ code: 'IBKR_OAUTH2_FORBIDDEN', status: 403 })
    const slow = setUp({ timeoutMs: 100 }, undefined, () => 'never')
    expect(await failure(() => slow.client.echoHttps())).toMatchObject({
      code: 'IBKR_OAUTH2_TIMEOUT',
    })
    const broken = setUp({}, undefined, () => 'broken')
    expect(await failure(() => broken.client.echoHttps())).toMatchObject({
      code: 'IBKR_OAUTH2_NETWORK',
      cause: { name: 'TypeError' },
    })
  })

  it('leave when the caller does', async () => {
    const arrived = deferred()
    const { client } = setUp({}, undefined, () => {
      arrived.resolve()
      return 'never'
    })
    const controller = new AbortController()
    const call = client.echoHttps({ signal: controller.signal })
    const reason = new Error('changed my mind')
    await arrived.promise
    controller.abort(reason)
    expect(await failure(() => call)).toBe(reason)
  })
})
