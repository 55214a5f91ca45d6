/** The third-party flow on the current and the legacy base, and what it refuses. */
import { createIbkrOAuth1, createIbkrOAuth1Authorization } from '@isoauth/ibkr-oauth1'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { type Fetch, ORIGIN, rejection } from './support.ts'

const callback = 'https://app.example.com/cb?state=a%20b&x=1'
let sandbox: Sandbox
let fetch: Fetch

beforeAll(async () => {
  sandbox = await createSandbox({ origin: ORIGIN, callback, credentials: testCredentials })
  fetch = sandbox.fetch
})

type Options = Partial<Parameters<typeof createIbkrOAuth1Authorization>[0]>
const authorize = (options: Options = {}) =>
  createIbkrOAuth1Authorization({
    ...sandbox.thirdParty,
    callback: 'oob',
    fetch: fetch as never,
    ...options,
  })

/** Plays the person: opens the consent page and presses a button; gives the callback URL. */
async function decide(page: URL, decision: 'approve' | 'refuse'): Promise<string> {
  const html = await (await fetch(page)).text()
  const form_token = /name="form_token" value="(\w+)"/.exec(html)?.[1] ?? ''
  const oauth_token = page.searchParams.get('oauth_token') ?? ''
  const body = new URLSearchParams({ oauth_token, form_token, decision })
  const response = await fetch(page, { method: 'POST', body, redirect: 'manual' })
  return response.headers.get('location') ?? ''
}

describe.each([
  ['the current base', () => ({})],
  ['the current base with a callback URL', () => ({ callback })],
  ['the legacy base', () => ({ baseUrl: sandbox.thirdParty.legacyBaseUrl })],
  [
    'the legacy base with a JSON body',
    () => ({ baseUrl: sandbox.thirdParty.legacyBaseUrl, parameterTransport: 'json-body' as const }),
  ],
])('on %s', (_, optionsOf) => {
  it('goes from the request token to a signed call', async () => {
    const options = optionsOf()
    const authorization = authorize(options)
    const { requestToken } = await authorization.requestToken()
    const page = authorization.authorizeUrl({ requestToken })
    expect(page.href).toBe(`${ORIGIN}/authorize?oauth_token=${requestToken}`)
    const returned = await decide(page as URL, 'approve')
    const { verifier } = authorization.validateCallback(returned, { requestToken })
    const granted = await authorization.accessToken({ requestToken, verifier })
    expect(granted.accessToken).toMatch(/^SANDBOX/)
    const client = createIbkrOAuth1({
      ...sandbox.thirdParty,
      ...options,
      ...granted,
      fetch: fetch as never,
    })
    const isLegacy = 'baseUrl' in options
    const path = isLegacy ? '/accounts' : '/portfolio/accounts'
    expect((await client.fetch(path)).status).toBe(200)
    expect('isPaper' in granted).toBe(!isLegacy)
  })
})

describe('the callback', () => {
  const requestToken = 'request-token'
  const validate = (url: string | URL) => authorize().validateCallback(url, { requestToken })
  const codeOf = (url: string | URL) => {
    try {
      validate(url)
    } catch (error) {
      return (error as { code?: string }).code
    }
    return undefined
  }

  it.each([
    ['with the token', 'https://app.example.com/cb?oauth_token=request-token&oauth_verifier=v'],
    ['without the token', 'https://app.example.com/cb?state=1&oauth_verifier=v'],
    ['as path and query', '/cb?oauth_verifier=v'],
    ['as a URL', new URL('https://app.example.com/cb?oauth_verifier=v')],
  ])('gives the verifier %s', (_, url) => {
    expect(validate(url)).toEqual({ verifier: 'v' })
  })

  const WRONG = {
    MISMATCH: [
      ['another request token', '/cb?oauth_token=other&oauth_verifier=v'],
      ['another token and a refusal', '/cb?oauth_token=other&denied=1'],
    ],
    INVALID: [
      ['no verifier', '/cb?oauth_token=request-token'],
      ['an empty verifier', '/cb?oauth_verifier='],
      ['a verifier of a blank', '/cb?oauth_verifier=+'],
      ['a verifier with a control character', '/cb?oauth_verifier=a%00b'],
      ['a verifier that ends with a line break', '/cb?oauth_verifier=a%0A'],
      ['two verifiers', '/cb?oauth_verifier=a&oauth_verifier=b'],
      ['two tokens', '/cb?oauth_token=request-token&oauth_token=x&oauth_verifier=b'],
      ['nothing', ''],
      ['no URL', 'https://'],
      ['undefined', undefined as never],
    ],
    REFUSED: [
      ['a refusal', '/cb?denied=request-token'],
      ['an error', '/cb?error=access_denied'],
    ],
  } as const
  it.each(
    Object.entries(WRONG).flatMap(([code, rows]) =>
      rows.map(([what, url]) => [what, url, code] as const),
    ),
  )('is refused for %s', (_, url, code) => {
    expect(codeOf(url)).toBe(`IBKR_OAUTH1_CALLBACK_${code}`)
  })

  it('of a person who refused is told as such', async () => {
    const authorization = authorize()
    const { requestToken } = await authorization.requestToken()
    const url = await decide(authorization.authorizeUrl({ requestToken }) as URL, 'refuse')
    expect(() => authorization.validateCallback(url, { requestToken })).toThrowError(
      expect.objectContaining({ code: 'IBKR_OAUTH1_CALLBACK_REFUSED' }),
    )
  })
})

describe('what goes wrong', () => {
  it('a verifier that is spent, wrong or missing', async () => {
    const authorization = authorize()
    const { requestToken } = await authorization.requestToken()
    const wrong = await rejection(authorization.accessToken({ requestToken, verifier: 'wrong' }))
    expect(wrong).toMatchObject({ code: 'IBKR_OAUTH1_UNAUTHORIZED', status: 401 })
    const none = await rejection(authorization.accessToken({ requestToken, verifier: '' }))
    expect(none).toMatchObject({ code: 'IBKR_OAUTH1_OPTION_INVALID', option: 'verifier' })
  })

  it('a refused signature names what this call has of its own', async () => {
    const other = authorize({ signatureKey: sandbox.thirdParty.encryptionKey })
    for (const [call, cause] of [
      [() => other.requestToken(), /The clock is right: look for .*signatureKey.* callback that/],
      [
        () => other.accessToken({ requestToken: 'a', verifier: 'b' }),
        /The clock is right: look for a requestToken or verifier that was used before.*signatureKey/,
      ],
    ] as const) {
      const error = await rejection(call())
      expect(error).toMatchObject({ code: 'IBKR_OAUTH1_UNAUTHORIZED', status: 401 })
      expect(error['message']).toMatch(cause)
      expect(error['message']).not.toMatch(/dhParameters|newer accessToken/)
    }
  })

  it('a callback that is not registered, in the broker’s words, of which a callback has some too', async () => {
    const unknown = 'https://other.example.com/callback?state=hush-hush'
    const error = await rejection(authorize({ callback: unknown }).requestToken())
    expect(error['message']).toMatch(/It says: .*invalid callback\. .*a callback that is not/)
    expect(error['message']).toMatch(/'oob'.*legacy/)
    expect(error['message']).not.toMatch(/signature|keys|clock/)
  })

  it('a callback that comes back with its query is not shown', async () => {
    const body = 'no such callback: https://app.example.com/cb?state=a%20b&x=1'
    sandbox.fault({ path: '/oauth/request_token', kind: 'respond', value: { status: 400, body } })
    const error = await rejection(authorize({ callback }).requestToken())
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_REFUSED', status: 400 })
    expect(error['message']).not.toContain('It says')
  })

  it('a first-party consumer', async () => {
    const authorization = authorize(sandbox.credentials.ibkr.oauth1)
    const error = await rejection(authorization.requestToken())
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_CONSUMER_INVALID' })
  })

  it('a clock an hour off is repaired by one extra request', async () => {
    const before = sandbox.counts.requests
    await authorize({ now: () => Date.now() - 3_600_000 }).requestToken()
    expect(sandbox.counts.requests - before).toBe(2)
  })

  it.each([
    ['{}', 'oauth_token'],
    ['{"oauth_token":""}', 'oauth_token'],
    ['{"oauth_token":5}', 'oauth_token'],
    ['{"oauth_token":null}', 'oauth_token'],
    ['{"oauth_token":" "}', 'oauth_token'],
    [String.raw`{"oauth_token":"a\u0000b"}`, 'oauth_token'],
    [String.raw`{"oauth_token":"a\ud800b"}`, 'oauth_token'],
    ['oauth_token=a', 'JSON object'],
  ])('the answer %s', async (body, word) => {
    sandbox.fault({ path: '/oauth/request_token', kind: 'respond', value: { status: 200, body } })
    const error = await rejection(authorize().requestToken())
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_RESPONSE_INVALID', status: 200 })
    expect(error['message']).toContain(word)
  })

  it('a token with a line break at its end is taken without it, as the next step wants it', async () => {
    const value = { status: 200, body: JSON.stringify({ oauth_token: ' \n request-token \n' }) }
    sandbox.fault({ path: '/oauth/request_token', kind: 'respond', value })
    const authorization = authorize()
    const { requestToken } = await authorization.requestToken()
    expect(requestToken).toBe('request-token')
    expect(authorization.authorizeUrl({ requestToken }).href).toContain('=request-token')
  })

  it('an access token without its secret', async () => {
    const body = '{"oauth_token":"a"}'
    sandbox.fault({ path: '/oauth/access_token', kind: 'respond', value: { status: 200, body } })
    const call = authorize().accessToken({ requestToken: 'a', verifier: 'b' })
    expect((await rejection(call))['message']).toContain('oauth_token_secret')
  })

  it('takes a secret whose base64 is wrapped, as the next step wants it', async () => {
    const fields = { oauth_token: 'a', oauth_token_secret: `${'c2Vj'.repeat(19)}\r\ncmV0\n` }
    const value = { status: 200, body: JSON.stringify(fields) }
    sandbox.fault({ path: '/oauth/access_token', kind: 'respond', value })
    const granted = await authorize().accessToken({ requestToken: 'a', verifier: 'b' })
    expect(granted.accessTokenSecret).toBe(`${'c2Vj'.repeat(19)}cmV0`)
  })

  it('takes is_true of the vendor’s schema for is_paper', async () => {
    const fields = { oauth_token: 'a', oauth_token_secret: 'c2VjcmV0', is_true: false }
    const value = { status: 200, body: JSON.stringify(fields) }
    sandbox.fault({ path: '/oauth/access_token', kind: 'respond', value })
    const granted = await authorize().accessToken({ requestToken: 'a', verifier: 'b' })
    expect(granted).toEqual({ accessToken: 'a', accessTokenSecret: 'c2VjcmV0', isPaper: false })
  })

  it('an aborted call', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    expect((await rejection(authorize().requestToken({ signal })))['message']).toBe('enough')
  })
})

it('adds the redirect URI to the consent page where one is given', () => {
  const redirectUri = 'https://app.example.com/cb?x=1'
  const url = authorize().authorizeUrl({ requestToken: 'a b', redirectUri })
  expect((url as URL).searchParams.get('redirect_uri')).toBe(redirectUri)
  const standard = createIbkrOAuth1Authorization(sandbox.thirdParty)
  expect(standard.authorizeUrl({ requestToken: 'a' }).toString()).toContain(
    '/authorize?oauth_token=a',
  )
})
