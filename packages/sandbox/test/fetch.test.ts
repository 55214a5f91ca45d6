import { createSandbox, type Sandbox, SandboxError, type SandboxOptions } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { untilSlow } from '../../../tests/support/index.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { TestClient } from './signer.ts'

const origin = 'http://127.0.0.1:8787'
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox({ origin, credentials: testCredentials })
})

describe('the fetch function', () => {
  it('is assignable to fetch, and takes strings, URLs and requests', async () => {
    const transport: typeof fetch = sandbox.fetch as typeof fetch
    for (const input of [origin, new URL(origin), new Request(origin)]) {
      const response = await transport(input)
      expect([response.status, await response.text()]).toEqual([
        200,
        expect.stringContaining('SANDBOX'),
      ])
    }
  })

  it('answers for its own origins only', async () => {
    await expect(sandbox.fetch('http://127.0.0.1:9999/')).rejects.toThrow(TypeError)
    await expect(sandbox.fetch('https://api.ibkr.com/v1/api/tickle')).rejects.toThrow(TypeError)
  })

  it('rejects with the reason of an abort, before and while', async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(sandbox.fetch(origin, { signal })).rejects.toBe(reason)
    sandbox.fault({ path: '/', kind: 'slow', value: 60_000 })
    const controller = new AbortController()
    const slow = sandbox.fetch(origin, { signal: controller.signal })
    await untilSlow(sandbox)
    controller.abort(reason)
    await expect(slow).rejects.toBe(reason)
    expect((await sandbox.fetch(origin)).status).toBe(200)
  })

  it('follows redirects within itself unless told not to', async () => {
    const value = { status: 302, headers: { location: '/portal' } }
    sandbox.fault({ path: '/x', kind: 'respond', value, times: 2 })
    const manual = await sandbox.fetch(`${origin}/x`, { redirect: 'manual' })
    expect([manual.status, manual.headers.get('location')]).toEqual([302, '/portal'])
    const followed = await sandbox.fetch(`${origin}/x`)
    expect(await followed.text()).toContain('Register a consumer')
    const away = { status: 302, headers: { location: 'https://example.com/' } }
    sandbox.fault({ path: '/x', kind: 'respond', value: away })
    expect((await sandbox.fetch(`${origin}/x`)).status).toBe(302)
  })

  it('marks each answer, and answers 404 for what it does not know', async () => {
    const response = await sandbox.fetch(`${origin}/nowhere`)
    expect([response.status, response.headers.get('x-isoauth-sandbox')]).toEqual([404, 'SANDBOX'])
  })

  it('refuses bodies beyond a mebibyte', async () => {
    const client = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
    await client.handshake()
    const post = (length: number) =>
      client.call('/sandbox/echo', { method: 'POST', body: 'a'.repeat(length) })
    expect((await post(1_048_576)).status).toBe(200)
    expect((await post(1_048_577)).status).toBe(413)
  })
})

describe('the control endpoints', () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    sandbox.fetch(`${origin}/__sandbox${path}`, { headers })

  it('list requests and counts, and do not count themselves', async () => {
    const before = sandbox.counts.requests
    const records = await (await get('/requests')).json()
    expect(records).toHaveLength(before)
    expect(records[0]).toMatchObject({ id: 1, method: 'GET', path: '/', status: 200 })
    expect(await (await get('/counts')).json()).toEqual(sandbox.counts)
    expect(sandbox.counts.requests).toBe(before)
    expect((await get('/other')).status).toBe(404)
  })

  it('keep a bounded number of records', async () => {
    const small = await createSandbox({ origin, maxRecords: 3, credentials: sandbox.credentials })
    for (let index = 0; index < 5; index++) await small.fetch(origin)
    expect(small.requests.map(({ id }) => id)).toEqual([3, 4, 5])
  })
})

describe('CORS', () => {
  const preflight = (from: Sandbox, path: string) =>
    from.fetch(origin + path, {
      method: 'OPTIONS',
      headers: { 'x-other': '1', authorization: 'OAuth x' },
    })

  it('is off', async () => {
    const response = await preflight(sandbox, '/v1/api/tickle')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('permits and exposes Date when on, but never the pages', async () => {
    const open = await createSandbox({ origin, cors: true, credentials: sandbox.credentials })
    const permitted = await preflight(open, '/v1/api/tickle')
    expect(permitted.status).toBe(204)
    expect(permitted.headers.get('access-control-allow-headers')).toContain('Authorization')
    const answer = await open.fetch(`${origin}/v1/api/tickle`)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-expose-headers')).toContain('Date')
    for (const path of ['/portal', '/authorize?oauth_token=x', '/__sandbox/requests']) {
      const page = await open.fetch(origin + path)
      expect([path, page.headers.get('access-control-allow-origin')]).toEqual([path, null])
    }
  })
})

describe('options', () => {
  const create = (options: unknown) => createSandbox(options as SandboxOptions)

  it.each<[string, unknown]>([
    ['origin', { origin: '' }],
    ['credentials', { credentials: 'stale' }],
    ['credentials', { credentials: {} }],
    ['origin', { origin: 'nonsense' }],
    ['origin', { origin: `${origin}/path` }],
    ['origin', { origin: 'ftp://127.0.0.1' }],
    ['signedOrigins', { origin, signedOrigins: ['x'] }],
    ['now', { origin, now: 5 }],
    ['cors', { origin, cors: 'yes' }],
    ['callback', { origin, callback: 'cb' }],
    ['dhParameters', { origin, dhParameters: 'none' }],
    ['nextServerExponents', { origin, nextServerExponents: [1] }],
    ['liveSessionTokenLifetimeMs', { origin, liveSessionTokenLifetimeMs: -1 }],
    ['establishedAfterMs', { origin, establishedAfterMs: 0.5 }],
    ...[
      ...['keepReplacedTokens', 'refuseRepeatedAssertions', 'stickyCookie', 'requireUserAgent'],
      'requireContentLength',
    ].map((flag): [string, unknown] => [flag, { origin, [flag]: 'yes' }]),
    ...['accessTokenLifetimeSeconds', 'ssoSessionIdleMs', 'maxRecords'].map(
      (duration): [string, unknown] => [duration, { origin, [duration]: -1 }],
    ),
    ['orderQuestions', { origin, orderQuestions: [''] }],
    ['options', null],
    ...[
      ...['origin', 'signedOrigins', 'now', 'callback', 'dhParameters', 'nextServerExponents'],
      ...['liveSessionTokenLifetimeMs', 'maxRecords', 'oauth2PublicKeys', 'allowPublic', 'pacing'],
      ...['users', 'scopes', 'orderQuestions', 'brokerEvents', 'ultracart', 'credentials'],
    ].map((name): [string, unknown] => [name, { [name]: null }]),
    ['allowPublic', { allowPublic: 'false' }],
    ['signedOrigins', { signedOrigins: 'https://api.ibkr.com' }],
    ['oauth2PublicKeys', { oauth2PublicKeys: {} }],
    ['oauth2PublicKeys', { oauth2PublicKeys: [null] }],
    ['nextServerExponents', { nextServerExponents: 5n }],
    ['callback', { callback: Symbol('x') }],
    ['callback', { callback: new URL('http://127.0.0.1:3000/') }],
    ['now', { now: () => Number.NaN }],
    ['now', { now: () => new Date() }],
    ['ultracart', { ultracart: [] }],
    ['ultracart.loginLifetimeMs', { ultracart: { loginLifetimeMs: null } }],
    ['untilMs', { brokerEvents: [{ kind: 'state', state: 'gone', untilMs: 5000 }] }],
    ['username', { brokerEvents: [{ kind: 'take-over', username: 'nobody' }] }],
    ...[Number.MAX_SAFE_INTEGER, 3_155_760_000_001].flatMap((long): [string, unknown][] => [
      ['liveSessionTokenLifetimeMs', { liveSessionTokenLifetimeMs: long }],
      ['ultracart.loginLifetimeMs', { ultracart: { loginLifetimeMs: long } }],
      ['ultracart.sessionLifetimeMs', { ultracart: { sessionLifetimeMs: long } }],
    ]),
    ['credentials.ibkr.oauth1', { credentials: { ibkr: {} } }],
    ['credentials.ibkr.oauth1', { credentials: { ibkr: { oauth1: null } } }],
    ['credentials.ibkr.oauth2', { credentials: { ibkr: { oauth1: {}, oauth2: '' } } }],
    ['credentials.ultracart', { credentials: { ibkr: { oauth1: {} }, ultracart: null } }],
    // Misspelt.
    ['credentials.ultraCart', { credentials: { ibkr: { oauth1: {} }, ultraCart: {} } }],
    ['credentials.ibkr.oAuth2', { credentials: { ibkr: { oauth1: {}, oAuth2: {} } } }],
    ['orgin', { orgin: origin }],
    ['port', { port: 0 }],
    ['ultracart.redirectUrl', { ultracart: { redirectUrl: origin } }],
    ['pacing.perSecond', { pacing: { requestsPerSecond: 1, perSecond: 2 } }],
    ['users.name', { users: [{ username: 'a', accountId: 'b', name: 'c' }] }],
    ['oauth2PublicKeys.key', { oauth2PublicKeys: [{ keyId: 'a', publicKey: 'b', key: 'c' }] }],
    ['untilMS', { brokerEvents: [{ kind: 'state', state: 'gone', untilMS: 5000 }] }],
  ])('a bad %s is named', async (option, options) => {
    const error = await create(options).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SandboxError)
    expect(error).toMatchObject({ code: 'SANDBOX_OPTION_INVALID', option })
  })

  it.each(['realm', 'accessToken', 'signatureKey', 'encryptionKey', 'accessTokenSecret'])(
    'a bad credential %s is named',
    async (field) => {
      const { ibkr } = sandbox.credentials
      const marked = { ...ibkr.oauth1, [field]: field === 'realm' ? '' : 'MARKED-SECRET' }
      if (field === 'accessToken') marked.accessToken = ''
      const error = await create({
        origin,
        credentials: { ibkr: { ...ibkr, oauth1: marked } },
      }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ option: `credentials.ibkr.oauth1.${field}` })
      expect(`${error}${JSON.stringify(error)}`).not.toContain('MARKED-SECRET')
    },
  )

  it('keeps to loopback', async () => {
    const error = await create({ origin: 'https://sandbox.example.com' }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'SANDBOX_ORIGIN_PUBLIC', option: 'origin' })
    const { credentials } = sandbox
    for (const local of ['http://localhost:1', 'http://[::1]:1', 'http://127.8.9.10']) {
      expect((await create({ origin: local, credentials })).origin).toBe(local)
    }
    for (const near of [
      'http://127.0.0.1.example.com',
      'http://128.0.0.1',
      'http://localhost.com',
    ]) {
      await expect(create({ origin: near, credentials })).rejects.toThrow(SandboxError)
    }
    const open = { origin: 'https://sandbox.example.com', allowPublic: true, credentials }
    expect((await create(open)).origin).toBe('https://sandbox.example.com')
  })
})
