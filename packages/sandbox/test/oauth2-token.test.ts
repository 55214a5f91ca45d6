import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keys } from '../../../tests/support/oauth2-vectors.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { type JwtParts, type Members, OAuth2Client } from './oauth2-client.ts'

const origin = 'http://127.0.0.1:8787'
let now = 1_800_000_000_000
let sandbox: Sandbox
let client: OAuth2Client

beforeAll(async () => {
  const signedOrigins = ['https://api.ibkr.com']
  sandbox = await createSandbox({
    origin,
    now: () => now,
    signedOrigins,
    credentials: testCredentials,
  })
  client = new OAuth2Client(sandbox.credentials.ibkr.oauth2, sandbox.fetch)
})

beforeEach(() => {
  now += 1_000_000
})

const reason = () => sandbox.requests.at(-1)?.refused
const seconds = () => Math.floor(now / 1000)
const askWith = async (claims: Members, parts?: JwtParts) =>
  client.askToken(now, { client_assertion: await client.assertion(now, claims, parts) })
const simple = { type: '/simple', title: 'Bad Request', status: 400 }

describe('the token endpoint', () => {
  it('gives an access token for an assertion', async () => {
    const response = await client.askToken(now, { scope: 'echo.read sso-sessions.write' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^eyJ[\w-]+\.eyJ[\w-]+\.SANDBOX[\w-]{64}$/),
      token_type: 'Bearer',
      scope: 'echo.read sso-sessions.write',
      expires_in: 86_399,
    })
    const record = sandbox.requests.at(-1)
    expect(record).toMatchObject({ service: 'ibkr-oauth2', refused: null, status: 200 })
    expect(record?.checks.map(({ name }) => name)).toEqual([
      ...['method', 'content-type', 'authorization', 'form', 'form', 'form', 'grant-type'],
      ...['assertion-type', 'assertion', 'alg', 'typ', 'crit', 'kid', 'signature'],
      ...['iss', 'sub', 'aud', 'exp', 'exp', 'iat', 'iat', 'lifetime'],
      ...['replay', 'client-id', 'scope', 'scope'],
    ])
  })

  it('gives a token that reads as a JWT of its client', async () => {
    const response = await client.askToken(now, { scope: 'echo.read sso-sessions.write' })
    const { access_token: token } = (await response.json()) as { access_token: string }
    const { clientId } = client.credentials
    const [head, claims] = token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/'))))
    expect(head).toEqual({ typ: 'JWT', alg: 'RS256', kid: 'SANDBOX' })
    expect(claims).toMatchObject({
      ...{ sub: clientId, csid: clientId, scope: 'echo.read sso-sessions.write' },
      ...{ iat: seconds(), exp: seconds() + 86_399 },
    })
  })

  it('counts every call, and every token', async () => {
    const { tokenCalls, oauth2AccessTokens } = sandbox.counts
    sandbox.fault({ path: '/token', kind: 'status', status: 503 })
    expect((await client.askToken(now)).status).toBe(503)
    expect((await askWith({ aud: 'x' })).status).toBe(400)
    expect((await client.askToken(now)).status).toBe(200)
    expect(sandbox.counts).toMatchObject({
      tokenCalls: tokenCalls + 3,
      oauth2AccessTokens: oauth2AccessTokens + 1,
    })
  })

  it.each<[string, Members, JwtParts]>([
    ['the full URL as audience', { aud: `${origin}/oauth2/api/v1/token` }, {}],
    ["the broker's URL as audience", { aud: 'https://api.ibkr.com/oauth2/api/v1/token' }, {}],
    ['no iat', { iat: undefined }, {}],
    ['a jti', { jti: 'one' }, {}],
    ['an nbf', { nbf: 1 }, {}],
    ['no typ', {}, { header: { typ: undefined } }],
    ['a certificate in the header', {}, { header: { x5c: ['AA=='] } }],
    ['a life of 600 s', { exp: 1_900_000_600, iat: 1_900_000_000 }, {}],
    ['a clock 120 s ahead', { exp: 1_900_000_140, iat: 1_900_000_120 }, {}],
  ])('takes %s', async (_title, claims, parts) => {
    if (claims['exp'] !== undefined) now = 1_900_000_000_000
    const response = await askWith(claims, parts)
    expect([reason(), response.status]).toEqual([null, 200])
  })

  it('takes client_id, a charset, and a bearer that it does not look at', async () => {
    const { clientId } = sandbox.credentials.ibkr.oauth2
    const headers = {
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      authorization: 'Bearer x',
    }
    expect((await client.askToken(now, { client_id: clientId }, headers)).status).toBe(200)
  })
})

describe('an assertion is refused, tersely, for', () => {
  it.each<[string, Members, JwtParts, RegExp]>([
    ['another algorithm', {}, { header: { alg: 'PS256' } }, /^alg: .*RS256/],
    ['no algorithm', {}, { header: { alg: 'none' } }, /^alg: /],
    ['another typ', {}, { header: { typ: 'at+jwt' } }, /^typ: /],
    ['critical members', {}, { header: { crit: ['b64'], b64: false } }, /^crit: /],
    ['an unknown key id', {}, { header: { kid: 'other' } }, /^kid: .*SANDBOX-main/],
    ['no key id', {}, { header: { kid: undefined } }, /^kid: /],
    [
      'a key that is not registered',
      {},
      { privateKey: keys.next4096.pkcs8Pem },
      /^signature: it was not made/,
    ],
    ['another issuer', { iss: 'x' }, {}, /^iss: /],
    ['another subject', { sub: 'x' }, {}, /^sub: /],
    ['no subject', { sub: undefined }, {}, /^sub: /],
    ['another audience', { aud: 'https://api.ibkr.com' }, {}, /^aud: .*\/token or http/],
    ['a list of audiences', { aud: ['/token'] }, {}, /^aud: .*not an array/],
    ['no audience', { aud: undefined }, {}, /^aud: /],
    ['no expiry', { exp: undefined }, {}, /^exp: exp is required/],
    ['an expiry in text', { exp: '1900000020' }, {}, /^exp: .*whole seconds/],
    ['an expiry with a fraction', { exp: 1_900_000_020.5 }, {}, /^exp: .*whole seconds/],
    ['milliseconds', { exp: 1_900_000_020_000 }, {}, /^exp: .*milliseconds/],
    ['iat in milliseconds', { iat: 1_900_000_000_000 }, {}, /^iat: .*milliseconds/],
    ['an empty jti', { jti: '' }, {}, /^jti: /],
  ])('%s', async (_title, claims, parts, why) => {
    const response = await askWith(claims, parts)
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(why)])
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual(simple)
  })

  it('a life of 600 s from now, signed ten seconds back, is taken', async () => {
    const time = seconds()
    expect((await askWith({ iat: time - 10, exp: time + 600 })).status).toBe(200)
  })

  it.each<[string, (time: number) => Members, RegExp]>([
    ['its expiry', (time) => ({ exp: time }), /^exp: it expired 0 s ago/],
    ['a clock that is behind', (time) => ({ exp: time - 580 }), /^exp: it expired 580 s ago/],
    [
      'a clock that is ahead',
      (time) => ({ exp: time + 620, iat: time + 600 }),
      /^iat: it is 600 s/,
    ],
    ['iat ahead by 121 s', (time) => ({ exp: time + 150, iat: time + 121 }), /^iat: it is 121 s/],
    ['nbf ahead by 121 s', (time) => ({ nbf: time + 121 }), /^nbf: it is 121 s/],
    ['a life of 601 s', (time) => ({ exp: time + 601, iat: time }), /^lifetime: it is 601 s/],
    ['a long life without iat', (t) => ({ exp: t + 601, iat: undefined }), /^lifetime: it is 601/],
    ['exp before iat', (time) => ({ exp: time + 5, iat: time + 6 }), /^lifetime: it is -1 s/],
  ])('%s', async (_title, claims, why) => {
    const response = await askWith(claims(seconds()))
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(why)])
    expect(await response.json()).toEqual(simple)
  })

  it.each<[string, (jws: string) => string, RegExp]>([
    ['two parts', (jws) => jws.replace(/\.[^.]*$/, ''), /^assertion: it has 2 parts/],
    ['five parts', (jws) => `${jws}.a.b`, /^assertion: it has 5 parts/],
    ['an empty signature', (jws) => jws.replace(/[^.]*$/, ''), /^signature: it is empty/],
    ['padding', (jws) => `${jws}==`, /^assertion: its signature is not unpadded/],
    ['a header that is no JSON', (jws) => `e30x${jws.slice(4)}`, /^assertion: its header/],
    [
      'claims that are a list',
      (jws) => jws.replace(/\.[^.]*\./, '.W10.'),
      /^assertion: its claims/,
    ],
    [
      'claims that are not UTF-8',
      (jws) => jws.replace(/\.[^.]*\./, '._w.'),
      /^assertion: its claims/,
    ],
    [
      'bits left over in base64url',
      (jws) => jws.replace(/\.[^.]*\./, '.e31.'),
      /^assertion: its c/,
    ],
    ['claims that were changed', (jws) => jws.replace(/\.[^.]*\./, '.e30.'), /^signature: /],
  ])('%s', async (_title, spoil, why) => {
    const client_assertion = spoil(await client.assertion(now))
    const response = await client.askToken(now, { client_assertion })
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(why)])
  })

  it('a jti that was used before', async () => {
    const client_assertion = await client.assertion(now, { jti: 'again' })
    expect((await client.askToken(now, { client_assertion })).status).toBe(200)
    expect((await client.askToken(now, { client_assertion })).status).toBe(400)
    expect((await askWith({ jti: 'again', exp: seconds() + 21 })).status).toBe(400)
    expect(reason()).toMatch(/^jti: /)
    now += 22_000
    expect((await askWith({ jti: 'again' })).status).toBe(200)
  })

  it('a jti that is used twice at once', async () => {
    const client_assertion = await client.assertion(now, { jti: 'twice' })
    const both = await Promise.all([1, 2].map(() => client.askToken(now, { client_assertion })))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('a repetition without jti, where the option says so', async () => {
    const { credentials } = sandbox
    const options = { origin, now: () => now, credentials, refuseRepeatedAssertions: true }
    const strict = await createSandbox(options)
    const client_assertion = await client.assertion(now)
    for (const [from, second] of [
      [sandbox, 200],
      [strict, 400],
    ] as const) {
      const own = new OAuth2Client(credentials.ibkr.oauth2, from.fetch)
      expect((await own.askToken(now, { client_assertion })).status).toBe(200)
      expect((await own.askToken(now, { client_assertion })).status).toBe(second)
      const { checks } = from.requests.at(-1) ?? {}
      const replay = { name: 'replay', detail: 'this assertion was used before' }
      expect(checks).toContainEqual({ ...replay, ok: second === 200 })
    }
  })
})

describe('a token request is refused for', () => {
  const missing = (field: string) => ({ field, description: 'Missing required parameter' })

  it.each<[string, Record<string, string | undefined>, unknown[] | undefined, RegExp]>([
    ['no grant type', { grant_type: undefined }, [missing('grant_type')], /^form: grant_type mis/],
    ['an empty one', { grant_type: '' }, [missing('grant_type')], /^form: grant_type missing/],
    [
      'another grant type',
      { grant_type: 'authorization_code' },
      [{ field: 'grant_type', description: 'Invalid value' }],
      /^grant-type: client_credentials/,
    ],
    [
      'another assertion type',
      { client_assertion_type: 'jwt-bearer' },
      [{ field: 'client_assertion_type', description: 'Invalid value' }],
      /^assertion-type: urn:/,
    ],
    [
      'camelCase names',
      { grant_type: undefined, client_assertion: undefined, clientAssertion: 'x' },
      [missing('grant_type'), missing('client_assertion')],
      /^form: .*clientAssertion: names on the wire are snake_case/,
    ],
    [
      'camelCase names besides',
      { clientId: 'x' },
      [{ field: 'clientId', description: 'Unknown parameter' }],
      /^form: clientId: names/,
    ],
    [
      'a client secret',
      { client_secret: 'x' },
      [{ field: 'client_secret', description: 'Unknown parameter' }],
      /^form: there is no client secret/,
    ],
    ['another client id', { client_id: 'x' }, undefined, /^client-id: /],
    [
      'scopes with two blanks',
      { scope: 'echo.read  echo.write' },
      undefined,
      /^scope: scopes join/,
    ],
    ['a scope it may not have', { scope: 'accounts.read' }, undefined, /^scope: .*nothing/],
  ])('%s', async (_title, form, fields, why) => {
    const response = await client.askToken(now, form)
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(why)])
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const body = await response.json()
    if (fields) {
      expect(body).toEqual({ ...simple, type: '/invalid-argument', invalidArguments: fields })
    } else expect(body).toMatchObject(simple)
  })

  it('a member that is there twice', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await client.post('/oauth2/api/v1/token', 'scope=a&scope=b', type)
    expect([response.status, reason()]).toEqual([400, 'form: scope is there twice'])
  })

  it.each<[string, Record<string, string>, RegExp]>([
    ['JSON', { 'content-type': 'application/json' }, /^content-type: /],
    ['text', { 'content-type': 'text/plain;charset=UTF-8' }, /^content-type: /],
    ['a second way to authenticate', { authorization: 'Basic eDp5' }, /^authorization: /],
  ])('%s', async (_title, headers, why) => {
    const response = await client.askToken(now, {}, headers)
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(why)])
  })

  it('another method', async () => {
    const response = await sandbox.fetch(`${origin}/oauth2/api/v1/token`)
    expect([response.status, reason()]).toEqual([405, 'method: POST is required'])
  })
})

describe('scopes', () => {
  it('are granted as far as the client may have them', async () => {
    const some = await client.askToken(now, { scope: 'accounts.read echo.read' })
    expect(await some.json()).toMatchObject({ scope: 'echo.read' })
    now += 1000
    const every = 'echo.read echo.write sso-sessions.write sso-browser-sessions.write'
    expect(await (await client.askToken(now)).json()).toMatchObject({ scope: every })
  })

  it('and the life of a token are options', async () => {
    const { credentials } = sandbox
    const own = await createSandbox({
      origin,
      now: () => now,
      credentials,
      scopes: ['accounts.read'],
      accessTokenLifetimeSeconds: 599,
    })
    const response = await new OAuth2Client(credentials.ibkr.oauth2, own.fetch).askToken(now)
    expect(await response.json()).toMatchObject({ scope: 'accounts.read', expires_in: 599 })
  })
})

describe('faults', () => {
  it('skew the clock that judges, and its Date', async () => {
    sandbox.fault({ path: '/oauth2/api/v1/token', kind: 'clock-skew', value: 600_000 })
    const response = await client.askToken(now)
    expect([response.status, reason()]).toEqual([400, 'exp: it expired 580 s ago'])
    expect(response.headers.get('date')).toBe(new Date(now + 600_000).toUTCString())
    expect((await client.askToken(now)).status).toBe(200)
  })

  it('can answer in the words of RFC 6749', async () => {
    const body = { error: 'invalid_client', error_description: 'example' }
    sandbox.fault({ path: '/token', kind: 'respond', value: { status: 401, body } })
    const response = await client.askToken(now)
    expect([response.status, await response.json()]).toEqual([401, body])
  })

  it('answer with problem details where the broker would', async () => {
    sandbox.fault({ path: '/token', kind: 'status', status: 500 })
    const response = await client.askToken(now)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: '/simple',
      title: 'Internal Server Error',
      status: 500,
    })
  })
})
