import { createSandbox, type FaultRule, type Sandbox, SandboxError } from '@isoauth/sandbox'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { untilSlow } from '../../../tests/support/index.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { UltraCart } from './ultracart-client.ts'

const origin = 'http://127.0.0.1:8787'
let sandbox: Sandbox
let client: UltraCart

beforeAll(async () => {
  sandbox = await createSandbox({ origin, credentials: testCredentials })
  client = new UltraCart(sandbox)
})

beforeEach(() => sandbox.clearFaults())

describe('faults have the vendor’s form', () => {
  it.each([400, 401, 403, 410, 429, 500, 502, 503, 504])('status %d', async (status) => {
    for (const path of ['/rest/v2/sso/authorize', '/sso/authorize', '/rest/v2', '*']) {
      sandbox.fault({ path, kind: 'status', status })
      const response = await client.authorize()
      const { error, metadata } = await response.json()
      expect([response.status, metadata]).toEqual([status, {}])
      expect(response.headers.get('uc-rest-error')).toBe(error.developer_message)
      expect(response.headers.get('x-ultracart-request-id')).toMatch(/^[0-9A-F]{16}$/)
      expect(response.headers.has('retry-after')).toBe(false)
      expect(response.headers.has('uc-rest-error-merchant-id')).toBe(status === 429)
    }
  })

  it.each([30, 0, 86_400, 'Wed, 21 Oct 2065 07:28:00 GMT', '99999999999999999999', '-5', 'soon'])(
    '429 with Retry-After: %s',
    async (value) => {
      sandbox.fault({ path: '/sso/session/user', kind: 'retry-after', value })
      const response = await client.user('any')
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, String(value)])
      expect((await response.json()).error.user_message).toMatch(/^rate of .* exceeded\.$/)
    },
  )

  it.each<[title: string, body: string, type?: string]>([
    ['HTML', '<h1>Bad Gateway</h1>', 'text/html'],
    ['an error in a 200', '{"error":{"developer_message":"no"}}'],
    ['a refusal in a 200', '{"success":false}'],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
  ])('200 with %s', async (_title, body, type = 'application/json') => {
    const value = { status: 200, headers: { 'content-type': type }, body }
    sandbox.fault({ path: '/sso/token', kind: 'respond', value })
    const response = await client.token('x')
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      type,
      body,
    ])
  })

  it('redirects to another origin, which the sandbox does not follow', async () => {
    const headers = { location: 'https://evil.example/' }
    sandbox.fault({ path: '/sso/token', kind: 'respond', value: { status: 307, headers } })
    const response = await client.token('x')
    expect([response.status, response.headers.get('location')]).toEqual([307, headers.location])
  })

  it('answers otherwise after the request was processed', async () => {
    const key = await client.key()
    const value = { status: 200, body: { gone: true }, processed: true }
    sandbox.fault({ path: '/sso/session/revoke', kind: 'respond', value })
    const response = await client.revoke(key)
    expect([response.status, await response.json()]).toEqual([200, { gone: true }])
    expect((await client.user(key)).status).toBe(401)
    const living = await client.key()
    sandbox.fault({ path: '/sso/session/revoke', kind: 'respond', value: { status: 200 } })
    expect(await (await client.revoke(living)).text()).toBe('')
    expect((await client.user(living)).status).toBe(200)
  })
})

describe('merge-patch changes the right answer', () => {
  const patched = async (path: string, value: unknown, send: () => Promise<Response>) => {
    sandbox.fault({ path, kind: 'merge-patch', value })
    return (await send()).json()
  }

  it.each(['javascript:alert(1)', 'http://shop.example/', 'https://evil.example/login'])(
    'login_url: %s',
    async (login_url) => {
      const body = await patched('/sso/authorize', { login_url }, () => client.authorize())
      expect(body).toEqual({ login_url, expiration_dts: expect.any(String) })
    },
  )

  it.each(['2026-03-02T15:15:00Z', 'soon', '2001-01-01T00:00:00-05:00'])(
    'expiration_dts: %s',
    async (expiration_dts) => {
      const body = await patched('/sso/authorize', { expiration_dts }, () => client.authorize())
      expect(body).toEqual({ login_url: expect.any(String), expiration_dts })
    },
  )

  it('takes fields away, adds unknown ones, and reaches into objects', async () => {
    const code = await client.code()
    const change = { simple_key: null, expiration_dts: null, extra: { deep: [1] } }
    const body = await patched('/sso/token', change, () => client.token(code))
    expect(body).toEqual({ ip_address: '127.0.0.1', extra: { deep: [1] } })
    const key = await client.key()
    const permissions = [{ permission_name: 'View Orders', selected: true }]
    const user = await patched('/sso/session/user', { permissions }, () => client.user(key))
    expect(user.permissions).toEqual(permissions)
    expect(user.login).toBe('mara')
  })

  it('leaves refusals and empty answers as they are', async () => {
    const refusal = await patched('/sso/session/user', { login: 'x' }, () => client.user('no'))
    expect(Object.keys(refusal)).toEqual(['error', 'metadata'])
    sandbox.fault({ path: '/sso/session/revoke', kind: 'merge-patch', value: { a: 1 } })
    const revoked = await client.revoke(await client.key())
    expect([revoked.status, await revoked.text()]).toEqual([204, ''])
  })

  it.each([undefined, null, [], 'x', 7])('refuses the value %j', (value) => {
    expect(() => sandbox.fault({ path: '*', kind: 'merge-patch', value } as FaultRule)).toThrow(
      SandboxError,
    )
  })
})

describe('what breaks on the way', () => {
  it('counts token requests on arrival, whatever became of them', async () => {
    const code = await client.code()
    const before = sandbox.counts.ultracartTokenRequests
    sandbox.fault({ path: '/sso/token', kind: 'reset', value: 'before' })
    await expect(client.token(code)).rejects.toThrow(TypeError)
    expect(sandbox.counts.ultracartTokenRequests).toBe(before + 1)
    sandbox.fault({ path: '/sso/token', kind: 'reset', value: 'after' })
    await expect(client.token(code)).rejects.toThrow(TypeError)
    expect(sandbox.counts.ultracartTokenRequests).toBe(before + 2)
    const spent = await client.token(code)
    expect([spent.status, client.reason]).toEqual([400, 'code: it may be exchanged once'])
  })

  it('is late, truncated, or a page of the network edge', async () => {
    sandbox.fault({ path: '/sso/authorize', kind: 'slow', value: { headers: 40, body: 40 } })
    const start = performance.now()
    expect((await client.authorize()).status).toBe(200)
    expect(performance.now() - start).toBeGreaterThan(30)
    sandbox.fault({ path: '/sso/authorize', kind: 'truncated' })
    const text = await (await client.authorize()).text()
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    sandbox.fault({ path: '/sso/authorize', kind: 'html', status: 502 })
    const page = await client.authorize()
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html'])
  })

  it('has a clock of its own', async () => {
    const loginUrl = await client.loginUrl()
    sandbox.fault({ path: '/ultracart/login', kind: 'clock-skew', value: 3_600_000 })
    expect((await sandbox.fetch(loginUrl, { redirect: 'manual' })).status).toBe(302)
  })
})

describe('requests that overlap', () => {
  const slow = (times = 1) =>
    sandbox.fault({ path: '/sso/session/user', kind: 'slow', value: 50, times })

  it('are answered with 429, one key at a time', async () => {
    const [key, other] = [await client.key(), await client.key()]
    slow(3)
    const [first, second, third] = await Promise.all([
      client.user(key),
      client.user(key),
      client.user(other),
    ])
    expect([first.status, second.status, third.status]).toEqual([200, 429, 200])
    expect(second.headers.get('uc-rest-error')).toBe('concurrent requests are not allowed.')
    expect(second.headers.get('uc-rest-error-merchant-id')).toBe('SANDBOX')
    const reasons = sandbox.requests.slice(-3).map(({ refused }) => refused)
    expect(reasons).toEqual([null, 'overlap: another request with this key is under way', null])
    sandbox.clearFaults()
    expect((await client.user(key)).status).toBe(200)
  })

  it('do not count those that were given up or broken off', async () => {
    const key = await client.key()
    sandbox.fault({ path: '/sso/session/user', kind: 'slow', value: 60_000 })
    const controller = new AbortController()
    const given = client.user(key, { signal: controller.signal })
    given.catch(() => {})
    await untilSlow(sandbox)
    controller.abort(new Error('enough'))
    // At once, before the first one could notice.
    expect((await client.user(key)).status).toBe(200)
    await expect(given).rejects.toThrow('enough')
    sandbox.fault({ path: '/sso/session/user', kind: 'reset' })
    await expect(client.user(key)).rejects.toThrow(TypeError)
    expect((await client.user(key)).status).toBe(200)
  })

  it('are let in where that was chosen', async () => {
    const { credentials } = sandbox
    const lenient = await createSandbox({ origin, credentials, ultracart: { overlap: 'allow' } })
    const busy = new UltraCart(lenient)
    const key = await busy.key()
    lenient.fault({ path: '/sso/session/user', kind: 'slow', value: 30, times: 2 })
    const both = await Promise.all([busy.user(key), busy.user(key)])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
  })
})
