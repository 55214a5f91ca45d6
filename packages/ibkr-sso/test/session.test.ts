/** A session for software: its bearer, its `fetch`, and the repair of 401s layer by layer. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { describe, expect, it } from 'vitest'
import { deferred } from '../../../tests/support/index.ts'
import { NOW_MS, vectorClient } from '../../../tests/support/oauth2-vectors.ts'
import {
  askForTenMinutes,
  failure,
  GATEWAY,
  json,
  session,
  setUp,
  TRADING,
  user,
} from './support.ts'

const bearerOf = ({ headers }: { readonly headers: Headers }) => headers.get('authorization')
const open = async (made: ReturnType<typeof setUp>) => made.sso.createSession(user)

describe('a session that is refused is held back', () => {
  it.each([
    [403, {}, 12],
    [429, {}, 12],
    [401, {}, 12],
    [429, { 'retry-after': '600' }, 1],
  ])('%d: ten minutes of asking each second', async (status, headers, most) => {
    const refusal = () => new Response('{}', { status, headers })
    const made = setUp({}, refusal)
    const sent = await askForTenMinutes(made, () => made.sso.createSession(user), status)
    expect(sent).toBeLessThanOrEqual(most)
  })
})

describe('an access token that is refused and cannot be replaced', () => {
  /** An authority that got a token an hour ago; from then on the broker refuses it, and every new login. */
  const setUpRefused = async () => {
    const logins: number[] = []
    let isRefused = false
    const made = setUp()
    const oauth2 = createIbkrOAuth2({
      ...vectorClient,
      scope: 'sso-sessions.write',
      now: () => made.time.now,
      fetch: (async () => {
        if (!isRefused) return json(200, { access_token: 'access-1', expires_in: 86_399 })
        logins.push(made.time.now)
        return json(401, { error: 'invalid_client' })
      }) as never,
    })
    const fetch = async (url: string) => {
      if (url.includes('/gw/')) return isRefused ? json(401, {}) : session(1)
      return json(isRefused ? 401 : 200, {})
    }
    const sso = createIbkrSso({ oauth2, fetch: fetch as never, now: () => made.time.now })
    const opened = await sso.createSession(user)
    made.time.now += 3_600_000
    isRefused = true
    return { sso, opened, logins, time: made.time }
  }

  it('is asked for once, and not again for each user, until the next attempt is due', async () => {
    const { sso, logins, time } = await setUpRefused()
    const errors = []
    for (let count = 0; count < 20; count++) {
      const about = { ...user, credential: `user${count}` }
      errors.push(await failure(() => sso.createSession(about)))
      errors.push(await failure(() => sso.createBrowserSession({ ...about, ip: '8.8.8.8' })))
      time.now += 1000
    }
    expect(logins).toHaveLength(1)
    expect(new Set(errors)).toHaveProperty('size', 1)
    expect(errors[0]).toMatchObject({ code: 'IBKR_OAUTH2_ASSERTION_REFUSED' })
    time.now = errors[0]?.['nextAttemptAtMs'] as number
    await failure(() => sso.createSession({ ...user, credential: 'another' }))
    expect(logins).toHaveLength(2)
  })

  it('is asked for again where the clock was set back meanwhile', async () => {
    const { sso, logins, time } = await setUpRefused()
    await failure(() => sso.createSession({ ...user, credential: 'one' }))
    time.now -= 1_800_000
    await failure(() => sso.createSession({ ...user, credential: 'another' }))
    expect(logins).toHaveLength(2)
  })

  it('is asked for again after pauses that double up to ten minutes', async () => {
    const { opened, logins, time } = await setUpRefused()
    for (let second = 0; second < 3600; second++) {
      await failure(() => opened.fetch('/portfolio/accounts'))
      time.now += 1000
    }
    expect(logins.length).toBeGreaterThanOrEqual(8)
    expect(logins.length).toBeLessThanOrEqual(11)
  })
})

describe('createSession', () => {
  it('signs the body and sends it with the access token', async () => {
    const made = setUp({ userAgent: 'my-program' })
    const opened = await open(made)
    const [call] = made.gatewayCalls
    expect(call).toMatchObject({
      method: 'POST',
      url: `${GATEWAY}/sso-sessions`,
      body: 'signed.{"ip":"8.8.4.4","credential":"exampleuser1"}.86400',
    })
    expect(bearerOf(call as never)).toBe('Bearer access-1')
    expect(call?.headers.get('content-type')).toBe('application/jwt')
    const bearer = await opened.accessToken()
    expect(bearer).toMatchObject({ value: 'bearer-1', expiresAtMs: NOW_MS + 86_400_000 })
    expect(JSON.stringify(bearer)).not.toContain('bearer-1')
    expect(JSON.stringify(opened)).toBe('{}')
  })

  it('sends further addresses and a service where they are given', async () => {
    const { sso, gatewayCalls } = setUp()
    const more = { alternativeIps: ['8.8.8.8'], service: 'AM.LOGIN', expiresInSeconds: 600 }
    await sso.createSession({ ...user, ...more })
    await sso.createSession({ ...user, alternativeIps: [] })
    const claims = '"alternativeIps":["8.8.8.8"],"service":"AM.LOGIN","credential":"exampleuser1"'
    expect(gatewayCalls.map(({ body }) => body)).toEqual([
      `signed.{"ip":"8.8.4.4",${claims}}.600`,
      'signed.{"ip":"8.8.4.4","credential":"exampleuser1"}.86400',
    ])
  })

  it('joins the session of the same user and addresses, and no other', async () => {
    const { sso, gatewayCalls } = setUp()
    const all = await Promise.all(Array.from({ length: 100 }, () => sso.createSession(user)))
    expect(new Set(all).size).toBe(1)
    expect(gatewayCalls).toHaveLength(1)
    await sso.createSession({ ...user, credential: 'another' })
    await sso.createSession({ ...user, ip: '8.8.8.8' })
    expect(gatewayCalls).toHaveLength(3)
  })

  it('joins it whichever way an IPv6 address is written, and in whichever order others are', async () => {
    const { sso, gatewayCalls } = setUp()
    const first = await sso.createSession({
      ...user,
      ip: '2a00:1450::1',
      alternativeIps: ['8.8.8.8', '2A00:1450:0::2'],
    })
    const again = await sso.createSession({
      ...user,
      ip: '2A00:1450:0:0:0:0:0:1',
      alternativeIps: ['2a00:1450::2', '8.8.8.8'],
    })
    expect(again).toBe(first)
    expect(gatewayCalls).toHaveLength(1)
    const other = { ...user, ip: '2a00:1450::2', alternativeIps: ['2a00:1450::1', '8.8.8.8'] }
    expect(await sso.createSession(other)).not.toBe(first)
    expect(gatewayCalls).toHaveLength(2)
  })

  it('says of an address with a zone that this is what is wrong', async () => {
    const { sso } = setUp()
    const error = await failure(() => sso.createSession({ ...user, ip: 'fe80::1%eth0' }))
    expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'ip' })
    expect(error['message']).toContain('without port, /prefix or %zone')
  })

  it('does not join what nobody asked for in a day, or what failed', async () => {
    const { sso, time, gatewayCalls } = setUp({}, (_, count) =>
      count === 1 ? json(500, {}) : session(count),
    )
    await failure(() => sso.createSession(user))
    time.now += 2000
    const first = await sso.createSession(user)
    time.now += 86_400_001
    expect(await sso.createSession(user)).not.toBe(first)
    expect(gatewayCalls).toHaveLength(3)
  })

  it.each([
    ['10.0.0.1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['192.168.1.1', 'private'],
    ['172.16.0.1', 'private'],
    ['169.254.1.1', 'link-local'],
    ['100.64.0.1', 'shared'],
    ['203.0.113.10', 'documentation'],
    ['::1', 'loopback'],
    ['fd00::1', 'private'],
    ['fe80::1', 'link-local'],
    ['2001:db8::1', 'documentation'],
    ['::ffff:10.0.0.1', 'private'],
  ])('warns of %s (%s), and goes on', async (ip) => {
    const { sso, events } = setUp()
    await sso.createSession({ ...user, ip })
    expect(events).toEqual([{ type: 'address-not-public', option: 'ip' }])
  })

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2a00:1450::1', '::ffff:8.8.8.8'])(
    'takes %s without a warning',
    async (ip) => {
      const { sso, events } = setUp()
      await sso.createSession({ ...user, ip, alternativeIps: ['8.8.4.4'] })
      expect(events).toEqual([])
    },
  )

  it('sends IPv4 in IPv6 as the IPv4 address that it stands for, and IPv6 as it was given', async () => {
    const { sso, gatewayCalls } = setUp()
    const alternativeIps = ['::FFFF:808:404', '2A00:1450:0::1']
    await sso.createSession({ ...user, ip: '::ffff:8.8.8.8', alternativeIps })
    await sso.createSession({ ...user, ip: '8.8.8.8', alternativeIps })
    const addresses = '"ip":"8.8.8.8","alternativeIps":["8.8.4.4","2A00:1450:0::1"]'
    expect(gatewayCalls.map(({ body }) => body)).toEqual([
      `signed.{${addresses},"credential":"exampleuser1"}.86400`,
    ])
  })

  it('names the further addresses in its warning', async () => {
    const { sso, events } = setUp()
    await sso.createSession({ ...user, alternativeIps: ['8.8.8.8', '10.0.0.1'] })
    expect(events).toEqual([{ type: 'address-not-public', option: 'alternativeIps' }])
  })

  it('ends in time, leaves with its caller, and codes a broken network', async () => {
    const slow = setUp({ timeoutMs: 100 }, () => 'never')
    expect(await failure(() => open(slow))).toMatchObject({ code: 'IBKR_SSO_TIMEOUT' })
    const broken = setUp({}, () => 'broken')
    expect(await failure(() => open(broken))).toMatchObject({
      code: 'IBKR_SSO_NETWORK',
      cause: { name: 'TypeError' },
    })
    const reason = new Error('changed my mind')
    const controller = new AbortController()
    const arrived = deferred()
    const waiting = setUp({}, () => {
      arrived.resolve()
      return 'never'
    })
    const call = waiting.sso.createSession({ ...user, signal: controller.signal })
    await arrived.promise
    controller.abort(reason)
    expect(await failure(() => call)).toBe(reason)
  })

  it('passes what the authority throws', async () => {
    const down = new Error('no token')
    const oauth2 = { accessToken: async () => Promise.reject(down), signJwt: async () => '' }
    expect(await failure(() => open(setUp({ oauth2 })))).toBe(down)
  })
})

describe('the fetch of a session', () => {
  it.each([
    ['a path with a slash', '/portfolio/accounts'],
    ['a path without one', 'portfolio/accounts'],
    ['a path written out', '/v1/api/portfolio/accounts'],
    ['a path written out without a slash', 'v1/api/portfolio/accounts'],
    ['an absolute URL', `${TRADING}/portfolio/accounts`],
    ['a URL', new URL(`${TRADING}/portfolio/accounts`)],
    ['a Request', new Request(`${TRADING}/portfolio/accounts`)],
  ])('takes %s', async (_, input) => {
    const made = setUp()
    expect((await (await open(made)).fetch(input)).status).toBe(200)
    expect(made.tradingCalls).toHaveLength(1)
    expect(made.tradingCalls[0]).toMatchObject({ url: `${TRADING}/portfolio/accounts` })
    expect(bearerOf(made.tradingCalls[0] as never)).toBe('Bearer bearer-1')
  })

  it.each([
    ['another host', 'https://evil.example/v1/api/x'],
    ['the gateway', `${GATEWAY}/accounts`],
    ['a protocol-relative URL', '//evil.example/v1/api/x'],
    ['dots that climb out', '/../../gw/api/v1/accounts'],
    ['dots that climb out of the prefix written out', '/v1/api/../../gw/api/v1/accounts'],
  ])('refuses %s', async (_, input) => {
    const made = setUp()
    const opened = await open(made)
    expect(await failure(() => opened.fetch(input))).toMatchObject({
      code: 'IBKR_SSO_URL_REFUSED',
    })
    expect(made.tradingCalls).toHaveLength(0)
  })

  it('refuses redirects', async () => {
    const made = setUp({}, undefined, () => json(302, '', { location: 'https://evil.example/' }))
    const opened = await open(made)
    expect(await failure(() => opened.fetch('/x'))).toMatchObject({
      code: 'IBKR_SSO_REDIRECT_REFUSED',
      status: 302,
    })
  })
})

describe('a 401 of the trading API', () => {
  it('renews the bearer once, repeats a GET once, then is returned', async () => {
    const made = setUp({}, undefined, () => json(401, {}))
    const opened = await open(made)
    made.time.now += 60_000
    const renewals: number[] = []
    const stop = opened.onRenewed(() => renewals.push(1))
    expect((await opened.fetch('/portfolio/accounts')).status).toBe(401)
    expect(made.tradingCalls.map(bearerOf)).toEqual(['Bearer bearer-1', 'Bearer bearer-2'])
    expect(made.gatewayCalls.map(bearerOf)).toEqual(['Bearer access-1', 'Bearer access-1'])
    expect(renewals).toEqual([1])
    stop()
    expect(made.events).toMatchObject([{ type: 'renewed' }])
  })

  it('does not renew a bearer younger than a minute', async () => {
    const made = setUp({}, undefined, () => json(401, {}))
    const opened = await open(made)
    expect((await opened.fetch('/portfolio/accounts')).status).toBe(401)
    expect(made.gatewayCalls).toHaveLength(1)
    expect(made.tradingCalls).toHaveLength(1)
  })

  it('renews the access token too where the gateway refuses it, each layer once', async () => {
    const made = setUp(
      {},
      (call, count) => {
        const isGood = count === 1 || bearerOf(call) === 'Bearer access-2'
        return isGood ? session(count) : json(401, { title: 'Unauthorized' })
      },
      (call) => (bearerOf(call) === 'Bearer bearer-3' ? json(200, {}) : json(401, {})),
    )
    const opened = await open(made)
    made.time.now += 60_000
    expect((await opened.fetch('/portfolio/accounts')).status).toBe(200)
    expect(made.gatewayCalls.map(bearerOf)).toEqual([
      'Bearer access-1',
      'Bearer access-1',
      'Bearer access-2',
    ])
    expect(made.authority.replaced).toEqual([undefined, undefined, 'access-1'])
    expect(made.tradingCalls).toHaveLength(2)
  })

  it('ends after one repair a layer when everything answers 401', async () => {
    const made = setUp(
      {},
      (_, count) => (count === 1 ? session(1) : json(401, { title: 'Unauthorized' })),
      () => json(401, {}),
    )
    const opened = await open(made)
    made.time.now += 60_000
    expect(await failure(() => opened.fetch('/portfolio/accounts'))).toMatchObject({
      code: 'IBKR_SSO_UNAUTHORIZED',
      status: 401,
    })
    expect(made.gatewayCalls).toHaveLength(3)
    expect(made.tradingCalls).toHaveLength(1)
    expect(made.authority.replaced).toEqual([undefined, undefined, 'access-1'])
  })

  it('is not repeated at the gateway with the same access token', async () => {
    const accessToken = async () => ({ value: 'fresh' })
    const oauth2 = { accessToken, signJwt: async () => 'a.b.c' }
    const made = setUp({ oauth2 }, () => json(401, {}))
    expect(await failure(() => open(made))).toMatchObject({ code: 'IBKR_SSO_UNAUTHORIZED' })
    expect(made.gatewayCalls).toHaveLength(1)
  })

  it.each([
    ['/orders', 'safe', 1],
    ['/orders', 'replayable', 2],
    ['/tickle', 'safe', 2],
    ['/iserver/auth/ssodh/init', 'safe', 2],
    ['/tickle', 'never', 1],
  ])('repeats POST %s under %s %d times', async (path, retryUnauthorized, times) => {
    const made = setUp({ retryUnauthorized }, undefined, () => json(401, {}))
    const opened = await open(made)
    made.time.now += 60_000
    await opened.fetch(path, { method: 'POST', body: '{}' })
    expect(made.tradingCalls).toHaveLength(times)
    expect(made.gatewayCalls).toHaveLength(2)
  })

  it('makes one renewal for many calls', async () => {
    const made = setUp({}, undefined, (call) =>
      bearerOf(call) === 'Bearer bearer-1' ? json(401, {}) : json(200, {}),
    )
    const opened = await open(made)
    made.time.now += 60_000
    const calls = Array.from({ length: 100 }, () => opened.fetch('/portfolio/accounts'))
    const statuses = (await Promise.all(calls)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(made.gatewayCalls).toHaveLength(2)
  })

  it('is returned when the renewal fails and nothing is repeated', async () => {
    const made = setUp(
      {},
      (_, count) => (count === 1 ? session(1) : json(403, {})),
      () => json(401, {}),
    )
    const opened = await open(made)
    made.time.now += 60_000
    expect((await opened.fetch('/orders', { method: 'POST' })).status).toBe(401)
    expect(made.events).toMatchObject([
      { type: 'held-back', code: 'IBKR_SSO_FORBIDDEN' },
      { type: 'renewal-failed', code: 'IBKR_SSO_FORBIDDEN' },
    ])
  })
})

it('gives the address of the WebSocket, with the bearer', async () => {
  const opened = await open(setUp())
  expect(await opened.webSocketUrl()).toBe('wss://api.ibkr.com/v1/api/ws?sessionToken=bearer-1')
})

it('renews a bearer that a caller wants replaced, and one that is a day old', async () => {
  const made = setUp()
  const opened = await open(made)
  made.time.now += 60_000
  expect((await opened.accessToken({ replacing: 'bearer-1' })).value).toBe('bearer-2')
  made.time.now += 86_400_000 - 60_000
  expect((await opened.accessToken()).value).toBe('bearer-3')
})
