import { createSandbox, type Sandbox, SandboxError, type SandboxOptions } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { callback, STATE, UltraCart } from './ultracart-client.ts'

const origin = 'http://127.0.0.1:8787'
const WINTER = Date.UTC(2026, 2, 2, 15, 5, 0)
let now = WINTER
let sandbox: Sandbox
let client: UltraCart

beforeAll(async () => {
  sandbox = await createSandbox({ origin, now: () => now, credentials: testCredentials })
  client = new UltraCart(sandbox)
})

describe('single sign-on', () => {
  it('goes from authorize over the login page to a user, and ends with revoke', async () => {
    const before = { ...sandbox.counts }
    const authorized = await client.authorize()
    expect(authorized.status).toBe(200)
    expect(authorized.headers.get('content-type')).toBe('application/json; charset=UTF-8')
    expect(authorized.headers.get('x-ultracart-request-id')).toMatch(/^[0-9A-F]{16}$/)
    const { login_url, ...rest } = await authorized.json()
    expect(login_url).toMatch(/^http:\/\/127\.0\.0\.1:8787\/ultracart\/login\?id=SANDBOX[0-9a-f]+$/)
    expect(rest).toEqual({ expiration_dts: '2026-03-02T10:15:00-05:00' })

    const approved = await client.press(await client.form(login_url), 'approve')
    expect(approved.status).toBe(302)
    expect(approved.headers.get('cache-control')).toBe('no-store')
    const { searchParams } = callback(approved)
    expect(callback(approved).href).toMatch(`${sandbox.credentials.ultracart.redirectUri}?`)
    expect([...searchParams.keys()]).toEqual(['code', 'state'])
    expect(searchParams.get('state')).toBe(STATE)

    const exchanged = await client.token(searchParams.get('code'))
    expect(exchanged.status).toBe(200)
    const { simple_key, ...more } = await exchanged.json()
    expect(simple_key).toMatch(/^SANDBOX/)
    expect(more).toEqual({ expiration_dts: '2026-03-02T22:05:00-05:00', ip_address: '127.0.0.1' })

    const user = await client.user(simple_key)
    expect(user.status).toBe(200)
    expect(await user.json()).toMatchObject({ user_id: 1201, login: 'mara' })
    const revoked = await client.revoke(simple_key)
    expect([revoked.status, await revoked.text()]).toEqual([204, ''])
    expect(revoked.headers.get('x-ultracart-request-id')).toMatch(/^[0-9A-F]{16}$/)
    expect((await client.user(simple_key)).status).toBe(401)
    expect(sandbox.counts).toMatchObject({
      ultracartLogins: before.ultracartLogins + 1,
      ultracartTokenRequests: before.ultracartTokenRequests + 1,
      ultracartSessions: before.ultracartSessions + 1,
      ultracartRevocations: before.ultracartRevocations + 1,
    })
  })

  it('gives each user the vendor’s fourteen fields but the two that are write-only', async () => {
    const user = await (await client.user(await client.key('theo'))).json()
    expect(Object.keys(user).sort()).toEqual([
      'api_ip_address_masks',
      'email',
      'full_name',
      'groups',
      'linked_accounts',
      'login',
      'login_histories',
      'notifications',
      'otp_serial_number',
      'permissions',
      'phone',
      'user_id',
    ])
    expect(user.groups).toContainEqual({ group_oid: 8, name: 'Owners', member: true })
    const mara = await (await client.user(await client.key('mara'))).json()
    expect(mara.groups).toContainEqual({ group_oid: 8, name: 'Owners', member: false })
    expect(mara.permissions).toContainEqual({
      permission_group: 'Configuration',
      permission_Name: 'Edit Users',
      selected: false,
    })
    expect(mara.login_histories[0].login_dts).toBe('2026-03-02T10:05:00-05:00')
  })

  it('writes summer time too', async () => {
    now = Date.UTC(2026, 6, 4, 3, 59, 59)
    const { expiration_dts } = await (await client.authorize()).json()
    now = WINTER
    expect(expiration_dts).toBe('2026-07-04T00:09:59-04:00')
  })

  it('takes an OAuth access token of the application as well, without the version header', async () => {
    const bearer = {
      'x-ultracart-simple-key': '',
      'x-ultracart-api-version': '',
      authorization: `Bearer ${sandbox.ultracart.accessToken}`,
    }
    expect((await client.authorize({ headers: bearer })).status).toBe(200)
    expect((await client.token(await client.code(), { headers: bearer })).status).toBe(200)
    expect((await client.user('', { headers: bearer })).status).toBe(401)
  })

  it('sends no state back when none came, and keeps a query of the redirect URI', async () => {
    const redirect_uri = 'http://localhost:3000/return?shop=a%20b'
    const fields = await client.form(await client.loginUrl({ redirect_uri }))
    const { href } = callback(await client.press(fields, 'approve'))
    expect(href).toMatch(/^http:\/\/localhost:3000\/return\?shop=a%20b&code=SANDBOX[0-9a-f]+$/)
  })
})

describe('the records', () => {
  it('hold method, path, headers and body of each request, and no secret', async () => {
    const code = await client.code()
    const start = sandbox.requests.length
    const key = (await (await client.token(code)).json()).simple_key
    await client.user(key)
    await client.user('wrong')
    await client.authorize({ headers: { 'x-private': 'a=b' } })
    const [exchange, user, wrong, authorize] = sandbox.requests.slice(start)
    expect(exchange).toMatchObject({
      method: 'PUT',
      path: '/rest/v2/sso/token',
      service: 'ultracart',
      status: 200,
      refused: null,
      received: {
        headers: {
          accept: 'application/json',
          'content-type': 'application/json; charset=UTF-8',
          'x-ultracart-api-version': '2017-03-01',
          'x-ultracart-simple-key': '<key of the application>',
        },
        body: { code: `<${code.length} characters>`, grant_type: 'simple_key' },
      },
    })
    expect(exchange?.checks.map(({ name }) => name)).toEqual([
      ...['path', 'method', 'credential', 'credential', 'credential'],
      ...['key', 'application', 'permission'],
      ...['api-version', 'accept', 'query', 'content-type', 'body', 'grant-type'],
      ...['code', 'code', 'code', 'code'],
    ])
    expect(user?.received?.headers['x-ultracart-simple-key']).toBe('<key of a user>')
    expect(wrong?.received?.headers['x-ultracart-simple-key']).toBe('<unknown, 5 characters>')
    expect(authorize?.received).toMatchObject({
      headers: { 'x-private': '<3 characters>' },
      body: { redirect_uri: `${origin}/ultracart/callback`, state: '<40 characters>' },
    })
    await client.sandbox.fetch(`${origin}/ultracart/callback?code=${code}&state=${STATE}`)
    await client.user('', { headers: { authorization: 'Bearer secret' } })
    await client.token('not-the-code', { body: '["not-the-code"]' })
    const all = JSON.stringify(sandbox.requests)
    const { simpleKey } = sandbox.credentials.ultracart
    for (const secret of [code, key, STATE, simpleKey, 'not-the-code', 'SANDBOX', 'secret']) {
      expect(all.includes(secret), secret).toBe(false)
    }
  })
})

describe('credentials', () => {
  it('are those of the file, and serve again', async () => {
    const { ultracart } = sandbox.credentials
    expect(ultracart).toEqual({
      baseUrl: `${origin}/rest/v2`,
      simpleKey: expect.stringMatching(/^SANDBOX[0-9a-f]{48}$/),
      redirectUri: `${origin}/ultracart/callback`,
    })
    const other = 'http://127.0.0.1:9999'
    const again = await createSandbox({ origin: other, credentials: sandbox.credentials })
    expect(again.credentials.ultracart).toEqual({
      baseUrl: `${other}/rest/v2`,
      simpleKey: ultracart.simpleKey,
      redirectUri: `${other}/ultracart/callback`,
    })
    const redirectUri = 'https://shop.example/auth/return'
    const given = { ...sandbox.credentials, ultracart: { ...ultracart, redirectUri } }
    const kept = await createSandbox({ origin: other, credentials: given })
    expect(kept.credentials.ultracart.redirectUri).toBe(redirectUri)
    expect((await new UltraCart(kept).authorize()).status).toBe(200)
  })

  it('are fresh where none were given', async () => {
    const { ibkr } = sandbox.credentials
    const redirectUri = 'https://shop.example/return'
    const other = await createSandbox({ origin, credentials: { ibkr }, ultracart: { redirectUri } })
    expect(other.credentials.ultracart.redirectUri).toBe(redirectUri)
    expect(other.credentials.ultracart.simpleKey).not.toBe(sandbox.credentials.ultracart.simpleKey)
  })

  it.each<[string, unknown, unknown]>([
    ['ultracart', null, undefined],
    ['ultracart.redirectUri', { redirectUri: 'http://shop.example/' }, undefined],
    ['ultracart.redirectUri', { redirectUri: 'https://shop.example/#x' }, undefined],
    ['ultracart.overlap', { overlap: 'maybe' }, undefined],
    ['ultracart.loginLifetimeMs', { loginLifetimeMs: -1 }, undefined],
    ['ultracart.codeLifetimeMs', { codeLifetimeMs: 1.5 }, undefined],
    ['ultracart.sessionLifetimeMs', { sessionLifetimeMs: '1' }, undefined],
    ['credentials.ultracart.simpleKey', {}, { simpleKey: 'a b' }],
    ['credentials.ultracart.simpleKey', {}, { simpleKey: 7 }],
    ['credentials.ultracart.redirectUri', {}, { simpleKey: 'k', redirectUri: 'x' }],
  ])('%s is checked', async (option, ultracart, given) => {
    const credentials = { ...sandbox.credentials, ultracart: given }
    const options = { origin, credentials, ultracart } as unknown as SandboxOptions
    const error = await createSandbox(options).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(SandboxError)
    expect(error).toMatchObject({ code: 'SANDBOX_OPTION_INVALID', option })
  })
})
