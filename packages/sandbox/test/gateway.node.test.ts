import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keys } from '../../../tests/support/oauth2-vectors.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { type JwtParts, type Members, OAuth2Client } from './oauth2-client.ts'

const origin = 'http://127.0.0.1:8787'
let now = 1_800_000_000_000
let sandbox: Sandbox
let client: OAuth2Client
let token: string

beforeAll(async () => {
  sandbox = await createSandbox({ origin, now: () => now, credentials: testCredentials })
  client = new OAuth2Client(sandbox.credentials.ibkr.oauth2, sandbox.fetch)
})

beforeEach(async () => {
  now += 1_000_000
  token = await client.token(now)
})

const reason = () => sandbox.requests.at(-1)?.refused
const seconds = () => Math.floor(now / 1000)
const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  return response.json()
}
const forbidden = (detail: string) => ({ type: '/simple', title: 'Forbidden', status: 403, detail })
const POLICY = 'Invalid payload for security policy: SIGNED_JWT'

describe('the echo calls', () => {
  it('echo with the bearer alone', async () => {
    const response = await client.get('/gw/api/v1/echo/https?a=1&b=x%20y', token)
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        requestMethod: 'GET',
        securityPolicy: 'HTTPS',
        queryParameters: { a: '1', b: 'x y' },
      },
    ])
    expect(sandbox.requests.at(-1)).toMatchObject({
      service: 'ibkr-oauth2',
      checks: [
        { name: 'method' },
        { name: 'bearer' },
        { name: 'access-token' },
        { name: 'access-token' },
        { name: 'scope' },
      ],
    })
  })

  it('echo with a signed body', async () => {
    const response = await client.signed('/echo/signed-jwt', token, await client.body(now))
    expect([response.status, await response.json()]).toEqual([
      200,
      { requestMethod: 'POST', securityPolicy: 'SIGNED_JWT', queryParameters: {} },
    ])
  })

  it('know their methods, and other paths are not there', async () => {
    const post = await client.post('/gw/api/v1/echo/https', '', {})
    expect([post.status, reason()]).toEqual([405, 'method: GET is required'])
    const missing = await client.get('/gw/api/v1/accounts', token)
    expect(missing.status).toBe(404)
    expect(await problem(missing)).toEqual({ type: '/simple', title: 'Not Found', status: 404 })
  })
})

describe('a bearer', () => {
  const unauthorized = { type: '/simple', title: 'Unauthorized', status: 401 }
  const invalid = { ...unauthorized, detail: 'The access token request is invalid' }

  it.each<[string, Record<string, string>, RegExp]>([
    ['that is missing', {}, /^bearer: /],
    ['of another scheme', { authorization: 'Basic eDp5' }, /^bearer: /],
    ['that is empty', { authorization: 'Bearer ' }, /^bearer: /],
    ['with a blank inside', { authorization: 'Bearer a b' }, /^bearer: /],
    ['that nobody issued', { authorization: 'Bearer a.b.c' }, /^access-token: /],
  ])('%s is refused', async (_title, headers, why) => {
    const response = await sandbox.fetch(`${origin}/gw/api/v1/echo/https`, { headers })
    expect([response.status, reason()]).toEqual([401, expect.stringMatching(why)])
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(await problem(response)).toEqual(invalid)
  })

  it('expires', async () => {
    now += 86_398_000
    expect((await client.get('/gw/api/v1/echo/https', token)).status).toBe(200)
    now += 1000
    const response = await client.get('/gw/api/v1/echo/https', token)
    expect(await problem(response)).toEqual({ ...unauthorized, detail: 'The access token expired' })
    expect(reason()).toBe('access-token: it must not have expired')
  })

  it('opens what its scopes say', async () => {
    const narrow = await client.token(now, 'echo.write')
    expect((await client.signed('/echo/signed-jwt', narrow, await client.body(now))).status).toBe(
      200,
    )
    const response = await client.get('/gw/api/v1/echo/https', narrow)
    expect([response.status, reason()]).toEqual([403, 'scope: echo.read is needed'])
    expect(await problem(response)).toEqual(
      forbidden('The access token fails to have sufficient scope'),
    )
  })

  it('of the gateway does not open the trading API', async () => {
    const response = await client.get('/v1/api/portfolio/accounts', token)
    const { id, refused, service } = sandbox.requests.at(-1) ?? {}
    expect([response.status, service]).toEqual([401, 'ibkr-sso'])
    expect(await response.json()).toEqual({
      error: `id: ${id}, error: not authenticated`,
      statusCode: 401,
    })
    expect(refused).toMatch(/^sso-bearer: an access token opens \/gw\/api\/v1 only/)
  })
})

describe('a signed body is refused for', () => {
  it.each<[string, string, string, RegExp]>([
    ['JSON', 'application/json', '{}', /^content-type: /],
    ['another content type', 'application/text', 'a.b.c', /^content-type: /],
    ['a charset', 'application/jwt;charset=utf-8', 'a.b.c', /^content-type: /],
    ['JSON under the right type', 'application/jwt', '{"iss":"x"}', /^payload: it has 1 parts/],
    ['nothing', 'application/jwt', '', /^payload: it has 1 parts/],
  ])('%s', async (_title, type, body, why) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type }
    const response = await client.post('/gw/api/v1/echo/signed-jwt', body, headers)
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(why)])
    expect(await problem(response)).toMatchObject({ type: '/simple', detail: POLICY })
  })

  it.each<[string, (time: number) => Members, JwtParts, RegExp]>([
    ['another algorithm', () => ({}), { header: { alg: 'none' } }, /^alg: /],
    ['another key id', () => ({}), { header: { kid: 'x' } }, /^kid: /],
    ['another issuer', () => ({ iss: 'x' }), {}, /^iss: /],
    ['no issuer', () => ({ iss: undefined }), {}, /^iss: /],
    ['another subject', () => ({ sub: 'x' }), {}, /^sub: /],
    ['another audience', () => ({ aud: 'x' }), {}, /^aud: /],
    ['no expiry', () => ({ exp: undefined }), {}, /^exp: exp is required/],
    ['no time of issue', () => ({ iat: undefined }), {}, /^iat: /],
    ['being expired', (time) => ({ exp: time - 1 }), {}, /^exp: it expired 1 s ago/],
    ['being of tomorrow', (time) => ({ iat: time + 300, exp: time + 400 }), {}, /^iat: it is 300/],
    ['more than a day', (time) => ({ exp: time + 86_401 }), {}, /^lifetime: it is 86401 s/],
  ])('%s', async (_title, members, parts, why) => {
    const body = await client.body(now, members(seconds()), parts)
    const response = await client.signed('/echo/signed-jwt', token, body)
    expect([response.status, reason()]).toEqual([403, expect.stringMatching(why)])
    expect(await problem(response)).toEqual(forbidden('The signed JWT is invalid'))
  })

  it('a signature that does not fit', async () => {
    const body = (await client.body(now)).replace(/\.[^.]*\./, '.e30.')
    expect((await client.signed('/echo/signed-jwt', token, body)).status).toBe(403)
    expect(reason()).toMatch(/^signature: /)
  })

  it('a jti that was used; without one it may be sent again', async () => {
    const once = await client.body(now, { jti: 'once' })
    expect((await client.signed('/echo/signed-jwt', token, once)).status).toBe(200)
    expect((await client.signed('/echo/signed-jwt', token, once)).status).toBe(403)
    const plain = await client.body(now)
    expect((await client.signed('/echo/signed-jwt', token, plain)).status).toBe(200)
    expect((await client.signed('/echo/signed-jwt', token, plain)).status).toBe(200)
  })
})

describe('credentials', () => {
  it('can be given again, and further keys added', async () => {
    const { credentials } = sandbox
    const { pkcs8Pem: privateKey, spkiPem: publicKey } = keys.next4096
    const again = await createSandbox({
      origin,
      now: () => now,
      credentials,
      oauth2PublicKeys: [{ keyId: 'next', publicKey }],
    })
    const { oauth2 } = credentials.ibkr
    expect(again.credentials).toEqual(credentials)
    const rotated = new OAuth2Client({ ...oauth2, keyId: 'next', privateKey }, again.fetch)
    expect((await rotated.askToken(now)).status).toBe(200)
    expect((await new OAuth2Client(oauth2, again.fetch).askToken(now)).status).toBe(200)
    const swapped = new OAuth2Client({ ...oauth2, keyId: 'next' }, again.fetch)
    expect((await swapped.askToken(now)).status).toBe(400)
    expect(again.requests.at(-1)?.refused).toBe(
      `signature: it was made with the key ${oauth2.keyId}`,
    )
  })

  it('without their OAuth 2.0 part leave it out, and say so', async () => {
    const { baseUrl, oauth1 } = sandbox.credentials.ibkr
    const without = await createSandbox({ origin, credentials: { ibkr: { baseUrl, oauth1 } } })
    expect(() => without.credentials.ibkr.oauth2).toThrow(/credentials\.ibkr\.oauth2: it was not/)
    expect(JSON.parse(JSON.stringify(without.credentials.ibkr))).toEqual({ baseUrl, oauth1 })
    expect(without.credentials.ultracart.simpleKey).toMatch(/^SANDBOX/)
    for (const path of ['/oauth2/api/v1/token', '/gw/api/v1/echo/https', '/sso/resolver']) {
      expect((await without.fetch(origin + path, { method: 'POST' })).status).toBe(404)
    }
    const bearer = { headers: { authorization: 'Bearer x' } }
    expect((await without.fetch(`${origin}/v1/api/tickle`, bearer)).status).toBe(401)
    expect(without.requests.at(-1)?.refused).toMatch(/^header: /)
    // What it hands out can be given to the next one.
    const next = await createSandbox({ origin, credentials: without.credentials })
    expect((await next.fetch(`${origin}/oauth2/api/v1/token`)).status).toBe(404)
    expect(next.credentials.ultracart).toEqual(without.credentials.ultracart)
  })

  it.each([
    ['clientId', '', /clientId: a non-empty string/],
    ['keyId', 5, /keyId: a non-empty string/],
    ['credential', undefined, /credential: a non-empty string/],
    ['ip', '127.0.0.1:80', /ip: one IPv4 or IPv6 address/],
    ['privateKey', 'MARKED-SECRET', /privateKey: no readable PEM/],
  ])('are refused for a bad %s', async (field, value, message) => {
    const { ibkr } = sandbox.credentials
    const credentials = { ibkr: { ...ibkr, oauth2: { ...ibkr.oauth2, [field]: value } } }
    const error = await createSandbox({ origin, credentials: credentials as never }).catch(
      (reason: unknown) => reason,
    )
    const option = `credentials.ibkr.oauth2.${field}`
    expect(error).toMatchObject({ code: 'SANDBOX_OPTION_INVALID', option })
    expect(String(error)).toMatch(message)
    expect(String(error)).not.toContain('MARKED-SECRET')
  })

  it('are refused for a key below 3072 bits', async () => {
    const { ibkr } = sandbox.credentials
    const { pkcs8Pem: privateKey, spkiPem: publicKey } = keys.weak2048
    const credentials = { ibkr: { ...ibkr, oauth2: { ...ibkr.oauth2, privateKey } } }
    await expect(createSandbox({ origin, credentials })).rejects.toThrow(
      'credentials.ibkr.oauth2.privateKey: the key has 2048 bits; 3072 are required',
    )
    const oauth2PublicKeys = [{ keyId: 'weak', publicKey }]
    const options = { origin, credentials: sandbox.credentials, oauth2PublicKeys }
    await expect(createSandbox(options)).rejects.toMatchObject({ option: 'oauth2PublicKeys' })
  })

  it.each([
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: ['echo.read echo.write'] }],
    ['accessTokenLifetimeSeconds', { accessTokenLifetimeSeconds: 0.5 }],
    ['ssoSessionIdleMs', { ssoSessionIdleMs: -1 }],
    ['refuseRepeatedAssertions', { refuseRepeatedAssertions: 1 }],
    ['users', { users: [{ username: 'a' }] }],
    ['oauth2PublicKeys', { oauth2PublicKeys: [{ keyId: '', publicKey: '' }] }],
    ['oauth2PublicKeys', { oauth2PublicKeys: [{ keyId: 'x', publicKey: 'x' }] }],
  ])('and options for bad %s', async (option, options) => {
    const { credentials } = sandbox
    const error = createSandbox({ origin, credentials, ...options } as never)
    await expect(error).rejects.toMatchObject({ code: 'SANDBOX_OPTION_INVALID', option })
  })
})
