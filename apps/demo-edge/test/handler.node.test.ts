/** What the handler lets through, and all that it refuses. */
import type { Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { COOKIE_NAME } from '../src/session/session-cookie.ts'
import { chooseCall, READING_CALLS } from '../src/upstream/allowed-calls.ts'
import {
  cookieOf,
  type Edge,
  edge,
  type Fetch,
  ORIGIN,
  type PageInit,
  pageRequest,
  refusalOf,
  sandboxOf,
  signIn,
  signInRequest,
} from './support.ts'

const ACCOUNTS = '/api/portfolio/accounts'

let sandbox: Sandbox
let usual: Edge
let cookie: string

beforeAll(async () => {
  sandbox = await sandboxOf('handler')
  usual = edge(sandbox)
  cookie = await signIn(usual)
})

const get = (path: string, headers: Record<string, string> = {}) =>
  usual.handle(pageRequest(path, { headers: { cookie, ...headers } }))

describe('a person who signed in', () => {
  it('reads accounts, under headers that let an answer do nothing', async () => {
    const answer = await get(ACCOUNTS)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject([{ accountTitle: 'SANDBOX Account' }])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'server-timing': expect.stringMatching(
        /^broker;dur=[\d.]+, handshakes;desc="1", isolate;desc="[0-9a-f]{8}"$/,
      ),
    })
  })

  it('gets a cookie for this host, for scripts of nobody, for an hour', async () => {
    const answer = await usual.handle(
      signInRequest(usual.variables['ISOAUTH_EDGE_DEVELOPMENT_CODE']),
    )
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-isoauth-edge=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=3600$/,
    )
    expect(cookieOf(answer)).not.toBe(cookie)
    const state = await usual.handle(pageRequest('/session', { headers: { cookie } }))
    expect(await state.json()).toMatchObject({ session: { subject: 'development' } })
  })

  it('signs out', async () => {
    const answer = await usual.handle(pageRequest('/session', { method: 'DELETE' }))
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-isoauth-edge=; .*Max-Age=0$/)
    expect(await answer.json()).toEqual({ signIn: 'development', session: null })
  })

  it('needs no session for the page, whose policy allows its own files only', async () => {
    for (const path of ['/', '/page.js', '/page.css', '/icon.svg']) {
      const answer = await usual.handle(new Request(ORIGIN + path))
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';/,
      )
    }
    expect(await refusalOf(usual.handle(new Request(`${ORIGIN}/constructor`)))).toMatchObject({
      status: 404,
    })
  })
})

describe('a call without a good session', () => {
  const refused = { status: 401, code: 'EDGE_SESSION_INVALID' }
  const call = ({ handle }: Edge, value: string) =>
    refusalOf(handle(pageRequest(ACCOUNTS, { headers: { cookie: value } })))

  it.each([
    ['none', () => ''],
    ['another name', () => cookie.replace('__Host-', '')],
    ['rubbish', () => `${COOKIE_NAME}=rubbish`],
    [
      'a changed byte',
      () => cookie.slice(0, -6) + (cookie.at(-6) === 'A' ? 'B' : 'A') + cookie.slice(-5),
    ],
    ['the clear text of a session', () => `${COOKIE_NAME}=${btoa('{"sub":"development"}')}`],
    ['an unsigned token', () => `${COOKIE_NAME}=eyJhbGciOiJub25lIn0.eyJzdWIiOiJkZXZlbG9wbWVudCJ9.`],
    ['two of them', () => `${cookie}; ${cookie}`],
    ['one of endless length', () => `${cookie}${'A'.repeat(10_000)}`],
  ])('is refused: %s', async (_, value) => {
    expect(await call(usual, value())).toEqual(refused)
  })

  it('is refused with a cookie of another key, and of another origin under the same key', async () => {
    expect(await call(usual, await signIn(edge(sandbox)))).toEqual(refused)
    const { ISOAUTH_EDGE_COOKIE_KEY } = usual.variables
    const other = edge(sandbox, {
      ISOAUTH_EDGE_COOKIE_KEY,
      ISOAUTH_EDGE_ORIGIN: 'http://127.0.0.1:1',
    })
    const answer = await other.handle(
      new Request('http://127.0.0.1:1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:1' },
        body: JSON.stringify({ code: other.variables['ISOAUTH_EDGE_DEVELOPMENT_CODE'] }),
      }),
    )
    expect(answer.status).toBe(200)
    expect(await call(usual, cookieOf(answer))).toEqual(refused)
  })

  it('is refused when the session is over', async () => {
    const mine = edge(sandbox)
    const value = await signIn(mine)
    mine.time.now += 3_599_000
    expect((await call(mine, value)).status).toBe(200)
    mine.time.now += 2000
    expect(await call(mine, value)).toEqual(refused)
  })

  it('is taken with an older key of the list, and sealed with the first', async () => {
    const newer = edge(sandbox)
    const [older, newest] = [usual, newer].map(
      ({ variables }) => variables['ISOAUTH_EDGE_COOKIE_KEY'],
    )
    const both = edge(sandbox, { ISOAUTH_EDGE_COOKIE_KEY: `${newest} ${older}` })
    expect((await call(both, cookie)).status).toBe(200)
    expect((await call(newer, await signIn(both))).status).toBe(200)
    expect(await call(usual, await signIn(both))).toEqual(refused)
  })
})

describe('a request that the page did not send', () => {
  const refused = { status: 403, code: 'EDGE_ORIGIN_REFUSED' }

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of the host', { 'sec-fetch-site': 'same-site' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['another site that names our origin', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['the right host by another scheme', { origin: ORIGIN.replace('http:', 'https:') }],
    ['a sandboxed frame', { origin: 'null' }],
    ['somebody who does not say', { 'sec-fetch-site': '' }],
  ])('is refused: from %s', async (_, headers) => {
    expect(await refusalOf(get(ACCOUNTS, headers))).toEqual(refused)
    expect(await refusalOf(get('/session', headers))).toEqual(refused)
  })

  it('is refused without Origin where it changes something', async () => {
    const { ISOAUTH_EDGE_DEVELOPMENT_CODE: code } = usual.variables
    expect(await refusalOf(usual.handle(signInRequest(code, { origin: '' })))).toEqual(refused)
    const tickle = pageRequest('/api/tickle', { method: 'POST', headers: { cookie, origin: '' } })
    expect(await refusalOf(usual.handle(tickle))).toEqual(refused)
  })

  it('is refused under another host name', async () => {
    const rebound = new Request('http://evil.example:8788/')
    expect(await refusalOf(usual.handle(rebound))).toEqual({
      status: 421,
      code: 'EDGE_HOST_REFUSED',
    })
  })

  it('is told the address of a page on this machine, and of no other', async () => {
    const told = async ({ handle }: Edge, url: string) => (await handle(new Request(url))).text()
    expect(await told(usual, 'http://localhost:8788/')).toContain(`: open ${ORIGIN}.`)
    const hosted = edge(sandbox, {
      ISOAUTH_EDGE_ORIGIN: 'https://trading.example',
      ISOAUTH_EDGE_DEVELOPMENT_CODE: undefined,
      ISOAUTH_EDGE_IDENTITY_ISSUER: 'https://team.cloudflareaccess.com',
      ISOAUTH_EDGE_IDENTITY_AUDIENCE: 'aud',
      ISOAUTH_EDGE_IDENTITY_JWKS_URL: 'https://team.cloudflareaccess.com/cdn-cgi/access/certs',
    })
    expect(await told(hosted, 'https://192.0.2.1/')).not.toContain('trading.example')
  })

  it('is refused under a host that is none, of which some runtimes make an address', async () => {
    const request = Object.defineProperty(new Request(ORIGIN), 'url', { value: `${ORIGIN}./` })
    expect(await refusalOf(usual.handle(request))).toEqual({
      status: 421,
      code: 'EDGE_HOST_REFUSED',
    })
  })
})

describe('the list of calls', () => {
  const refused = { status: 403, code: 'EDGE_CALL_REFUSED' }

  it.each([
    '/api/iserver/account/DU1/orders',
    '/api/logout',
    '/api/oauth/live_session_token',
    '/api/portfolio',
    '/api/portfolio/accounts/',
    '/api/portfolio//accounts',
    '/api//portfolio/accounts',
    '/api/Portfolio/accounts',
    '/api/portfolio/accounts;a=b',
    '/api/portfolio%2faccounts',
    '/api/portfolio%5caccounts',
    '/api/portfolio/%61ccounts',
    '/api/portfolio/accounts%00',
    '/api/portfolio/accounts%0d%0a',
    '/api/portfolio/accounts.json',
    '/api/portfolio/..%2f..%2flogout/summary',
    '/api/portfolio/%252e%252e/summary',
    '/api/portfolio/a%20b/summary',
    '/api/portfolio/accounts?method=DELETE',
    '/api/iserver/marketdata/history?conid=1&conid=2',
    '/api/iserver/marketdata/history?conid=1&order=1',
  ])('refuses %s', async (path) => {
    expect(await refusalOf(get(path))).toEqual(refused)
  })

  it('judges what the platform resolved, and sends that', async () => {
    const sent: string[] = []
    const mine = edge(sandbox, {}, { fetch: spy(sent) })
    const own = await signIn(mine)
    const ask = (path: string) => mine.handle(pageRequest(path, { headers: { cookie: own } }))
    expect((await ask('/api/x/../portfolio/./accounts')).status).toBe(200)
    expect((await ask('/api/x/%2e%2e/portfolio/accounts')).status).toBe(200)
    expect(await refusalOf(ask('/api/portfolio/../logout'))).toEqual(refused)
    expect(await refusalOf(ask('/api/../logout'))).toMatchObject({ status: 404 })
    expect(await refusalOf(ask('/api/portfolio/accounts/%2e%2e/%2e%2e/logout'))).toEqual(refused)
    expect(sent.filter((url) => !url.endsWith('/live_session_token'))).toEqual(
      Array(2).fill('GET /v1/api/portfolio/accounts'),
    )
  })

  it.each(['DELETE', 'PUT', 'PATCH', 'POST', 'OPTIONS', 'HEAD'])(
    'refuses %s where GET is listed',
    async (method) => {
      const request = pageRequest(ACCOUNTS, { method, headers: { cookie } })
      expect((await refusalOf(usual.handle(request))).status).toBe(403)
    },
  )

  it('writes path and query anew', () => {
    const query = new URLSearchParams('period=1d&conid=1%26x%3D2')
    const { target } = chooseCall(READING_CALLS, 'GET', '/iserver/marketdata/history', query)
    expect(target).toBe('/iserver/marketdata/history?period=1d&conid=1%26x%3D2')
  })
})

describe('what travels between the page and the broker', () => {
  /** A broker that signs in like the sandbox and answers everything else itself. */
  const broker = (answer: (request: Request) => Response): Fetch =>
    (async (input, init) => {
      const request = new Request(input as Request, init)
      const isToken = request.url.endsWith('/live_session_token')
      return isToken ? sandbox.fetch(request) : answer(request)
    }) as Fetch

  async function through(
    answer: (request: Request) => Response,
    path: string,
    init: PageInit = {},
  ) {
    const mine = edge(sandbox, {}, { fetch: broker(answer) })
    const headers = { ...init.headers, cookie: await signIn(mine) }
    return { mine, answer: await mine.handle(pageRequest(path, { ...init, headers })) }
  }

  it('is neither cookie nor credential, in either direction', async () => {
    let seen = new Headers()
    const { answer } = await through(
      (request) => {
        seen = request.headers
        const headers = new Headers({
          authorization: 'x',
          'x-more': 'y',
          'content-type': 'text/html',
        })
        headers.append('set-cookie', 'api=1; Path=/')
        headers.append('set-cookie', `${COOKIE_NAME}=planted; Path=/; Secure`)
        return new Response('<script>', { status: 500, headers })
      },
      ACCOUNTS,
      { headers: { authorization: 'Bearer page', 'x-forwarded-for': '1.2.3.4', accept: 'a/b' } },
    )
    expect(seen.get('authorization')).toMatch(/^OAuth /)
    expect([seen.get('cookie'), seen.get('x-forwarded-for')]).toEqual([null, null])
    expect(seen.get('accept')).toBe('a/b')
    expect(answer.status).toBe(500)
    expect(answer.headers.getSetCookie()).toEqual([])
    expect([answer.headers.get('authorization'), answer.headers.get('x-more')]).toEqual([
      null,
      null,
    ])
    expect(answer.headers.get('content-security-policy')).toMatch(/sandbox$/)
  })

  it('comes through in pieces, before the end', async () => {
    let push: (text: string) => void = () => {}
    const { answer } = await through(() => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          push = (text) =>
            text === '' ? controller.close() : controller.enqueue(new TextEncoder().encode(text))
        },
      })
      return new Response(body)
    }, ACCOUNTS)
    const reader = answer.body?.getReader()
    push('first')
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first')
    push('')
    expect((await reader?.read())?.done).toBe(true)
  })

  it('is a body where the list says so, of JSON, and short', async () => {
    const path = '/api/iserver/account/DU1/orders/whatif'
    let seen = ''
    const post = (body: string, type = 'application/json') =>
      through(
        (request) => {
          void request.text().then((text) => {
            seen = text
          })
          return new Response('{}')
        },
        path,
        { method: 'POST', body, headers: { 'content-type': type } },
      ).then(({ answer }) => refusalOf(answer))
    expect((await post('{"orders":[]}')).status).toBe(200)
    expect(seen).toBe('{"orders":[]}')
    expect(await post('a=b', 'application/x-www-form-urlencoded')).toEqual({
      status: 415,
      code: 'EDGE_BODY_REFUSED',
    })
    expect(await post(JSON.stringify('x'.repeat(70_000)))).toMatchObject({ status: 413 })
    const tickle = pageRequest('/api/tickle', {
      method: 'POST',
      body: '{}',
      headers: { cookie, 'content-length': '2' },
    })
    expect(await refusalOf(usual.handle(tickle))).toMatchObject({ status: 400 })
  })

  it('is no redirect, and not the 401 of the broker', async () => {
    const gone = await through(() => Response.redirect('https://evil.example/', 302), ACCOUNTS)
    expect(await refusalOf(gone.answer)).toEqual({ status: 502, code: 'EDGE_UPSTREAM_FAILED' })
    const told = JSON.stringify(gone.mine.log)
    expect(told).toContain('IBKR_OAUTH1_REDIRECT_REFUSED')
    expect(told).not.toContain('evil')
    const refused = await through(() => new Response('', { status: 401 }), ACCOUNTS)
    expect(await refusalOf(refused.answer)).toEqual({ status: 502, code: 'EDGE_UPSTREAM_FAILED' })
  })

  it('ends when the page leaves', async () => {
    let signal: AbortSignal | undefined
    const leave = new AbortController()
    const mine = edge(
      sandbox,
      {},
      {
        fetch: (async (input, init) => {
          const request = new Request(input as Request, init)
          if (request.url.endsWith('/live_session_token')) return sandbox.fetch(request)
          signal = init?.signal ?? undefined
          leave.abort()
          return new Promise((_, reject) => {
            signal?.addEventListener('abort', () => reject(signal?.reason))
            if (signal?.aborted) reject(signal.reason)
          })
        }) as Fetch,
      },
    )
    const headers = { cookie: await signIn(mine) }
    const answer = await mine.handle(pageRequest(ACCOUNTS, { headers, signal: leave.signal }))
    expect(answer.status).toBe(499)
    expect(signal?.aborted).toBe(true)
  })

  it('tells of a broker that cannot be reached without quoting anything', async () => {
    const fetch = (async () => {
      throw new TypeError('connect to HUSH failed')
    }) as Fetch
    const mine = edge(sandbox, {}, { fetch })
    const headers = { cookie: await signIn(mine) }
    const answer = await mine.handle(pageRequest(ACCOUNTS, { headers }))
    expect(answer.status).toBe(502)
    expect((await answer.text()) + JSON.stringify(mine.log)).not.toContain('HUSH')
  })
})

describe('the development code', () => {
  it.each([['wrong'], [''], [undefined], [null], [{}], ['x'.repeat(1000)]])(
    'is not %j',
    async (code) => {
      expect(await refusalOf(usual.handle(signInRequest(code)))).toEqual({
        status: 403,
        code: 'EDGE_SIGN_IN_REFUSED',
      })
    },
  )

  it('must come as JSON, which no form of another site can send', async () => {
    const { ISOAUTH_EDGE_DEVELOPMENT_CODE: code } = usual.variables
    const request = signInRequest(code, { 'content-type': 'text/plain' })
    expect(await refusalOf(usual.handle(request))).toEqual({
      status: 415,
      code: 'EDGE_BODY_REFUSED',
    })
  })
})

function spy(sent: string[]): Fetch {
  return (async (input, init) => {
    const request = new Request(input as Request, init)
    sent.push(`${request.method} ${new URL(request.url).pathname}`)
    return sandbox.fetch(request)
  }) as Fetch
}
