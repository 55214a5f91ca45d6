import { createSandbox, type Sandbox, SandboxError } from '@isoauth/sandbox'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { PAGE_PATHS } from './page-paths.ts'

const origin = 'http://127.0.0.1:8787'
const MIB = 1_048_576
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox({ origin, credentials: testCredentials })
})

afterEach(() => sandbox.clearFaults())

const ENDPOINTS: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/v1/api/oauth/request_token'],
  ['POST', '/v1/api/oauth/access_token'],
  ['POST', '/v1/api/oauth/live_session_token'],
  ['POST', '/tradingapi/v1/oauth/request_token'],
  ['POST', '/tradingapi/v1/oauth/live_session_token'],
  ['GET', '/tradingapi/v1/accounts'],
  ['POST', '/v1/api/iserver/auth/ssodh/init'],
  ['POST', '/v1/api/tickle'],
  ['POST', '/oauth2/api/v1/token'],
  ['GET', '/gw/api/v1/echo/https'],
  ['POST', '/gw/api/v1/echo/signed-jwt'],
  ['POST', '/gw/api/v1/sso-sessions'],
  ['POST', '/gw/api/v1/sso-browser-sessions'],
  ['GET', '/sso/resolver'],
  ['POST', '/portal'],
  ['POST', '/authorize'],
  ['PUT', '/rest/v2/sso/authorize'],
  ['PUT', '/rest/v2/sso/token'],
  ['GET', '/rest/v2/sso/session/user'],
  ['POST', '/ultracart/login'],
  ['POST', '/__sandbox/faults'],
]

const levels = (count: number) => `${'['.repeat(count)}${']'.repeat(count)}`
const BODIES: readonly (readonly [what: string, body: string])[] = [
  ['arrays in arrays', levels(200_000)],
  ['objects in objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['a name with deep arrays', `{"credential":${levels(100_000)}}`],
  ['more than a mebibyte', 'x'.repeat(MIB + 1)],
  ['half a million pairs', 'a&'.repeat(MIB / 2)],
  ['PEM blocks that do not end', '-----BEGIN A-----'.repeat(60_000)],
  [
    'many names',
    `{${Array.from({ length: 20_000 }, (_, n) => `"oauth_${'a'.repeat(n % 30)}${n}":"1"`).join()}}`,
  ],
]

describe('hostile requests', () => {
  for (const [method, path] of ENDPOINTS) {
    it(`${method} ${path} answers them with 4xx`, async () => {
      const { simpleKey } = sandbox.credentials.ultracart
      for (const [what, body] of method === 'GET' ? [['none', undefined] as const] : BODIES) {
        for (const type of [
          'application/json',
          'application/x-www-form-urlencoded',
          'application/jwt',
        ]) {
          const { status } = await sandbox.fetch(origin + path, {
            method,
            headers: {
              'content-type': type,
              'x-ultracart-simple-key': simpleKey,
              'x-ultracart-api-version': '2017-03-01',
            },
            ...(body !== undefined && { body }),
          })
          expect([what, type, status >= 400 && status < 500]).toEqual([what, type, true])
        }
      }
    })
  }

  it('bounds the head before anything reads it', async () => {
    const tickle = `${origin}/v1/api/tickle`
    const status = async (url: string, headers = {}) =>
      (await sandbox.fetch(url, { headers })).status
    expect(await status(`${tickle}?${'a'.repeat(8178)}`)).toBe(401)
    expect(await status(`${tickle}?${'a'.repeat(8179)}`)).toBe(414)
    expect(await status(tickle, { 'x-long': 'a'.repeat(16_378) })).toBe(401)
    expect(await status(tickle, { 'x-long': 'a'.repeat(16_379) })).toBe(431)
  })

  it('splits a form of up to a thousand fields', async () => {
    for (const path of ['/oauth2/api/v1/token', '/portal', '/authorize', '/ultracart/login']) {
      const status = async (fields: number) => {
        const body = Array.from({ length: fields }, (_, n) => `f${n}=1`).join('&')
        const headers = { 'content-type': 'application/x-www-form-urlencoded' }
        return (await sandbox.fetch(origin + path, { method: 'POST', headers, body })).status
      }
      expect([path, [400, 403].includes(await status(1000))]).toEqual([path, true])
      expect([path, await status(1001)]).toEqual([path, 413])
    }
  })

  it('reads a body without a length up to the limit, and cancels the rest', async () => {
    let pulled = 0
    let cancelled = false
    const send = (limit: number) =>
      sandbox.fetch(`${origin}/__sandbox/faults`, {
        method: 'POST',
        body: new ReadableStream<Uint8Array>({
          pull(controller) {
            pulled += 65_536
            controller.enqueue(new Uint8Array(65_536).fill(32))
            if (pulled >= limit) controller.close()
          },
          cancel() {
            cancelled = true
          },
        }),
        duplex: 'half',
      } as RequestInit)
    const { headers } = new Request(origin, {
      method: 'POST',
      body: new ReadableStream(),
      duplex: 'half',
    } as RequestInit)
    // A browser without streams in requests (Firefox) makes text of one, of 23 characters and with a type.
    if (headers.has('content-type')) return expect((await send(200 * MIB)).status).toBe(400)
    expect((await send(200 * MIB)).status).toBe(413)
    expect(pulled).toBeLessThan(4 * MIB)
    expect(cancelled).toBe(true)
    pulled = 0
    // Blanks are no JSON, but a mebibyte of them is read.
    expect((await send(MIB)).status).toBe(400)
  })

  it('keeps records small whatever was sent', async () => {
    await sandbox.fetch(`${origin}/v1/api/tickle?${'a'.repeat(8000)}`)
    await sandbox.fetch(`${origin}/tradingapi/v1/oauth/request_token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: BODIES.at(-1)?.[1] ?? '',
    })
    await sandbox.fetch(`${origin}/rest/v2/sso/token`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        'x-ultracart-simple-key': sandbox.credentials.ultracart.simpleKey,
        'x-ultracart-api-version': '2017-03-01',
      },
      body: JSON.stringify({
        ['n'.repeat(100_000)]: 1,
        ...Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}`, 'x'])),
      }),
    })
    for (const record of sandbox.requests.slice(-3)) {
      expect(JSON.stringify(record).length).toBeLessThan(16_384)
    }
  })

  it('refuses a redirect URI that no header can carry', async () => {
    for (const redirect of [
      'http://127.0.0.1/\u2603',
      'http://127.0.0.1/\n',
      'http://127.0.0.1/ a',
      'http://127.0.0.1/\u00e9',
    ]) {
      const response = await sandbox.fetch(`${origin}/rest/v2/sso/authorize`, {
        method: 'PUT',
        headers: {
          'content-type': 'application/json',
          'x-ultracart-simple-key': sandbox.credentials.ultracart.simpleKey,
          'x-ultracart-api-version': '2017-03-01',
        },
        body: JSON.stringify({ redirect_uri: redirect }),
      })
      expect([redirect, response.status]).toEqual([redirect, 400])
    }
  })
})

describe('pages', () => {
  for (const path of PAGE_PATHS) {
    it(`${path} is shown under its own name only`, async () => {
      // In process `Host` is a header like any other, which browsers alone forbid.
      const request = new Request(origin + path)
      const probe = new Request(origin, { headers: { host: 'evil.example' } })
      if (!probe.headers.has('host'))
        return expect((await sandbox.fetch(request)).status).not.toBe(403)
      const foreign = await sandbox.fetch(origin + path, { headers: { host: 'evil.example:8787' } })
      expect(foreign.status).toBe(403)
      const own = await sandbox.fetch(origin + path, { headers: { host: '127.0.0.1:8787' } })
      expect(own.status).not.toBe(403)
    })
  }
})

describe('answers with tokens', () => {
  it('are neither stored nor sniffed', async () => {
    const expectClosed = (response: Response) =>
      expect([
        response.headers.get('cache-control'),
        response.headers.get('x-content-type-options'),
      ]).toEqual(['no-store', 'nosniff'])
    for (const path of [
      '/__sandbox/requests',
      '/__sandbox/counts',
      '/__sandbox/faults',
      '/v1/api/tickle',
      '/rest/v2/sso/token',
      '/oauth2/api/v1/token',
      '/gw/api/v1/sso-sessions',
      '/',
    ]) {
      expectClosed(await sandbox.fetch(origin + path))
    }
    const login = await sandbox.fetch(`${origin}/rest/v2/sso/authorize`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        'x-ultracart-simple-key': sandbox.credentials.ultracart.simpleKey,
        'x-ultracart-api-version': '2017-03-01',
      },
      body: JSON.stringify({ redirect_uri: sandbox.credentials.ultracart.redirectUri }),
    })
    expect(login.status).toBe(200)
    expectClosed(login)
  })
})

describe('fault rules', () => {
  const path = '/portal'
  const deep = JSON.parse(levels(101))
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  const REFUSED: readonly (readonly [what: string, rule: object, option: string])[] = [
    [
      'a header name with a blank',
      { kind: 'respond', value: { headers: { 'a b': 'x' } } },
      'value',
    ],
    ['a header with a line break', { kind: 'respond', value: { headers: { a: 'x\ny' } } }, 'value'],
    ['a header beyond Latin-1', { kind: 'respond', value: { headers: { a: '\u2603' } } }, 'value'],
    ['headers as an array', { kind: 'respond', value: { headers: ['a'] } }, 'value'],
    [
      'a header that frames',
      { kind: 'respond', value: { headers: { 'Transfer-Encoding': 'x' } } },
      'value',
    ],
    [
      'a length of its own',
      { kind: 'respond', value: { headers: { 'content-length': '5' } } },
      'value',
    ],
    ['an array', { kind: 'respond', value: [] }, 'value'],
    ['Retry-After with a line break', { kind: 'retry-after', value: '1\n2' }, 'value'],
    ['Retry-After beyond Latin-1', { kind: 'retry-after', value: '\u2603' }, 'value'],
    ['Retry-After with 204', { kind: 'retry-after', status: 204 }, 'status'],
    ['a page with 204', { kind: 'html', status: 204 }, 'status'],
    ['a page with 304', { kind: 'html', status: 304 }, 'status'],
    ['a clock beyond time', { kind: 'clock-skew', value: Number.MAX_SAFE_INTEGER }, 'value'],
    ['digits that are no text', { kind: 'dh-response-one', value: 5 }, 'value'],
    ['too many levels', { kind: 'respond', value: { body: deep } }, 'value'],
    ['too many levels of a patch', { kind: 'merge-patch', value: { a: deep } }, 'value'],
    ['too long a value', { kind: 'status', status: 500, value: 'x'.repeat(MIB + 1) }, 'value'],
    ['too long a path', { path: `/${'x'.repeat(2048)}`, kind: 'reset' }, 'path'],
  ]
  for (const [what, rule, option] of REFUSED) {
    it(`refuse ${what} at once, with a code`, () => {
      let error: unknown
      try {
        sandbox.fault({ path, ...rule } as Parameters<Sandbox['fault']>[0])
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(SandboxError)
      expect(error).toMatchObject({ code: 'SANDBOX_OPTION_INVALID', option })
    })
  }

  it('refuse what holds itself', () => {
    expect(() => sandbox.fault({ path, kind: 'merge-patch', value: cyclic })).toThrow(/levels/)
  })

  it('are taken all or not at all, and a thousand at a time', async () => {
    const post = (rules: unknown) =>
      sandbox.fetch(`${origin}/__sandbox/faults`, { method: 'POST', body: JSON.stringify(rules) })
    const waiting = async () =>
      ((await (await sandbox.fetch(`${origin}/__sandbox/faults`)).json()) as unknown[]).length
    expect(
      (
        await post([
          { path, kind: 'reset' },
          { path, kind: 'nonsense' },
        ])
      ).status,
    ).toBe(400)
    expect(await waiting()).toBe(0)
    const many = Array.from({ length: 1000 }, () => ({ path, kind: 'reset' }))
    expect((await post(many)).status).toBe(201)
    expect((await post({ path, kind: 'reset' })).status).toBe(400)
    expect(await waiting()).toBe(1000)
  })

  it('that change a page or an answer without a body leave it as it is', async () => {
    sandbox.fault({ path: '/portal', kind: 'merge-patch', value: { a: 1 } })
    const page = await sandbox.fetch(`${origin}/portal`)
    expect([page.status, (await page.text()).includes('Register a consumer')]).toEqual([200, true])
    sandbox.fault({ path: '/portal', kind: 'truncated' })
    expect((await sandbox.fetch(`${origin}/portal`, { method: 'HEAD' })).status).toBe(200)
    sandbox.fault({ path: '/v1/api/tickle', kind: 'status', status: 204, value: { a: 1 } })
    expect((await sandbox.fetch(`${origin}/v1/api/tickle`)).status).toBe(204)
  })
})
