/** What the inspector reads out of a header alone: each finding, what it stands for, and whether a server refuses by it. */
import type { BaseStringParts, RequestToInspect } from '@isoauth/cli/inspect'
import { inspect, placeOf } from '@isoauth/cli/inspect'
import { createSandbox } from '@isoauth/sandbox'
import { beforeAll, expect, it } from 'vitest'
import type { HandshakeSession } from '../../../apps/demo-web/src/page/handshake/handshake.ts'
import { createRunner } from '../../../apps/demo-web/src/page/handshake/runner.ts'
import { EXAMPLES } from '../../../apps/demo-web/src/page/inspector/examples.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'

const NOW = 1_790_000_000_000
/** Right requests: for a protected resource, and for the live session token. */
const right: RequestToInspect[] = []

beforeAll(async () => {
  const origin = 'http://127.0.0.1:8787'
  const sandbox = await createSandbox({ origin, credentials: testCredentials })
  const runner = createRunner({ origin, fetch: sandbox.fetch, mistake: 'none' })
  while (runner.next) await runner.run()
  for (const { id, make } of EXAMPLES) {
    if (id === '') right.push(await make(runner.session as HandshakeSession, NOW))
  }
})

type Written = readonly [pattern: RegExp, by: string]
type Found = readonly [id: string, severity: 'fault' | 'note', of?: string, expected?: string]

const NONCE = /oauth_nonce="[^"]*"/
const TIMESTAMP = /oauth_timestamp="[^"]*"/
const SIGNATURE = /oauth_signature="[^"]*"/
const METHOD = /oauth_signature_method="[^"]*"/
const REALM = /realm="[^"]*"/
const signature = (value: string): Written => [SIGNATURE, `oauth_signature="${value}"`]
const base64 = (bytes: number) => btoa('x'.repeat(bytes))

it.each<[string, 0 | 1, Written, readonly Found[]]>([
  ['nothing', 0, [/$/, ''], []],
  ['nothing, in the request for a token', 1, [/$/, ''], []],
  ['another scheme', 0, [/^OAuth/, 'Oauth'], [['scheme', 'fault', 'scheme', 'OAuth']]],
  ['no realm', 0, [/realm="[^"]*", ?/, ''], [['realm-missing', 'fault']]],
  ['the realm of TESTCONS', 0, [REALM, 'realm="test_realm"'], []],
  ['another realm', 0, [REALM, 'realm="paper"'], [['realm-unusual', 'note']]],
  ['no nonce', 0, [/oauth_nonce="[^"]*", ?/, ''], [['parameter-missing', 'fault']]],
  ['a nonce twice', 0, [NONCE, '$&, $&'], [['parameter-twice', 'fault']]],
  ['a nonce of other characters', 0, [NONCE, 'oauth_nonce="a-b_c"'], [['nonce-form', 'note']]],
  ['a quote that stands alone', 0, [/$/, ', "'], [['pair-form', 'fault']]],
  [
    'another method of signing',
    0,
    [METHOD, 'oauth_signature_method="HMAC-SHA1"'],
    [['signature-method', 'fault', 'oauth_signature_method', 'HMAC-SHA256']],
  ],
  [
    'the method of the other calls',
    1,
    [METHOD, 'oauth_signature_method="HMAC-SHA256"'],
    [['signature-method', 'fault', 'oauth_signature_method', 'RSA-SHA256']],
  ],
  [
    'a time in milliseconds',
    0,
    [TIMESTAMP, 'oauth_timestamp="1790000000123"'],
    [['timestamp-milliseconds', 'fault', 'oauth_timestamp', '1790000000']],
  ],
  ['a time in words', 0, [TIMESTAMP, 'oauth_timestamp="now"'], [['timestamp-form', 'fault']]],
  [
    'a time of eleven digits',
    0,
    [TIMESTAMP, 'oauth_timestamp="17900000001"'],
    [['timestamp-form', 'fault']],
  ],
  ['two minutes behind', 0, [TIMESTAMP, 'oauth_timestamp="1789999880"'], []],
  [
    'more than two minutes behind',
    0,
    [TIMESTAMP, 'oauth_timestamp="1789999879"'],
    [['clock-off', 'fault']],
  ],
  [
    'more than two minutes ahead',
    0,
    [TIMESTAMP, 'oauth_timestamp="1790000121"'],
    [['clock-off', 'fault']],
  ],
  [
    'a raw signature',
    0,
    signature(`${'++++'.repeat(10)}+++=`),
    [['signature-raw', 'fault', 'oauth_signature', `${'%2B%2B%2B%2B'.repeat(10)}%2B%2B%2B%3D`]],
  ],
  [
    'a signature escaped twice',
    0,
    signature(`${'a'.repeat(43)}%253D`),
    [['signature-escaped-twice', 'fault', 'oauth_signature', `${'a'.repeat(43)}%3D`]],
  ],
  [
    'a signature with line breaks',
    0,
    signature(`${'a'.repeat(20)}%0D%0A${'a'.repeat(23)}%3D`),
    [['signature-line-breaks', 'fault', 'oauth_signature', `${'a'.repeat(43)}%3D`]],
  ],
  [
    'a signature of base64url',
    0,
    signature(`-_${'a'.repeat(41)}%3D`),
    [['signature-base64url', 'fault', 'oauth_signature', `%2B%2F${'a'.repeat(41)}%3D`]],
  ],
  [
    'a signature of 20 bytes',
    0,
    signature(`${'a'.repeat(27)}%3D`),
    [['signature-length', 'fault']],
  ],
  ['a signature in hex', 0, signature('ab'.repeat(32)), [['signature-length', 'fault']]],
  ['a signature cut off', 0, signature('a'.repeat(42)), [['signature-length', 'fault']]],
  [
    'a signature of RSA that is shorter than any key',
    1,
    signature(base64(255)),
    [['signature-length', 'fault']],
  ],
  ['a signature of a key of 3,072 bits', 1, signature(base64(384)), []],
  ['a raw value', 1, [/oauth_token="/, 'oauth_token=":'], [['value-raw', 'fault', 'oauth_token']]],
  [
    'an escape in small letters',
    1,
    [/oauth_token="/, 'oauth_token="%3a'],
    [['value-escaping', 'fault', 'oauth_token']],
  ],
])('%s', async (_, which, [pattern, by], expected) => {
  const request = right[which] as RequestToInspect
  const authorization = request.authorization.replace(pattern, by)
  const { findings, verdict } = await inspect({ ...request, authorization, sentAtMs: NOW })
  const found = findings.map(({ id, severity, difference }) => {
    const [, , of, text] = expected.find(([name]) => name === id) ?? []
    return [
      ...[id, severity],
      ...(of === undefined ? [] : [difference?.of]),
      ...(text === undefined ? [] : [difference?.expected]),
    ]
  })
  expect(found).toEqual(expected)
  const isRefused = expected.some(([, severity]) => severity === 'fault')
  expect(verdict).toBe(isRefused ? 'refused' : 'undecided')
  for (const { title, cause, remedy } of findings) {
    for (const text of [title, cause, remedy]) expect(text).toMatch(/^\w.{10,}/)
  }
})

it.each([
  [-3600, 'The clock was 3600 s behind'],
  [200, 'The clock was 200 s ahead'],
])('a clock that is off by %i s: %s', async (seconds, title) => {
  const request = { ...(right[0] as RequestToInspect), sentAtMs: NOW - seconds * 1000 }
  expect((await inspect(request)).findings).toMatchObject([{ id: 'clock-off', title }])
})

it('a blank that was copied with the consumer key', async () => {
  const { authorization, ...request } = right[0] as RequestToInspect
  const copied = authorization.replace(/(oauth_consumer_key="[^"]*)"/, '$1%20"')
  const { findings } = await inspect({ ...request, authorization: copied })
  const [found] = findings
  expect(found).toMatchObject({ id: 'consumer-key-case', difference: { of: 'oauth_consumer_key' } })
  expect(found?.difference?.yours).toBe(`${found?.difference?.expected} `)
})

it('tells in which part of a base string a place is', async () => {
  const { baseString } = await inspect(right[1] as RequestToInspect, { prefix: 'ab'.repeat(16) })
  const parts = baseString as BaseStringParts
  const after = (text: string) => placeOf(parts, parts.text.indexOf(text) + text.length)
  expect(placeOf(parts, 0)).toBe('the prefix')
  expect(placeOf(parts, 31)).toBe('the prefix')
  expect(placeOf(parts, 32)).toBe('the method')
  expect(after('POST&ht')).toBe('the address')
  expect(after('&diffie')).toBe('the parameter diffie')
  expect(after('&diffie_hellman_challenge%3D')).toBe('the parameter diffie_hellman_challenge')
  expect(after('%26oauth_nonce%3D')).toBe('the parameter oauth_nonce')
  expect(after('live_session_token&')).toBe('the parameters')
})

it('a token that is asked for without POST', async () => {
  const { findings } = await inspect({ ...(right[1] as RequestToInspect), method: 'get' })
  expect(findings.map(({ id, difference }) => [id, difference])).toEqual([
    ['method', { of: 'method', yours: 'get', expected: 'POST' }],
  ])
})

it('of a request without the header says that it is missing, and what it was for', async () => {
  const url = 'https://api.ibkr.com/v1/api/portfolio/accounts'
  const { findings } = await inspect({ method: 'GET', url, authorization: '' })
  expect(findings[0]).toMatchObject({
    id: 'scheme',
    title: 'The header Authorization is missing',
    cause: 'The request was sent without a signature, or was copied without this header.',
  })
  expect(findings[1]?.cause).toBe(
    'A request for a protected resource needs it in header and base string.',
  )
})
