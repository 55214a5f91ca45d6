/** What only looks like a form that is taken, and what is taken in a form that is seldom seen. */
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { OAuth2Client } from './oauth2-client.ts'
import { TestClient } from './signer.ts'

let sandbox: Sandbox
let first: TestClient
let second: OAuth2Client

beforeAll(async () => {
  sandbox = await createSandbox({ credentials: testCredentials })
  first = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
  second = new OAuth2Client(sandbox.credentials.ibkr.oauth2, sandbox.fetch)
  await first.handshake()
})

const reason = () => sandbox.requests.at(-1)?.refused ?? ''
const FORM = 'application/x-www-form-urlencoded'
const TYPE = 'urn%3aietf%3aparams%3aoauth%3aclient-assertion-type%3ajwt-bearer'

/** A token request as it stands, with an assertion of its own. */
async function askToken(members = '', type = FORM, prefix = ''): Promise<Response> {
  const assertion = await second.assertion(Date.now(), { jti: crypto.randomUUID() })
  const body = `grant_type=client_credentials&client_assertion_type=${TYPE}&client_assertion=${assertion}`
  return second.post('/oauth2/api/v1/token', `${prefix}${members}${body}`, { 'content-type': type })
}

describe('a media type is compared as a whole', () => {
  const init = (type: string) =>
    first.call('/iserver/auth/ssodh/init', {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{"publish":true,"compete":true}',
    })

  it.each(['application/json', 'Application/JSON;charset="utf-8"', 'application/json ; a=b'])(
    '%s is JSON',
    async (type) => expect((await init(type)).status).toBe(200),
  )

  it.each(['application/json-patch+json', 'application/json.x', 'application/json/x'])(
    '%s is not, for ssodh/init',
    async (type) => expect((await init(type)).status).toBe(400),
  )

  it('and not for suppressions', async () => {
    await init('application/json')
    const headers = { 'content-type': 'application/json-seq' }
    const body = '{"messageIds":["o163"]}'
    const path = '/iserver/questions/suppress'
    expect((await first.call(path, { method: 'POST', headers, body })).status).toBe(400)
  })

  it('and not for {} in a handshake', async () => {
    let header = ''
    const keep = (text: string) => {
      header = text
      return 'x'
    }
    await first.requestToken({ header: keep })
    const url = `${first.credentials.baseUrl}/oauth/live_session_token`
    const headers = { authorization: header, 'content-type': 'application/json-patch+json' }
    const response = await sandbox.fetch(url, { method: 'POST', headers, body: '{}' })
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(/^body: /)])
  })

  it.each([`${FORM};\tcharset="UTF-8"`, `${FORM}\t; charset=utf-8`])(
    'a form may be %s',
    async (type) => expect((await askToken('', type)).status).toBe(200),
  )

  it.each([`${FORM}; charset="utf-8`, `${FORM}; charset=latin1`, `${FORM}-x`])(
    'and not %s',
    async (type) => expect((await askToken('', type)).status).toBe(400),
  )
})

describe('a scheme is compared as a whole', () => {
  it('Bearer-x is no bearer beside an assertion', async () => {
    const response = await second.askToken(Date.now(), {}, { authorization: 'Bearer-x y' })
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(/^authorization: /)])
  })

  it('nor at the trading API', async () => {
    const response = await first.call('/tickle', {}, { header: () => 'Bearer-x y' })
    expect([response.status, reason()]).toEqual([401, expect.stringMatching(/^header: /)])
  })
})

describe('a member of the token request is there once', () => {
  it.each(['scope=&scope=echo.read&', 'scope=echo.read&scope=&', 'scope=&scope=&', 'x=&x=&'])(
    'also where it has no value: %s',
    async (members) => {
      const response = await askToken(members)
      expect([response.status, reason()]).toEqual([400, expect.stringMatching(/is there twice$/)])
    },
  )

  it('and without a value it counts as left out', async () => {
    expect((await askToken('scope=&')).status).toBe(200)
  })
})

describe('a byte order mark is a part of the body', () => {
  it('of a form', async () => {
    expect((await askToken('', FORM, '\uFEFF')).status).toBe(400)
  })

  it('of a signed body', async () => {
    const now = Date.now()
    const token = await second.token(now)
    const body = `\uFEFF${await second.body(now)}`
    const response = await second.signed('/echo/signed-jwt', token, body)
    expect([response.status, reason()]).toEqual([400, expect.stringMatching(/^payload: /)])
  })

  it('of the claims', async () => {
    const header = btoa(`\xEF\xBB\xBF{"alg":"RS256"}`).replaceAll('=', '').replaceAll('/', '_')
    const token = await second.token(Date.now())
    const response = await second.signed('/echo/signed-jwt', token, `${header}.e30.eA`)
    expect([response.status, reason()]).toEqual([
      400,
      expect.stringMatching(/^payload: its header/),
    ])
  })

  it('that the echo gives back', async () => {
    const response = await first.call('/sandbox/echo', { method: 'POST', body: '\uFEFFx' })
    expect(await response.json()).toMatchObject({ body: '\uFEFFx' })
  })
})

it.each(['', ' '])('a User-Agent of "%s" is none', async (agent) => {
  const strict = await createSandbox({ credentials: testCredentials, requireUserAgent: true })
  const headers = { 'user-agent': agent }
  const response = await strict.fetch(`${strict.origin}/v1/api/tickle`, { headers })
  expect([response.status, strict.requests[0]?.refused]).toEqual([
    403,
    expect.stringMatching(/^user-agent: /),
  ])
})
