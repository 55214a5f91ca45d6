import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { OAuth2Client } from './oauth2-client.ts'
import { authorize, rsaSigner, TestClient } from './signer.ts'
import { UltraCart } from './ultracart-client.ts'

const origin = 'http://127.0.0.1:8787'
const START = 1_800_000_000_000
let now = START
let sandbox: Sandbox
let firm: OAuth2Client
let user: TestClient
let shop: UltraCart

beforeAll(async () => {
  sandbox = await createSandbox({
    now: () => now,
    credentials: testCredentials,
    ultracart: { overlap: 'allow' },
  })
  firm = new OAuth2Client(sandbox.credentials.ibkr.oauth2, sandbox.fetch)
  user = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
  shop = new UltraCart(sandbox)
  await user.handshake({ now })
})

/** Twenty at once; how many of them were answered with 200 or a redirect. */
async function winners(ask: () => Promise<Response>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: 20 }, ask))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.every((status) => status < 500)).toBe(true)
  return statuses.filter((status) => status < 400).length
}

const member = async (response: Response, name: string): Promise<string> =>
  String(((await response.json()) as Record<string, unknown>)[name])

async function postSigned(path: string, parameters: Record<string, string>): Promise<Response> {
  const url = sandbox.thirdParty.baseUrl + path
  const { header } = await authorize(
    sandbox.thirdParty,
    { method: 'POST', now, url, parameters },
    'RSA-SHA256',
    await rsaSigner(sandbox.thirdParty.signatureKey),
  )
  return sandbox.fetch(url, { method: 'POST', headers: { authorization: header } })
}

const bearerOf = async () => {
  const body = await firm.body(now, { credential: 'sandboxuser', ip: '127.0.0.1' })
  return member(await firm.signed('/sso-sessions', await firm.token(now), body), 'access_token')
}

describe('what is good once, used twenty times at once, has one winner', () => {
  it('a code of UltraCart', async () => {
    const code = await shop.code()
    expect(await winners(() => shop.token(code))).toBe(1)
  })

  it('a login of UltraCart and its form token', async () => {
    const fields = await shop.form(await shop.loginUrl())
    expect(await winners(() => shop.press(fields, 'approve'))).toBe(1)
  })

  it('consent, and the verifier that it gives', async () => {
    const token = await member(
      await postSigned('/oauth/request_token', { oauth_callback: 'oob' }),
      'oauth_token',
    )
    const page = await (await sandbox.fetch(`${origin}/authorize?oauth_token=${token}`)).text()
    const fields = {
      oauth_token: token,
      form_token: /name="form_token" value="(\w+)"/.exec(page)?.[1] ?? '',
      decision: 'approve',
    }
    let location = ''
    const approve = async () => {
      const response = await sandbox.fetch(`${origin}/authorize`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      })
      location = response.headers.get('location') ?? location
      return response
    }
    expect(await winners(approve)).toBe(1)
    const oauth_verifier = new URL(location).searchParams.get('oauth_verifier') ?? ''
    const exchange = () => postSigned('/oauth/access_token', { oauth_token: token, oauth_verifier })
    expect(await winners(exchange)).toBe(1)
  })

  it('a browser link', async () => {
    const body = await firm.body(now, { credential: 'sandboxuser', ip: '127.0.0.1' })
    const response = await firm.signed('/sso-browser-sessions', await firm.token(now), body)
    const url = await member(response, 'url')
    expect(await winners(() => sandbox.fetch(url))).toBe(1)
  })

  it('an assertion with jti', async () => {
    const client_assertion = await firm.assertion(now, { jti: 'once' })
    expect(await winners(() => firm.askToken(now, { client_assertion }))).toBe(1)
  })

  it('a nonce', async () => {
    const parameters = { oauth_nonce: 'onceonceonceonce' }
    expect(await winners(() => user.call('/tickle', {}, { now, parameters }))).toBe(1)
  })
})

describe('what was not issued opens nothing', () => {
  /** The text with each of its characters changed in turn, shortened and lengthened. */
  const forged = (text: string): string[] => [
    ...Array.from(text, (character, at) => {
      const other = character === '0' ? '1' : '0'
      return text.slice(0, at) + other + text.slice(at + 1)
    }),
    text.slice(0, -1),
    `${text}0`,
    text.toUpperCase(),
  ]

  it('no bearer of an SSO session', async () => {
    const bearer = await bearerOf()
    expect((await firm.get('/v1/api/tickle', bearer)).status).toBe(200)
    for (const text of forged(bearer)) {
      if (text === bearer) continue
      expect([text, (await firm.get('/v1/api/tickle', text)).status]).toEqual([text, 401])
    }
  })

  it('no access token', async () => {
    const token = await firm.token(now)
    for (const text of forged(token)) {
      if (text === token) continue
      expect([text, (await firm.get('/gw/api/v1/echo/https', text)).status]).toEqual([text, 401])
    }
  })

  it('no key of a user, and no code', async () => {
    const key = await shop.key()
    const code = await shop.code()
    for (const text of forged(key)) {
      if (text !== key) expect([text, (await shop.user(text)).status]).toEqual([text, 401])
    }
    for (const text of forged(code)) {
      if (text !== code) expect([text, (await shop.token(text)).status]).toEqual([text, 400])
    }
  })
})

describe('nothing of a request comes back as markup', () => {
  const markup = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`
  const encoded = encodeURIComponent(markup)

  it.each([
    `/?x=${encoded}`,
    `/${encoded}`,
    `/callback?oauth_verifier=${encoded}`,
    `/authorize?oauth_token=${encoded}`,
    `/portal?x=${encoded}`,
    `/ultracart/login?id=${encoded}`,
    `/ultracart/callback?code=${encoded}&state=${encoded}`,
    `/ultracart/callback?error=${encoded}`,
    `/sso/resolver?SID=${encoded}&ACTION=${encoded}`,
  ])('%s', async (path) => {
    const response = await sandbox.fetch(origin + path)
    const text = await response.text()
    expect(text).not.toContain('<script')
    expect(text).not.toContain('<img')
  })
})

describe('answers that hold a token', () => {
  const closed = ({ status, headers }: Response) => [
    status,
    headers.get('cache-control'),
    headers.get('x-content-type-options'),
  ]

  it('are neither stored nor sniffed', async () => {
    const right = [200, 'no-store', 'nosniff']
    expect(closed((await user.requestToken({ now })).response)).toEqual(right)
    expect(closed(await postSigned('/oauth/request_token', { oauth_callback: 'oob' }))).toEqual(
      right,
    )
    const client_assertion = await firm.assertion(now, { jti: crypto.randomUUID() })
    expect(closed(await firm.askToken(now, { client_assertion }))).toEqual(right)
    const body = await firm.body(now, { credential: 'sandboxuser', ip: '127.0.0.1' })
    const token = await firm.token(now)
    expect(closed(await firm.signed('/sso-sessions', token, body))).toEqual(right)
    expect(closed(await firm.signed('/sso-browser-sessions', token, body))).toEqual(right)
    expect(closed(await shop.authorize())).toEqual(right)
    expect(closed(await shop.token(await shop.code()))).toEqual(right)
    await user.handshake({ now })
  })
})

describe('limits are exact', () => {
  it('a clock 120 s off is taken, 121 s is not', async () => {
    for (const [seconds, status] of [
      [120, 200],
      [-120, 200],
      [121, 401],
      [-121, 401],
    ] as const) {
      const response = await user.call('/tickle', {}, { now: now + seconds * 1000 })
      expect([seconds, response.status]).toEqual([seconds, status])
    }
  })

  it('a nonce of 128 characters is taken, one of 129 is not', async () => {
    for (const [length, status] of [
      [128, 200],
      [129, 401],
    ] as const) {
      const parameters = { oauth_nonce: 'n'.repeat(length) }
      const response = await user.call('/tickle', {}, { now, parameters })
      expect([length, response.status]).toEqual([length, status])
    }
  })

  it('a brokerage session lives through six idle minutes, and not a millisecond more', async () => {
    const bearer = await bearerOf()
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    await firm.post('/v1/api/iserver/auth/ssodh/init', '{"publish":true,"compete":true}', headers)
    now += 360_000
    expect((await firm.get('/v1/api/iserver/accounts', bearer)).status).toBe(200)
    now += 360_001
    expect((await firm.get('/v1/api/iserver/accounts', bearer)).status).toBe(400)
    await user.handshake({ now })
  })

  it('a code of UltraCart lives for 60 s', async () => {
    for (const [age, status] of [
      [59_999, 200],
      [60_000, 400],
    ] as const) {
      const code = await shop.code()
      now += age
      expect([age, (await shop.token(code)).status]).toEqual([age, status])
    }
  })

  it('a state has 1,024 characters, a redirect URI 2,000', async () => {
    const { redirectUri } = sandbox.credentials.ultracart
    const loopback = 'http://127.0.0.1/'
    for (const [body, status] of [
      [{ redirect_uri: redirectUri, state: 's'.repeat(1024) }, 200],
      [{ redirect_uri: redirectUri, state: 's'.repeat(1025) }, 400],
      [{ redirect_uri: loopback.padEnd(2000, 'r') }, 200],
      [{ redirect_uri: loopback.padEnd(2001, 'r') }, 400],
    ] as const) {
      expect((await shop.authorize({ body })).status).toBe(status)
    }
  })

  it('a form that is signed has 16,384 characters', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const [length, status] of [
      [16_384, 401],
      [16_385, 413],
    ] as const) {
      const body = 'a='.padEnd(length, 'b')
      const response = await user.call(
        '/tickle',
        { method: 'POST', headers, body },
        { now, method: 'GET' },
      )
      expect([length, response.status]).toEqual([length, status])
    }
  })
})

describe('auth/status', () => {
  it('answers GET as it does POST, and can be made to fail with a 200', async () => {
    const bearer = await bearerOf()
    const path = '/v1/api/iserver/auth/status'
    const headers = { authorization: `Bearer ${bearer}` }
    const shown = await (await firm.get(path, bearer)).json()
    expect(await (await firm.post(path, '', headers)).json()).toEqual(shown)
    const value = { fail: 'no session', message: 'log in again' }
    for (const [kind, init] of [
      [path, { method: 'GET' }],
      [
        '/v1/api/iserver/auth/ssodh/init',
        { method: 'POST', body: '{"publish":true,"compete":true}' },
      ],
    ] as const) {
      sandbox.fault({ path: kind, kind: 'merge-patch', value })
      const response = await sandbox.fetch(origin + kind, {
        ...init,
        headers: { ...headers, 'content-type': 'application/json' },
      })
      expect([response.status, await response.json()]).toEqual([
        200,
        expect.objectContaining(value),
      ])
    }
  })
})

describe('TESTCONS', () => {
  const { oauth1 } = testCredentials.ibkr
  const withOwn = (consumerKey: string, realm: string) =>
    createSandbox({
      origin,
      credentials: {
        ibkr: { baseUrl: origin, oauth1: { ...oauth1, consumerKey, realm } },
      },
    })

  it('signs in in its own realm only', async () => {
    const test = await withOwn('TESTCONS', 'test_realm')
    const credentials = test.credentials.ibkr.oauth1
    await new TestClient(credentials, test.fetch).handshake()
    const other = new TestClient({ ...credentials, realm: 'limited_poa' }, test.fetch)
    expect((await other.requestToken()).response.status).toBe(401)
    expect(test.requests.at(-1)?.refused).toBe('realm: the realm of this consumer is test_realm')
  })

  it('and its realm are not given apart', async () => {
    for (const [consumerKey, realm] of [
      ['TESTCONS', 'limited_poa'],
      ['SANDBOXAB', 'test_realm'],
    ] as const) {
      await expect(withOwn(consumerKey, realm)).rejects.toMatchObject({
        code: 'SANDBOX_OPTION_INVALID',
        option: 'credentials.ibkr.oauth1.realm',
      })
    }
  })
})
