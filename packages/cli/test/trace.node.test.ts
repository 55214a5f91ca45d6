/** What `--verbose` writes of one exchange, line by line. */
import { expect, it } from 'vitest'
import { type TraceOptions, tracedFetch } from '../src/internal/request/trace.ts'

async function trace(
  [url, init]: readonly [url: string, init?: RequestInit],
  response: Response,
  options: Partial<TraceOptions> = {},
) {
  const lines: string[] = []
  const fetch = tracedFetch(async () => response, {
    say: (line) => lines.push(line.replace(/\(\d+ ms\)$/, '(0 ms)')),
    querySigning: undefined,
    hidden: [],
    secrets: [],
    ...options,
  })
  expect(await fetch(url, init)).toBe(response)
  return lines
}

const OAUTH = [
  'OAuth realm="limited_poa"',
  'oauth_consumer_key="CONSUMERX"',
  'oauth_nonce="ab"',
  'oauth_signature="c2lnbmF0dXJl%3D"',
  'oauth_signature_method="HMAC-SHA256"',
  'oauth_timestamp="1700000000"',
  'oauth_token="a1b2c3d4e5f6"',
].join(', ')
const HIDDEN = OAUTH.replace('c2lnbmF0dXJl%3D', '[hidden]').replace('a1b2c3d4e5f6', '[hidden]')
const SIGNED =
  'oauth_consumer_key%3DCONSUMERX%26oauth_nonce%3Dab%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1700000000%26oauth_token%3D[hidden]'

it('of a signed request, its base string too', async () => {
  const headers = { authorization: OAUTH, accept: '*/*' }
  const answer = new Response('{}', {
    status: 200,
    statusText: 'OK',
    headers: {
      'content-type': 'application/json',
      'set-cookie': 'a=b',
      'x-session': 'of-mine',
      'x-echo': 'a1b2c3d4e5f6 c2lnbmF0dXJl= c2lnbmF0dXJl%3D',
    },
  })
  expect(await trace(['https://api.ibkr.com/v1/api/x?a=1', { headers }], answer)).toEqual([
    '> GET https://api.ibkr.com/v1/api/x?a=1',
    '> accept: */*',
    `> authorization: ${HIDDEN}`,
    `> signature base string: GET&https%3A%2F%2Fapi.ibkr.com%2Fv1%2Fapi%2Fx&${SIGNED}`,
    '< 200 OK (0 ms)',
    '< content-type: application/json',
    '< set-cookie: [hidden]',
    '< x-echo: [hidden] [hidden] [hidden]',
    '< x-session: [hidden]',
  ])
})

it('of a query that is signed as it stands', async () => {
  const request = [
    'https://api.ibkr.com/v1/api/x?a=1',
    { headers: { authorization: OAUTH } },
  ] as const
  const lines = await trace(request, new Response(), { querySigning: 'wire' })
  expect(lines).toContain(
    `> signature base string: GET&https%3A%2F%2Fapi.ibkr.com%2Fv1%2Fapi%2Fx&a%3D1%26${SIGNED}`,
  )
})

it('of the request for the live session token without the secret before it', async () => {
  const authorization = `${OAUTH}, diffie_hellman_challenge="1f"`
  const url = 'https://api.ibkr.com/v1/api/oauth/live_session_token'
  const init = { method: 'POST', headers: { authorization } }
  expect((await trace([url, init], new Response()))[2]).toBe(
    `> signature base string: [decrypted secret in hex, hidden]POST&${encodeURIComponent(url)}&diffie_hellman_challenge%3D1f%26${SIGNED}`,
  )
})

it('of a bearer and of headers that a person gave', async () => {
  const headers = {
    authorization: 'Bearer eyJhbGciOi.abc',
    'x-mine': 'one-of-mine; two-of-mine',
    'x-api-key': 'key-of-mine',
    cookie: 'name=cookie-of-mine',
    'user-agent': 'mine',
  }
  const echo = 'eyJhbGciOi.abc, one-of-mine, two-of-mine, key-of-mine, cookie-of-mine, name'
  const answer = new Response(null, { status: 204, headers: { 'x-echo': echo } })
  const hidden = ['x-mine', 'user-agent']
  expect(await trace(['https://a.example/', { headers }], answer, { hidden })).toEqual([
    '> GET https://a.example/',
    '> authorization: Bearer [hidden]',
    '> cookie: [hidden]',
    '> user-agent: mine',
    '> x-api-key: [hidden]',
    '> x-mine: [hidden]',
    '< 204 (0 ms)',
    '< x-echo: [hidden], [hidden], [hidden], [hidden], [hidden], name',
  ])
})

it('of an address without its user and without what a query proves', async () => {
  const url = 'https://a.example/x?conid=1&session_token=aaa&%61pi_key=bbb&flag&code=&q=token'
  const lines = await trace([url], new Response(), { secrets: ['conid-secret', 'short'] })
  expect(lines[0]).toBe(
    '> GET https://a.example/x?conid=1&session_token=[hidden]&%61pi_key=[hidden]&flag&code=[hidden]&q=token',
  )
})

it('of an answer that repeats a secret of the configuration', async () => {
  const answer = new Response(null, { headers: { 'x-echo': 'it is secret-of-file; short' } })
  const lines = await trace(['https://a.example/'], answer, {
    secrets: ['secret-of-file', 'short'],
  })
  // A short one would hide words that are none.
  expect(lines.at(-1)).toBe('< x-echo: it is [hidden]; short')
})

it.each([
  '__Host-session',
  'x-auth',
  'location',
  'www-authenticate',
  'x-csrf-token',
  'x-secret',
  'etag-key',
])('of an answer not the header %s', async (name) => {
  const lines = await trace(
    ['https://a.example/'],
    new Response(null, { headers: { [name]: 'v' } }),
  )
  expect(lines.at(-1)).toBe(`< ${name.toLowerCase()}: [hidden]`)
})
