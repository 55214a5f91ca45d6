import { base64ToBytes, hexToBytes } from '@isoauth/core-crypto'
import { describe, expect, it, vi } from 'vitest'
import { holdRequests } from '../../../tests/support/index.ts'
import { pastDeadline } from '../../../tests/support/quick-time.ts'
import { BASE, decrypted, LST_PATH, ORIGIN, oauth1, rejection, setUp } from './support.ts'

it('goes the whole way from PEM files to an authorized call', async () => {
  const { client, sandbox, events } = await setUp({
    ...oauth1,
    decryptedAccessTokenSecret: undefined,
  })
  const response = await client.fetch('/portfolio/accounts')
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject([{ id: expect.any(String) }])
  expect(sandbox.counts.handshakes).toBe(1)
  expect(events.map((event) => event.type === 'handshake' && event.step)).toEqual([
    'secret-decrypted',
    'challenge-computed',
    'request-signed',
    'answer-received',
    'shared-secret-computed',
    'token-verified',
  ])
})

it('keeps the token for the next call', async () => {
  const { client, sandbox } = await setUp()
  await client.fetch('/portfolio/accounts')
  await client.fetch('/tickle', { method: 'POST' })
  expect(sandbox.counts.handshakes).toBe(1)
})

it.each([
  ['a path with a slash', '/portfolio/accounts'],
  ['a path without one', 'portfolio/accounts'],
  ['an absolute URL', `${BASE}/portfolio/accounts`],
  [
    'an absolute URL with the host in upper case',
    `HTTP://127.0.0.1:8787/v1/api/portfolio/accounts`,
  ],
  ['a URL', new URL(`${BASE}/portfolio/accounts`)],
  ['a path with a fragment', '/portfolio/accounts#top'],
])('takes %s', async (_, input) => {
  const { client } = await setUp()
  expect((await client.fetch(input)).status).toBe(200)
})

it('takes a Request with method, headers and body', async () => {
  const { client, sandbox } = await setUp()
  const init = await client.fetch(
    new Request(`${BASE}/iserver/auth/ssodh/init`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ publish: true, compete: false }),
    }),
  )
  expect(init.status).toBe(200)
  expect(await init.json()).toMatchObject({ authenticated: true })
  expect(sandbox.requests.at(-1)).toMatchObject({ method: 'POST', refused: null })
})

it.each([
  ['another host', 'https://evil.example/v1/api/portfolio/accounts'],
  ['another port', 'http://127.0.0.1:8788/v1/api/portfolio/accounts'],
  ['another scheme', 'https://127.0.0.1:8787/v1/api/portfolio/accounts'],
  ['a path beside the base', `${ORIGIN}/v1/portfolio`],
  ['a path that only begins like the base', `${ORIGIN}/v1/apis/x`],
  ['a protocol-relative URL', '//evil.example/v1/api/x'],
  ['backslashes for slashes', '\\\\evil.example/v1/api/x'],
  ['dots that climb out', '/../../other'],
  ['encoded dots that climb out', '/%2e%2e/%2E%2E/other'],
  ['dots hidden behind an encoded slash', '/x%2f..%2f..%2fother'],
  ['a user name', 'http://user:pass@127.0.0.1:8787/v1/api/portfolio/accounts'],
  ['a script', 'javascript:alert(1)'],
  ['a number', 5 as never],
  ['nothing', undefined as never],
])('refuses to sign %s', async (_, input) => {
  const { client, sandbox } = await setUp()
  const error = await rejection(client.fetch(input))
  expect(error['code']).toBe('IBKR_OAUTH1_URL_REFUSED')
  expect(sandbox.requests).toHaveLength(0)
  const header = await rejection(client.authorizationHeader({ method: 'GET', url: input }))
  expect(header['code']).toBe('IBKR_OAUTH1_URL_REFUSED')
})

it.each([301, 302, 303, 307, 308])('refuses a redirect of %d', async (status) => {
  const { client, sandbox } = await setUp()
  const headers = { location: 'https://evil.example/' }
  sandbox.fault({ path: '/portfolio/accounts', kind: 'respond', value: { status, headers } })
  expect(await rejection(client.fetch('/portfolio/accounts'))).toMatchObject({
    code: 'IBKR_OAUTH1_REDIRECT_REFUSED',
    status,
  })
  sandbox.fault({ path: LST_PATH, kind: 'respond', value: { status, headers } })
  const cold = (await setUp({ fetch: sandbox.fetch as never })).client
  expect((await rejection(cold.liveSessionToken()))['code']).toBe('IBKR_OAUTH1_REDIRECT_REFUSED')
})

it('signs the query by either way', async () => {
  for (const querySigning of ['omit', 'wire'] as const) {
    const { client, sandbox } = await setUp({ querySigning })
    await client.fetch('/iserver/auth/ssodh/init?publish=true&compete=true', { method: 'POST' })
    await client.fetch('/iserver/accounts')
    const path = "/iserver/marketdata/history?conid=265598&period=1d&bar=1h&note=it's%20(a*b)!"
    expect((await client.fetch(path)).status).toBe(200)
    expect(sandbox.requests.at(-1)).toMatchObject({ refused: null, querySigning })
  }
})

it('signs a form body under wire', async () => {
  const { client, sandbox } = await setUp({ querySigning: 'wire' })
  const body = new URLSearchParams({ b: '2', a: 'r b' })
  await client.fetch('/tickle', { method: 'POST', body })
  expect(sandbox.requests.at(-1)).toMatchObject({ refused: null })
})

it('signs for the broker what goes through a proxy', async () => {
  const proxy = 'https://proxy.example/ibkr'
  const { client, sandbox } = await setUp({ baseUrl: proxy, signingBaseUrl: BASE })
  const { another } = await setUp({
    baseUrl: proxy,
    signingBaseUrl: BASE,
    fetch: ((input: Request | string, init?: RequestInit) => {
      const request = new Request(input, init)
      expect(request.url.startsWith(`${proxy}/`)).toBe(true)
      const url = BASE + request.url.slice(proxy.length)
      return sandbox.fetch(url, { method: request.method, headers: request.headers })
    }) as never,
  })
  expect(client).toBeDefined()
  expect((await another().fetch('/portfolio/accounts?a=1')).status).toBe(200)
  expect((await rejection(another().fetch(`${BASE}/x`)))['code']).toBe('IBKR_OAUTH1_URL_REFUSED')
})

it('gives a header for requests sent by other means', async () => {
  const { client, sandbox } = await setUp()
  const url = `${BASE}/portfolio/accounts`
  const authorization = await client.authorizationHeader({ method: 'get', url })
  const response = await sandbox.fetch(url, { headers: { authorization } })
  expect(response.status).toBe(200)
})

it('gives no header to a caller who has left', async () => {
  const { client, sandbox } = await setUp()
  const asked = {
    method: 'GET',
    url: `${BASE}/tickle`,
    signal: AbortSignal.abort(new Error('left')),
  }
  await expect(client.authorizationHeader(asked)).rejects.toThrow('left')
  expect(sandbox.counts.handshakes).toBe(0)
})

it('gives the address of the WebSocket', async () => {
  const { client } = await setUp()
  const address = `ws://127.0.0.1:8787/v1/api/ws?oauth_token=${oauth1.accessToken}`
  expect(await client.webSocketUrl()).toBe(address)
})

it('passes on what else fetch was given, and its own headers are copied', async () => {
  const { sandbox } = await setUp()
  const sent: RequestInit[] = []
  const spy = (input: string, init?: RequestInit) => {
    sent.push(init ?? {})
    return sandbox.fetch(input, init)
  }
  const { client } = await setUp({ fetch: spy as never, userAgent: 'my-program' })
  const headers = { 'x-own': '1', authorization: 'Bearer mine' }
  const extra = { cf: { cacheTtl: 1 }, dispatcher: 'pool', credentials: 'omit', cache: 'no-store' }
  await client.fetch('/portfolio/accounts', { ...extra, headers } as never)
  const last = sent.at(-1) as RequestInit & Record<string, unknown>
  expect(last).toMatchObject({ ...extra, redirect: 'manual', method: 'GET' })
  expect(new Headers(last.headers).get('x-own')).toBe('1')
  expect(new Headers(last.headers).get('authorization')).toMatch(/^OAuth realm="limited_poa", /)
  expect(headers).toEqual({ 'x-own': '1', authorization: 'Bearer mine' })
})

it('refuses headers that HTTP forbids without quoting them', async () => {
  const { client } = await setUp()
  const error = await rejection(client.fetch('/tickle', { headers: { 'x y': 'hush-hush' } }))
  expect(error).toMatchObject({ code: 'IBKR_OAUTH1_OPTION_INVALID', option: 'init.headers' })
  expect(String(error['message'])).not.toContain('hush')
})

it('ends a call whose headers do not come in time', async () => {
  const { sandbox } = await setUp()
  const held = holdRequests(sandbox.fetch, ({ url }) => url.endsWith('/tickle'))
  const { client } = await setUp({ fetch: held.fetch as never, timeoutMs: 5000 })
  await client.liveSessionToken()
  const call = () => rejection(client.fetch('/tickle'))
  const error = await pastDeadline({ call, arrived: held.seen, timeoutMs: 5000 })
  expect(error['code']).toBe('IBKR_OAUTH1_TIMEOUT')
})

it('covers the body of a token call by the time limit', async () => {
  const stalled = async () => new Response(new ReadableStream({}), { status: 200 })
  const { client } = await setUp({ timeoutMs: 100, fetch: stalled as never })
  expect((await rejection(client.liveSessionToken()))['code']).toBe('IBKR_OAUTH1_TIMEOUT')
})

it('passes network errors unchanged, and of those of a handshake the name as a cause', async () => {
  const { client, sandbox } = await setUp()
  await client.liveSessionToken()
  const broken = new TypeError('socket hang up')
  let isDown = true
  const fetch = vi.fn(async (...args: Parameters<typeof sandbox.fetch>) => {
    if (isDown) throw broken
    return sandbox.fetch(...args)
  })
  const { client: cold } = await setUp({ fetch: fetch as never })
  const error = await rejection(cold.fetch('/tickle'))
  expect(error).toMatchObject({ code: 'IBKR_OAUTH1_NETWORK', cause: { name: 'TypeError' } })
  isDown = false
  sandbox.fault({ path: '/tickle', kind: 'reset', value: 'before' })
  const { client: warm } = await setUp({ fetch: sandbox.fetch as never })
  expect(await rejection(warm.fetch('/tickle'))).toBeInstanceOf(TypeError)
})

it('tells nothing when printed', async () => {
  const { client } = await setUp()
  const session = await client.liveSessionToken()
  expect(JSON.stringify(session)).toBe(
    JSON.stringify({ expiresAtMs: session.expiresAtMs, obtainedAtMs: session.obtainedAtMs }),
  )
  expect(JSON.stringify(client)).toBe('{}')
  expect(Object.keys(session)).not.toContain('token')
})

describe('what is wiped once it was handed over', () => {
  const der = (pem: string) => base64ToBytes(pem.replace(/-----[^-]+-----/g, ''))

  it('is of no more use to the client: keys and the secret', async () => {
    const [signatureKey, encryptionKey] = [oauth1.signatureKey, oauth1.encryptionKey].map(der)
    const decryptedAccessTokenSecret = hexToBytes(decrypted.decryptedAccessTokenSecret)
    const encrypted = { ...oauth1, dhParameters: decrypted.dhParameters }
    const { another } = await setUp({ signatureKey } as never)
    const clients = [
      another({
        ...encrypted,
        signatureKey,
        encryptionKey,
        decryptedAccessTokenSecret: undefined,
      } as never),
      another({ decryptedAccessTokenSecret } as never),
    ]
    for (const bytes of [signatureKey, encryptionKey, decryptedAccessTokenSecret]) bytes?.fill(0)
    for (const client of clients) expect((await client.fetch('/tickle')).status).toBe(200)
  })

  it('is a copy of the token: the client signs on', async () => {
    const { client } = await setUp()
    const session = await client.liveSessionToken()
    session.token.fill(0)
    expect(session.token).not.toEqual(new Uint8Array(20))
    expect((await client.fetch('/tickle')).status).toBe(200)
  })
})
