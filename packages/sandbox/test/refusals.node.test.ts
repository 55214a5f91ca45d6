import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type SignOptions, startHandshaken, TestClient } from './signer.ts'

const origin = 'http://127.0.0.1:8787'
let sandbox: Sandbox
let client: TestClient

beforeAll(async () => {
  ;({ sandbox, client } = await startHandshaken())
})

const reason = () => sandbox.requests.at(-1)?.refused ?? ''

/** Name, what is done wrongly, status, text of the answer, reason in the record. */
type Case = readonly [string, Partial<SignOptions>, number, RegExp, RegExp]

const prime = () => BigInt(`0x${sandbox.credentials.ibkr.oauth1.dhPrime}`)
const now = () => Date.now()

const both: readonly Case[] = [
  ['a clock 121 s behind', { now: now() - 130_000 }, 401, /./, /^clock: .* behind; 120 s/],
  ['a clock 121 s ahead', { now: now() + 140_000 }, 401, /./, /^clock: .* ahead; 120 s/],
  [
    'milliseconds',
    { parameters: { oauth_timestamp: String(now()) } },
    401,
    /./,
    /^timestamp: .* 10 digits/,
  ],
  ['a nonce with odd characters', { parameters: { oauth_nonce: 'a%20b' } }, 401, /./, /^nonce: /],
  [
    'the wrong signature method',
    { parameters: { oauth_signature_method: 'HMAC-SHA1' } },
    401,
    /./,
    /^signature-method: /,
  ],
  [
    'a raw signature',
    { header: unescapeSignature },
    401,
    /./,
    /^readings: oauth_signature is lost/,
  ],
  ['a signature escaped twice', { header: escapeTwice }, 401, /./, /^signature: .* twice/],
  [
    'a realm in the base string',
    { tamper: (base) => `${base}%26realm%3Dlimited_poa` },
    401,
    /./,
    /^signature: /,
  ],
  [
    'another scheme',
    { header: (text) => text.replace('OAuth ', 'Digest ') },
    401,
    /./,
    /^header: /,
  ],
  [
    'a scheme in another case, which only the RFC reads',
    { header: (text) => text.replace('OAuth ', 'oauth ') },
    401,
    /./,
    /^header: the scheme is not "OAuth" and a blank/,
  ],
  [
    'a tab behind the scheme',
    { header: (text) => text.replace('OAuth ', 'OAuth\t') },
    401,
    /./,
    /^header: the scheme is not/,
  ],
  ['a scheme alone', { header: () => 'OAuth' }, 401, /./, /^header: .*"OAuth" and a blank/],
  [
    'a bare realm of nothing',
    { header: (text) => text.replace('realm="limited_poa"', 'realm=') },
    401,
    /./,
    /^readings: realm is lost in the vendor's reading: no value, or/,
  ],
  ['an unquoted value', { header: unquoteToken }, 401, /./, /^header: piece \d+ is not/],
]

function unknownConsumer(words: RegExp): Case {
  const parameters = { oauth_consumer_key: 'NOSUCHKEY' }
  return ['an unknown consumer', { parameters }, 401, words, /^consumer: no such/]
}

const handshake: readonly Case[] = [
  ...both,
  unknownConsumer(/invalid consumer/),
  ['a wrong realm', { realm: 'test_realm' }, 401, /invalid consumer/, /^realm: .* is limited_poa/],
  [
    'an unknown token',
    { parameters: { oauth_token: 'SANDBOXffff' } },
    401,
    /LST failed, error: No access secret key found for SANDBOXffff/,
    /^token: /,
  ],
  [
    'a missing nonce',
    { parameters: { oauth_nonce: '' } },
    400,
    /missing parameter oauth_nonce/,
    /^parameters: oauth_nonce missing/,
  ],
  [
    'a missing challenge',
    { parameters: { diffie_hellman_challenge: '' } },
    400,
    /missing parameter diffie/,
    /missing/,
  ],
  [
    'a strange parameter',
    { parameters: { oauth_colour: 'red' } },
    400,
    /unexpected parameter oauth_colour/,
    /not expected/,
  ],
  [
    'a doubled parameter',
    { header: (text) => text.replace('OAuth ', 'OAuth oauth_token="x", ') },
    400,
    /duplicate parameter oauth_token/,
    /twice|differently/,
  ],
  ['another version', { parameters: { oauth_version: '2.0' } }, 400, /oauth_version/, /^version: /],
  [
    'a missing prefix',
    { prefix: '' },
    401,
    /authentication failed/,
    /^signature: the prefix .* is missing/,
  ],
  [
    'an upper-case prefix',
    { tamper: upperCasePrefix },
    401,
    /authentication failed/,
    /^signature: the prefix is in upper case/,
  ],
  [
    'a prefix with an ampersand',
    { tamper: (base) => base.replace('POST', '&POST') },
    401,
    /authentication failed/,
    /joined with "&"/,
  ],
  [
    'a foreign origin',
    { tamper: (base) => base.replace('127.0.0.1%3A8787', 'api.ibkr.com') },
    401,
    /authentication failed/,
    /^signature: it does not match; expected base string: <prefix>POST&http/,
  ],
  [
    'a challenge that is no hex',
    { parameters: { diffie_hellman_challenge: 'xyz' } },
    401,
    /LST failed, error: "/,
    /^challenge: hexadecimal/,
  ],
  ...['0xabc', '-2'].map(
    (challenge): Case => [
      `a challenge of ${challenge}`,
      { parameters: { diffie_hellman_challenge: challenge } },
      401,
      /LST failed, error: "/,
      /^challenge: hexadecimal/,
    ],
  ),
  [
    'a challenge of 1',
    { parameters: { diffie_hellman_challenge: '01' } },
    401,
    /LST failed/,
    /^challenge: .*p-2/,
  ],
]

const protectedOnly: readonly Case[] = [
  ...both,
  unknownConsumer(/not authenticated/),
  ['a wrong realm', { realm: 'test_realm' }, 401, /not authenticated/, /^realm: /],
  ['an unknown token', { parameters: { oauth_token: 'x' } }, 401, /not authenticated/, /^token: /],
  [
    'a missing token',
    { parameters: { oauth_token: '' } },
    401,
    /not authenticated/,
    /oauth_token missing/,
  ],
  [
    'a mistaken method',
    { method: 'POST' },
    401,
    /not authenticated/,
    /made for POST, the request was GET/,
  ],
  [
    'another path',
    { url: `${origin}/v1/api/portfolio/accounts` },
    401,
    /not authenticated/,
    /does not match; expected base string: GET&/,
  ],
]

describe('a live session token request is refused for', () => {
  it.each(handshake)('%s', async (_name, options, status, text, why) => {
    const { response } = await client.requestToken(options)
    expect(response.status).toBe(status)
    const body = await response.text()
    expect(body).toMatch(text)
    expect(JSON.parse(body)).toEqual({
      error: expect.stringMatching(new RegExp(`^id: ${sandbox.requests.at(-1)?.id}, error: `)),
      statusCode: status,
    })
    expect(reason()).toMatch(why)
  })

  it('a challenge of p-1', async () => {
    const parameters = { diffie_hellman_challenge: (prime() - 1n).toString(16) }
    const { response } = await client.requestToken({ parameters })
    expect(response.status).toBe(401)
    expect(reason()).toMatch(/^challenge: /)
  })

  it('swapped keys', async () => {
    const { signatureKey, encryptionKey, ...rest } = client.credentials
    const other = new TestClient({ ...rest, signatureKey, encryptionKey }, sandbox.fetch)
    const swapped = new TestClient(
      { ...rest, signatureKey: encryptionKey, encryptionKey },
      sandbox.fetch,
    )
    expect((await swapped.requestToken()).response.status).toBe(401)
    expect(reason()).toMatch(/the two private keys are swapped/)
    expect((await other.requestToken()).response.status).toBe(200)
    await client.handshake()
  })

  it('a consumer key in another case, naming it', async () => {
    const key = client.credentials.consumerKey.toLowerCase()
    await client.requestToken({ parameters: { oauth_consumer_key: key } })
    expect(reason()).toMatch(/^consumer: it differs from the stored key in case/)
  })

  it('a query, a body, another method', async () => {
    const url = `${client.credentials.baseUrl}/oauth/live_session_token`
    expect((await client.requestToken({ url: `${url}?a=1` })).response.status).toBe(400)
    expect((await client.requestToken({ body: '{"a":1}' })).response.status).toBe(400)
    expect((await sandbox.fetch(url)).status).toBe(405)
    expect((await client.requestToken({ body: '{}' })).response.status).toBe(200)
    await client.handshake()
  })
})

describe('a protected request is refused for', () => {
  beforeEach(() => {
    expect(client.token).toHaveLength(20)
  })

  it.each(protectedOnly)('%s', async (_name, options, status, text, why) => {
    const response = await client.call('/tickle', {}, options)
    expect(response.status).toBe(status)
    expect(await response.text()).toMatch(text)
    expect(reason()).toMatch(why)
  })

  it('no header at all', async () => {
    expect((await sandbox.fetch(`${origin}/v1/api/tickle`)).status).toBe(401)
    expect(reason()).toMatch(/^header: an Authorization header/)
  })

  it('a token that is not there yet', async () => {
    const fresh = await createSandbox({ origin, credentials: sandbox.credentials })
    const other = new TestClient(fresh.credentials.ibkr.oauth1, fresh.fetch)
    other.token = client.token
    expect((await other.call('/tickle')).status).toBe(401)
    expect(fresh.requests.at(-1)?.refused).toMatch(/^live-session-token: /)
  })

  it('the text of the token as key', async () => {
    const { token } = client
    client.token = new TextEncoder().encode(btoa(String.fromCharCode(...token)))
    expect((await client.call('/tickle')).status).toBe(401)
    client.token = token
    expect(reason()).toMatch(/base64 text of the live session token/)
  })

  it('a nonce that was used, even side by side', async () => {
    const parameters = { oauth_nonce: 'abcdef0123456789' }
    const send = () => client.call('/tickle', {}, { parameters })
    const statuses = (await Promise.all([send(), send(), send()])).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 401, 401])
    expect((await send()).status).toBe(401)
    expect(reason()).toMatch(/^nonce: it may not have been used before/)
  })

  it('nothing when timestamps come in any order within the window', async () => {
    for (const offset of [100_000, -100_000, 0]) {
      const response = await client.call('/tickle', {}, { now: Date.now() + offset })
      expect(response.status).toBe(200)
    }
  })
})

describe('harmless variety is accepted', () => {
  it.each<[string, (text: string) => string]>([
    ['comma without a space', (text) => text.replaceAll(', ', ',')],
    ['realm first', realmFirst],
    ['a bare realm', (text) => text.replace('"limited_poa"', 'limited_poa')],
    ['lower-case escapes in the signature', (text) => text.replace(/%[0-9A-F]{2}/g, lower)],
  ])('%s', async (_name, header) => {
    const response = await client.call('/tickle', {}, { header })
    expect([response.status, reason()]).toEqual([200, ''])
  })

  it("a zero in front of the challenge, as the vendor's C# sample sends it", async () => {
    const parameters = { diffie_hellman_challenge: '0abc' }
    expect((await client.requestToken({ parameters })).response.status).toBe(200)
    await client.handshake()
  })

  it('oauth_version 1.0', async () => {
    const parameters = { oauth_version: '1.0' }
    expect((await client.call('/tickle', {}, { parameters })).status).toBe(200)
  })
})

it('keeps no secret in the records', async () => {
  const text = JSON.stringify(sandbox.requests)
  const { accessTokenSecret, signatureKey } = sandbox.credentials.ibkr.oauth1
  const { secret } = await client.requestToken({ prefix: '00' })
  const hexSecret = [...secret].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  for (const hidden of [accessTokenSecret, signatureKey.slice(40, 90), hexSecret]) {
    expect(text + JSON.stringify(sandbox.requests)).not.toContain(hidden)
  }
})

function unescapeSignature(text: string): string {
  return text.replace(/(oauth_signature=")([^"]*)/, (_all, name: string, value: string) => {
    return name + decodeURIComponent(value)
  })
}

function escapeTwice(text: string): string {
  return text.replace(/(oauth_signature=")([^"]*)/, (_all, name: string, value: string) => {
    return name + encodeURIComponent(value)
  })
}

function unquoteToken(text: string): string {
  return text.replace(/oauth_token="([^"]*)"/, 'oauth_token=$1')
}

function upperCasePrefix(base: string): string {
  const at = base.indexOf('POST')
  return base.slice(0, at).toUpperCase() + base.slice(at)
}

function realmFirst(text: string): string {
  return text.replace(', realm="limited_poa"', '').replace('OAuth ', 'OAuth realm="limited_poa", ')
}

function lower(text: string): string {
  return text.toLowerCase()
}
