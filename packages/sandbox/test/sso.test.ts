import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { type Members, OAuth2Client } from './oauth2-client.ts'
import { TestClient } from './signer.ts'

const START = 1_800_000_000_000
let now = START
let sandbox: Sandbox
let client: OAuth2Client
let token: string

beforeAll(async () => {
  const users = [{ username: 'sandboxuser2', accountId: 'DU7654321' }]
  sandbox = await createSandbox({ now: () => now, users, credentials: testCredentials })
  client = new OAuth2Client(sandbox.credentials.ibkr.oauth2, sandbox.fetch)
})

beforeEach(async () => {
  now += 1_000_000
  token = await client.token(now)
})

const reason = () => sandbox.requests.at(-1)?.refused
const asUser: Members = { credential: 'sandboxuser', ip: '127.0.0.1' }
const ask = async (members: Members = asUser) =>
  client.signed('/sso-sessions', token, await client.body(now, members))
const askLink = async (members: Members = asUser) =>
  client.signed('/sso-browser-sessions', token, await client.body(now, members))
const open = async (members: Members = asUser) =>
  ((await (await ask(members)).json()) as { access_token: string }).access_token
const link = async (members: Members = asUser) =>
  ((await (await askLink(members)).json()) as { url: string }).url
const post = (path: string, bearer: string, body?: unknown) =>
  client.post(`/v1/api${path}`, body === undefined ? '' : JSON.stringify(body), {
    authorization: `Bearer ${bearer}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  })
const get = (path: string, bearer: string) => client.get(`/v1/api${path}`, bearer)

describe('sso-sessions', () => {
  it('gives the bearer of the trading API', async () => {
    const { ssoSessionCalls, ssoSessions } = sandbox.counts
    const response = await ask()
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/json',
    ])
    const answer = await response.json()
    expect(answer).toEqual({
      active: true,
      access_token: expect.stringMatching(/^SANDBOX-SSO-[0-9a-f]{48}$/),
      token_type: 'Bearer',
    })
    const accounts = await get('/portfolio/accounts', answer.access_token)
    expect([accounts.status, await accounts.json()]).toMatchObject([
      200,
      [{ accountId: 'DU1234567' }],
    ])
    expect(sandbox.requests.at(-1)).toMatchObject({ service: 'ibkr-sso', refused: null })
    expect(sandbox.counts).toMatchObject({
      ssoSessionCalls: ssoSessionCalls + 1,
      ssoSessions: ssoSessions + 1,
    })
    // And of nothing else.
    expect((await client.get('/gw/api/v1/echo/https', answer.access_token)).status).toBe(401)
  })

  it('serves several users', async () => {
    const bearer = await open({ credential: 'sandboxuser2', ip: '127.0.0.1' })
    const accounts = await (await get('/portfolio/accounts', bearer)).json()
    expect(accounts).toMatchObject([{ accountId: 'DU7654321' }])
    const { USER_NAME } = await (await get('/sso/validate', bearer)).json()
    expect(USER_NAME).toBe('sandboxuser2')
  })

  it.each<[string, Members]>([
    ['a service', { service: 'AM.LOGIN' }],
    ['no alternatives', { alternativeIps: [] }],
    ['an alternative that fits', { ip: '203.0.113.10', alternativeIps: ['127.0.0.1'] }],
    ['the address as IPv6', { ip: '::ffff:127.0.0.1' }],
    ['a day', { exp: 1_900_086_400, iat: 1_900_000_000 }],
    ['members it does not know', { locale: 'en' }],
  ])('takes %s', async (_title, members) => {
    if (members['exp'] !== undefined) now = 1_900_000_000_000
    if (members['exp'] !== undefined) token = await client.token(now)
    expect([(await ask({ ...asUser, ...members })).status, reason()]).toEqual([200, null])
  })

  const missing = (field: string) => ({ field, description: 'Missing required parameter' })
  const invalid = (field: string) => ({ field, description: 'Invalid value' })

  it.each<[string, Members, unknown[]]>([
    ['nothing', {}, [missing('credential'), missing('ip')]],
    ['no ip', { credential: 'sandboxuser' }, [missing('ip')]],
    ['userIp', { credential: 'sandboxuser', userIp: '127.0.0.1' }, [missing('ip')]],
    ['an empty credential', { ...asUser, credential: '' }, [missing('credential')]],
    ['a credential that is no text', { ...asUser, credential: 5 }, [invalid('credential')]],
    ['a port', { ...asUser, ip: '127.0.0.1:80' }, [invalid('ip')]],
    ['a range', { ...asUser, ip: '127.0.0.0/8' }, [invalid('ip')]],
    ['a name', { ...asUser, ip: 'localhost' }, [invalid('ip')]],
    ['leading zeros', { ...asUser, ip: '127.0.0.01' }, [invalid('ip')]],
    ['two addresses', { ...asUser, ip: '127.0.0.1,::1' }, [invalid('ip')]],
    ['brackets', { ...asUser, ip: '[::1]' }, [invalid('ip')]],
    ['a zone', { ...asUser, ip: 'fe80::1%eth0' }, [invalid('ip')]],
    ['bare alternatives', { ...asUser, alternativeIps: '::1' }, [invalid('alternativeIps')]],
    ['a bad alternative', { ...asUser, alternativeIps: ['x'] }, [invalid('alternativeIps')]],
    ['an empty service', { ...asUser, service: '' }, [invalid('service')]],
  ])('refuses %s by field', async (_title, members, fields) => {
    const response = await ask(members)
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json',
    ])
    expect(await response.json()).toEqual({
      type: '/invalid-argument',
      title: 'Bad Request',
      status: 400,
      invalidArguments: fields,
    })
    expect(reason()).toMatch(/^members: /)
  })

  it.each<[string, Members, RegExp]>([
    ['an unknown user', { ...asUser, credential: 'somebody' }, /^credential: /],
    ['a foreign address', { ...asUser, ip: '203.0.113.10' }, /^address: .*127\.0\.0\.1/],
  ])('answers 401 for %s', async (_title, members, why) => {
    const response = await ask(members)
    expect([response.status, reason()]).toEqual([401, expect.stringMatching(why)])
    expect(await response.json()).toMatchObject({ type: '/simple', title: 'Unauthorized' })
  })

  it('wants its scope, a signed body, and POST', async () => {
    const narrow = await client.token(now, 'echo.read')
    const body = await client.body(now, asUser)
    expect((await client.signed('/sso-sessions', narrow, body)).status).toBe(403)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const json = await client.post('/gw/api/v1/sso-sessions', JSON.stringify(asUser), headers)
    expect([json.status, await json.json()]).toMatchObject([
      400,
      { detail: 'Invalid payload for security policy: SIGNED_JWT' },
    ])
    expect((await client.get('/gw/api/v1/sso-sessions', token)).status).toBe(405)
  })

  it('plays faults, and counts what was asked', async () => {
    const { ssoSessionCalls } = sandbox.counts
    sandbox.fault({ path: '/sso-sessions', kind: 'html', status: 503 })
    expect((await ask()).headers.get('content-type')).toBe('text/html')
    expect(sandbox.counts.ssoSessionCalls).toBe(ssoSessionCalls + 1)
  })
})

describe('an SSO bearer', () => {
  it('opens the way to a brokerage session, and ends with logout', async () => {
    const bearer = await open()
    expect((await get('/iserver/accounts', bearer)).status).toBe(400)
    const opened = await post('/iserver/auth/ssodh/init', bearer, { publish: true, compete: true })
    expect(await opened.json()).toMatchObject({ authenticated: true, established: true })
    expect(await (await get('/iserver/accounts', bearer)).json()).toMatchObject({
      accounts: ['DU1234567'],
    })
    expect(await (await post('/tickle', bearer)).json()).toMatchObject({
      ssoExpires: 420_000,
      iserver: { authStatus: { authenticated: true } },
    })
    expect(await (await post('/logout', bearer)).json()).toEqual({ status: true })
    const after = await post('/tickle', bearer)
    expect([after.status, reason()]).toEqual([401, expect.stringMatching(/^sso-bearer: one that/)])
  })

  it('lasts while it is used, seven minutes at a time', async () => {
    const openedAt = now
    const bearer = await open()
    now += 419_000
    expect(await (await get('/sso/validate', bearer)).json()).toMatchObject({
      EXPIRES: 420_000,
      AUTH_TIME: openedAt,
      lastAccessed: now,
      CREDENTIAL: 'sandboxuser',
    })
    now += 419_999
    expect((await get('/portfolio/accounts', bearer)).status).toBe(200)
    now += 420_000
    expect((await get('/portfolio/accounts', bearer)).status).toBe(401)
    expect(reason()).toBe('sso-bearer: it must not have run out')
  })

  it('ends after a day, however busy', async () => {
    const bearer = await open()
    const end = now + 86_400_000
    for (; now + 400_000 < end; now += 400_000) {
      expect((await get('/portfolio/accounts', bearer)).status).toBe(200)
    }
    const { EXPIRES } = await (await get('/sso/validate', bearer)).json()
    expect(EXPIRES).toBe(end - now)
    now = end
    expect((await get('/portfolio/accounts', bearer)).status).toBe(401)
  })

  it.each(['Bearer', 'Bearer x', 'Bearer SANDBOX-SSO-00'])('is not "%s"', async (authorization) => {
    const headers = { authorization }
    const response = await sandbox.fetch(`${sandbox.origin}/v1/api/tickle`, { headers })
    expect(response.status).toBe(401)
    expect(reason()).toMatch(/^(?:sso-)?bearer: /)
  })

  it('shares the one brokerage session of its user with OAuth 1.0a', async () => {
    const bearer = await open()
    await post('/iserver/auth/ssodh/init', bearer, { publish: true, compete: true })
    const other = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
    await other.handshake({ now })
    const status = await other.call('/iserver/auth/status', { method: 'POST' }, { now })
    expect(await status.json()).toMatchObject({ authenticated: false, competing: true })
  })
})

describe('a browser link', () => {
  const visit = async (url: string, init?: RequestInit) => {
    const response = await sandbox.fetch(url, init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  it('signs the browser in', async () => {
    const { ssoBrowserSessions, ssoBrowserSignIns } = sandbox.counts
    const response = await askLink()
    const answer = await response.json()
    expect([response.status, answer]).toEqual([
      200,
      { active: true, url: expect.stringMatching(/^http:.*\/sso\/resolver\?RL=1&SID=SANDBOX\w+$/) },
    ])
    const { status, headers, text } = await visit(answer.url)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(text).toContain('<strong id="user">sandboxuser</strong>')
    expect(text).toContain('<output id="action">home</output>')
    expect(text).toContain('This is not Interactive Brokers')
    expect(sandbox.requests.at(-1)).toMatchObject({ service: 'ibkr-sso', refused: null })
    expect(sandbox.counts).toMatchObject({
      ssoBrowserSessions: ssoBrowserSessions + 1,
      ssoBrowserSignIns: ssoBrowserSignIns + 1,
    })
  })

  it('lands on the page that ACTION names, escaped', async () => {
    const url = new URL(await link())
    url.searchParams.set('ACTION', 'TransferFunds')
    url.searchParams.set('type', '<b>DEPOSIT</b>')
    const { text } = await visit(url.href)
    expect(text).toContain('<output id="action">TransferFunds</output>')
    expect(text).toContain('<dt>type</dt><dd>&lt;b&gt;DEPOSIT&lt;/b&gt;</dd>')
    expect(text).not.toContain(url.searchParams.get('SID'))
  })

  it('is good once', async () => {
    const url = await link()
    expect((await visit(url, { method: 'HEAD' })).status).toBe(200)
    expect((await visit(url)).status).toBe(200)
    const { status, text } = await visit(url)
    expect([status, text]).toEqual([410, expect.stringContaining('this link was used before')])
    expect(reason()).toMatch(/^browser-link: this link was used/)
  })

  it('is good for 60 seconds', async () => {
    const url = await link()
    const late = await link()
    now += 59_999
    expect((await visit(url)).status).toBe(200)
    now += 1
    const { status, text } = await visit(late)
    expect([status, text]).toEqual([410, expect.stringContaining('this link has expired')])
  })

  it('is good from its address', async () => {
    const { status, text } = await visit(await link({ ...asUser, ip: '203.0.113.10' }))
    expect([status, text]).toEqual([403, expect.stringContaining('for another address than yours')])
  })

  it.each([
    ['no SID', '', 400],
    ['two', '?SID=a&SID=b', 400],
    ['one that nobody issued', '?SID=a', 404],
  ])('with %s is no link', async (_title, query, expected) => {
    const { status, text } = await visit(`${sandbox.origin}/sso/resolver${query}`)
    expect([status, text]).toEqual([expected, expect.stringContaining('role="alert"')])
  })

  it('is opened by GET, under the right host', async () => {
    expect((await visit(await link(), { method: 'POST' })).status).toBe(405)
  })

  it.each<[string, Members, unknown]>([
    ['no ip', { credential: 'sandboxuser' }, 'Missing required parameter'],
    ['alternatives', { ...asUser, alternativeIps: ['127.0.0.1'] }, 'Unknown parameter'],
    ['a service', { ...asUser, service: 'AM.LOGIN' }, 'Unknown parameter'],
  ])('is not made with %s', async (_title, members, description) => {
    const response = await askLink(members)
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { type: '/invalid-argument', invalidArguments: [{ description }] },
    ])
  })

  it('is not made for an unknown user, nor without its scope', async () => {
    expect((await askLink({ ...asUser, credential: 'somebody' })).status).toBe(401)
    const narrow = await client.token(now, 'sso-sessions.write')
    const body = await client.body(now, asUser)
    expect((await client.signed('/sso-browser-sessions', narrow, body)).status).toBe(403)
    expect(reason()).toBe('scope: sso-browser-sessions.write is needed')
  })
})
