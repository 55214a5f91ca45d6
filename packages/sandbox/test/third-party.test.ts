import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { authorize, encode, rsaSigner, type SignOptions, TestClient } from './signer.ts'

const origin = 'http://127.0.0.1:8787'
const callback = 'https://app.example.com/cb?state=a%20b&x=1'
let now = 1_800_000_000_000
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox({ origin, callback, now: () => now, credentials: testCredentials })
})

const reason = () => sandbox.requests.at(-1)?.refused ?? ''
const form = { 'content-type': 'application/x-www-form-urlencoded' }

async function post(
  path: string,
  parameters: Record<string, string>,
  options: Partial<SignOptions> = {},
  who: { consumerKey: string; realm: string } = sandbox.thirdParty,
): Promise<Response> {
  const url = path.startsWith('http') ? path : sandbox.thirdParty.baseUrl + path
  const { header } = await authorize(
    who,
    { method: 'POST', now, ...options, url, parameters },
    'RSA-SHA256',
    await rsaSigner(sandbox.thirdParty.signatureKey),
  )
  return sandbox.fetch(url, { method: 'POST', headers: { authorization: header } })
}

async function requestToken(oauth_callback = 'oob'): Promise<string> {
  const response = await post('/oauth/request_token', { oauth_callback })
  expect(response.status).toBe(200)
  return (await response.json()).oauth_token
}

const show = (token: string, extra = '') =>
  sandbox.fetch(`${origin}/authorize?oauth_token=${token}${extra}`)

async function formToken(token: string): Promise<string> {
  const text = await (await show(token)).text()
  return /name="form_token" value="([0-9a-f]{32})"/.exec(text)?.[1] ?? ''
}

const decide = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  sandbox.fetch(`${origin}/authorize`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...form, ...headers },
    body: new URLSearchParams(fields).toString(),
  })

async function approve(token: string): Promise<string> {
  const form_token = await formToken(token)
  const response = await decide({ oauth_token: token, form_token, decision: 'approve' })
  expect(response.status).toBe(302)
  const location = new URL(response.headers.get('location') ?? '')
  expect(location.origin + location.pathname).toBe('https://app.example.com/cb')
  expect(location.searchParams.get('state')).toBe('a b')
  expect(location.searchParams.get('oauth_token')).toBe(token)
  return location.searchParams.get('oauth_verifier') ?? ''
}

describe('the third-party flow', () => {
  it('goes from a request token over consent to an access token that works', async () => {
    const token = await requestToken(encode(callback))
    const oauth_verifier = await approve(token)
    const response = await post('/oauth/access_token', { oauth_token: token, oauth_verifier })
    const body = await response.json()
    expect([response.status, body]).toEqual([
      200,
      {
        is_paper: true,
        oauth_token: expect.stringMatching(/^SANDBOX/),
        oauth_token_secret: expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/),
      },
    ])
    const client = new TestClient(
      {
        ...sandbox.thirdParty,
        accessToken: body.oauth_token,
        accessTokenSecret: body.oauth_token_secret,
      },
      sandbox.fetch,
    )
    await client.handshake({ now })
    expect((await client.call('/portfolio/accounts', {}, { now })).status).toBe(200)
    expect(sandbox.counts).toMatchObject({ requestTokens: 1, accessTokens: 1, handshakes: 1 })
  })

  it('works on the older base, where the callback is oob', async () => {
    const { legacyBaseUrl } = sandbox.thirdParty
    const old = `${legacyBaseUrl}/oauth/request_token`
    const refused = await post(old, { oauth_callback: encode(callback) })
    expect([refused.status, reason()]).toEqual([401, expect.stringMatching(/^callback: /)])
    const { oauth_token } = await (await post(old, { oauth_callback: 'oob' })).json()
    const oauth_verifier = await approve(oauth_token)
    const exchange = `${legacyBaseUrl}/oauth/access_token`
    const body = await (await post(exchange, { oauth_token, oauth_verifier })).json()
    expect(Object.keys(body)).toEqual(['oauth_token', 'oauth_token_secret'])
  })

  it('is closed to first parties', async () => {
    const first = sandbox.credentials.ibkr.oauth1
    const response = await post('/oauth/request_token', { oauth_callback: 'oob' }, {}, first)
    expect([response.status, await response.json()]).toEqual([
      401,
      { error: expect.stringMatching(/^id: \d+, error: invalid consumer$/), statusCode: 401 },
    ])
  })

  it('names what is missing, and refuses other callbacks', async () => {
    const missing = await post('/oauth/request_token', {})
    expect([missing.status, (await missing.json()).error]).toEqual([
      400,
      expect.stringContaining('missing parameter oauth_callback'),
    ])
    const other = await post('/oauth/request_token', {
      oauth_callback: encode('https://evil.example/'),
    })
    expect([other.status, reason()]).toEqual([401, expect.stringMatching(/^callback: /)])
    const raw = await post('/oauth/request_token', { oauth_callback: callback })
    expect([raw.status, reason()]).toEqual([
      401,
      expect.stringMatching(/^readings: oauth_callback/),
    ])
  })
})

describe('an access token is refused', () => {
  const exchange = async (oauth_token: string, oauth_verifier: string) => {
    const response = await post('/oauth/access_token', { oauth_token, oauth_verifier })
    return [response.status, reason()]
  }

  it('before consent, with another verifier, twice, for an unknown token', async () => {
    const token = await requestToken()
    expect(await exchange(token, 'x')).toEqual([401, expect.stringMatching(/consent page/)])
    const verifier = await approve(token)
    expect(await exchange(token, 'x')).toEqual([401, expect.stringMatching(/^verifier: /)])
    expect(await exchange(token, verifier)).toEqual([200, ''])
    expect(await exchange(token, verifier)).toEqual([401, expect.stringMatching(/exchanged once/)])
    expect(await exchange('nothing', 'x')).toEqual([401, expect.stringMatching(/^token: /)])
  })

  it('after ten minutes', async () => {
    const token = await requestToken()
    const verifier = await approve(token)
    now += 600_000
    expect(await exchange(token, verifier)).toEqual([401, expect.stringMatching(/expired/)])
  })
})

describe('the consent page', () => {
  it('says what it is, in accessible HTML with strict headers', async () => {
    const response = await show(await requestToken())
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'; form-action 'self' https:\/\/app.example.com$/,
    )
    expect(text).toMatch(/^<!doctype html>\s*<html lang="en">/)
    expect(text).toMatch(/<title>SANDBOX: /)
    expect(text).toContain('This is not Interactive Brokers')
    expect(text).toMatch(/<button type="submit" name="decision" value="approve">Approve/)
    expect(text).toContain(sandbox.thirdParty.consumerKey)
  })

  it('leads back on a refusal, without a verifier', async () => {
    const token = await requestToken()
    const form_token = await formToken(token)
    const response = await decide({ oauth_token: token, form_token, decision: 'refuse' })
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.searchParams.get('oauth_problem')).toBe('user_refused')
    expect(location.searchParams.has('oauth_verifier')).toBe(false)
    expect((await show(token)).status).toBe(400)
  })

  it('is safe from other sites', async () => {
    const token = await requestToken()
    const fields = { oauth_token: token, decision: 'approve' }
    expect((await decide({ ...fields, form_token: '0'.repeat(32) })).status).toBe(403)
    expect(reason()).toMatch(/^form-token: /)
    const another = await requestToken()
    const other = await formToken(another)
    expect((await decide({ ...fields, form_token: other })).status).toBe(403)
    // It was of no use here, and is not used up.
    const decided = await decide({ ...fields, oauth_token: another, form_token: other })
    expect(decided.status).toBe(302)
    const own = await formToken(token)
    expect((await decide({ ...fields, form_token: own })).status).toBe(302)
    expect((await decide({ ...fields, form_token: own })).status).toBe(403)
  })

  it('takes only the registered redirect_uri, and known tokens, escaped', async () => {
    const token = await requestToken()
    expect((await show(token, `&redirect_uri=${encodeURIComponent(callback)}`)).status).toBe(200)
    expect((await show(token, '&redirect_uri=https%3A%2F%2Fevil.example')).status).toBe(400)
    const unknown = await show('%3Cscript%3E')
    expect(unknown.status).toBe(400)
    expect(await unknown.text()).not.toContain('<script>')
  })

  it('has a default callback page that escapes what it shows', async () => {
    const bare = await createSandbox({
      origin,
      now: () => now,
      credentials: sandbox.credentials,
      callback: `${origin}/callback`,
    })
    const page = await bare.fetch(`${origin}/callback?oauth_verifier=%3Cb%3E1`)
    expect(await page.text()).toContain('<output id="verifier">&lt;b&gt;1</output>')
  })
})
