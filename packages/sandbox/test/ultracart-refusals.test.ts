import type { Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Headers1, startShop, type UltraCart } from './ultracart-client.ts'

let now = Date.UTC(2026, 2, 2, 15)
let sandbox: Sandbox
let client: UltraCart

beforeAll(async () => {
  ;({ sandbox, client } = await startShop(() => now))
})

/** The vendor's form of a failure, and the reason in the record. */
async function expectRefusal(response: Response, status: number, message: string, reason: RegExp) {
  expect([response.status, await response.json(), client.reason]).toEqual([
    status,
    { error: { developer_message: message, user_message: message }, metadata: {} },
    expect.stringMatching(reason),
  ])
  expect(response.headers.get('uc-rest-error')).toBe(message)
  expect(response.headers.get('x-ultracart-request-id')).toMatch(/^[0-9A-F]{16}$/)
  expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8')
}

const none: Headers1 = { 'x-ultracart-simple-key': '' }

describe('credentials', () => {
  it("401 for a user's key as an access token, naming that", async () => {
    const authorization = `Bearer ${await client.key()}`
    const response = await client.user('', { headers: { ...none, authorization } })
    const reason = /^key: the user's key is required here, .* as x-ultracart-simple-key/
    await expectRefusal(response, 401, 'Invalid credentials', reason)
  })

  it.each<[string, () => Headers1, RegExp]>([
    ['no credential', () => none, /^credential: a simple key or an access token, exactly one/],
    ['a wrong key', () => ({ 'x-ultracart-simple-key': 'wrong' }), /^key: /],
    [
      'a browser key',
      () => ({ ...none, 'x-ultracart-browser-key': 'x' }),
      /^credential: a browser/,
    ],
    [
      'two credentials',
      () => ({ authorization: `Bearer ${sandbox.ultracart.accessToken}` }),
      /^credential: .*exactly one/,
    ],
    [
      'a bare access token',
      () => ({ ...none, authorization: sandbox.ultracart.accessToken }),
      /^credential: Authorization: Bearer/,
    ],
    [
      'an access token of another scheme',
      () => ({ ...none, authorization: `x Bearer ${sandbox.ultracart.accessToken}` }),
      /^credential: Authorization: Bearer/,
    ],
    ['a wrong access token', () => ({ ...none, authorization: 'Bearer wrong' }), /^key: /],
    [
      'the simple key as an access token',
      () => ({ ...none, authorization: `Bearer ${sandbox.credentials.ultracart.simpleKey}` }),
      /^key: /,
    ],
  ])('401 for %s', async (_title, headers, reason) => {
    for (const send of [client.authorize({ headers: headers() }), undefined]) {
      const response = await (send ?? client.token('x', { headers: headers() }))
      await expectRefusal(response, 401, 'Invalid credentials', reason)
    }
  })

  it('410 for a disabled application, 403 without the permission', async () => {
    const { disabledSimpleKey, unpermittedSimpleKey } = sandbox.ultracart
    for (const send of [
      (headers: Headers1) => client.authorize({ headers }),
      (headers: Headers1) => client.token('x', { headers }),
    ]) {
      const gone = await send({ 'x-ultracart-simple-key': disabledSimpleKey })
      const message = 'The authorized application has been disabled'
      await expectRefusal(gone, 410, message, /^application: /)
      const forbidden = await send({ 'x-ultracart-simple-key': unpermittedSimpleKey })
      await expectRefusal(forbidden, 403, 'Permission denied', /^permission: sso_write/)
    }
  })

  it('401 for the key of the other kind', async () => {
    const key = await client.key()
    const { simpleKey } = sandbox.credentials.ultracart
    const userKey = { headers: { 'x-ultracart-simple-key': key } }
    const unfit = /^key: the application's key is required here, not a user's/
    await expectRefusal(await client.authorize(userKey), 401, 'Invalid credentials', unfit)
    await expectRefusal(await client.token('x', userKey), 401, 'Invalid credentials', unfit)
    const own = /^key: the user's key is required here, not the application's/
    await expectRefusal(await client.user(simpleKey), 401, 'Invalid credentials', own)
    await expectRefusal(await client.revoke(simpleKey), 401, 'Invalid credentials', own)
  })

  it('401 for a key of nobody, a revoked one, and one that has expired', async () => {
    const message = 'Invalid credentials'
    for (const send of [(key: string) => client.user(key), (key: string) => client.revoke(key)]) {
      await expectRefusal(await send('SANDBOX'), 401, message, /^key: a key that was issued/)
      const key = await client.key()
      expect((await client.revoke(key)).status).toBe(204)
      await expectRefusal(await send(key), 401, message, /^session: it must not be revoked/)
      const late = await client.key()
      now += 43_199_999
      expect((await client.user(late)).status).toBe(200)
      now += 1
      await expectRefusal(await send(late), 401, message, /^session: it must not have expired/)
    }
  })
})

describe('the form of a request', () => {
  it.each<[string, string, Headers1, RegExp]>([
    ['X-UltraCart-Api-Version', 'none', { 'x-ultracart-api-version': '' }, /^api-version: /],
    ['X-UltraCart-Api-Version', 'wrong', { 'x-ultracart-api-version': '2' }, /^api-version: /],
    ['Accept', 'html', { accept: 'text/html' }, /^accept: /],
    ['Accept', 'longer', { accept: 'application/json5' }, /^accept: /],
    ['Content-Type', 'text', { 'content-type': 'text/plain;charset=UTF-8' }, /^content-type: /],
    ['Content-Type', 'latin', { 'content-type': 'application/json; charset=latin1' }, /^content-/],
  ])('400 for %s (%s)', async (name, _title, headers, reason) => {
    await expectRefusal(await client.authorize({ headers }), 400, `Invalid ${name}`, reason)
    await expectRefusal(await client.token('x', { headers }), 400, `Invalid ${name}`, reason)
  })

  it.each(['*/*', 'application/*;q=0.9', 'text/html, application/json;q=1', ''])(
    'takes Accept %j',
    async (accept) => {
      expect((await client.authorize({ headers: { accept } })).status).toBe(200)
    },
  )

  it.each([
    'application/json',
    'Application/JSON;charset=utf-8',
    'application/json; charset="UTF-8"',
  ])('takes Content-Type %s', async (type) => {
    expect((await client.authorize({ headers: { 'content-type': type } })).status).toBe(200)
  })

  it.each(['{', '', '[]', 'null', '"x"', '7'])('400 for the body %j', async (body) => {
    await expectRefusal(await client.authorize({ body }), 400, 'Invalid JSON', /^body: /)
    await expectRefusal(await client.token('x', { body }), 400, 'Invalid JSON', /^body: /)
  })

  it('400 for a query, 404 for another path, 405 for another method', async () => {
    const { simpleKey } = sandbox.credentials.ultracart
    const queried = await client.send('/sso/session/user?_expand=x', await client.key())
    await expectRefusal(queried, 400, 'Invalid query', /^query: /)
    const lost = await client.send('/sso/logout', simpleKey)
    await expectRefusal(lost, 404, 'Resource not found', /^path: /)
    for (const [path, method, allowed] of [
      ['/sso/authorize', 'POST', 'PUT'],
      ['/sso/token', 'POST', 'PUT'],
      ['/sso/session/user', 'DELETE', 'GET'],
      ['/sso/session/revoke', 'GET', 'DELETE'],
    ] as const) {
      const other = await client.send(path, simpleKey, { method })
      expect(other.headers.get('allow')).toBe(allowed)
      await expectRefusal(other, 405, 'Method not allowed', /^method: /)
    }
  })
})

describe('authorize', () => {
  it.each<[string, unknown, RegExp]>([
    ['missing', undefined, /a string that is not empty/],
    ['empty', '', /a string that is not empty/],
    ['a number', 7, /a string that is not empty/],
    ['relative', '/return', /an absolute URL/],
    ['plain http', 'http://shop.example/auth/return', /https, or http on loopback/],
    ['a script', 'javascript:alert(1)', /https, or http on loopback/],
    ['with user information', 'https://a:b@shop.example/auth/return', /user information/],
    ['with a fragment', 'https://shop.example/auth/return#', /a fragment/],
    ['with a code', 'https://shop.example/auth/return?code=1', /must not hold code/],
    ['with a state', 'https://shop.example/auth/return?state=', /must not hold state/],
    ['with an error', 'https://shop.example/auth/return?error', /must not hold error/],
    ['too long', `https://shop.example/${'x'.repeat(2000)}`, /at most 2000/],
    ['another one', 'https://shop.example/auth/returns', /the registered one, or one on loopback/],
    ['of another host', 'https://evil.example/auth/return', /the registered one/],
    ['of a host that looks like loopback', 'https://127.0.0.1.evil.example/', /the registered one/],
  ])('400 for a redirect URI that is %s', async (_title, redirect_uri, reason) => {
    const response = await client.authorize({ body: { redirect_uri, state: 'x' } })
    await expectRefusal(response, 400, 'Invalid redirect_uri', reason)
    expect(client.reason).toMatch(/^redirect-uri: /)
  })

  it.each(['http://127.0.0.1:3000/cb', 'http://[::1]:1/', 'http://localhost/x?y=1'])(
    'takes %s, which stays on this machine',
    async (redirect_uri) => {
      expect((await client.authorize({ body: { redirect_uri } })).status).toBe(200)
    },
  )

  it.each([7, '', null, 'a\nb', 'ä', 'x'.repeat(1025)])('400 for the state %j', async (state) => {
    const { redirectUri: redirect_uri } = sandbox.credentials.ultracart
    const response = await client.authorize({ body: { redirect_uri, state } })
    await expectRefusal(response, 400, 'Invalid state', /^state: /)
  })
})

describe('token', () => {
  it.each(['authorization_code', undefined, '', 7])('400 for grant_type %j', async (grant_type) => {
    const code = await client.code()
    const response = await client.token(code, { body: { code, grant_type } })
    await expectRefusal(response, 400, 'Invalid grant_type', /^grant-type: simple_key/)
    expect((await client.token(code)).status).toBe(200)
  })

  it.each(['nothing', '', undefined, 7, null])('400 for the unknown code %j', async (code) => {
    await expectRefusal(await client.token(code), 400, 'Invalid code', /^code: a code of this/)
  })

  it('400 for a used code, and the key that it gave lives on', async () => {
    const code = await client.code()
    const { simple_key } = await (await client.token(code)).json()
    await expectRefusal(await client.token(code), 400, 'Invalid code', /^code: .*exchanged once/)
    expect((await client.user(simple_key)).status).toBe(200)
  })

  it('400 for a code of another application, which its own can still exchange', async () => {
    const code = await client.code()
    const headers = { 'x-ultracart-simple-key': sandbox.ultracart.otherSimpleKey }
    const response = await client.token(code, { headers })
    await expectRefusal(response, 400, 'Invalid code', /^code: it is of another application/)
    expect((await client.token(code)).status).toBe(200)
  })

  it('400 for an expired code', async () => {
    const code = await client.code()
    now += 60_000
    await expectRefusal(await client.token(code), 400, 'Invalid code', /^code: .*expired/)
    const fresh = await client.code()
    now += 59_999
    expect((await client.token(fresh)).status).toBe(200)
  })
})
