/** Answers that no client should trip over: coded, with status and trace id, never a token of nothing. */
import { describe, expect, it } from 'vitest'
import { expectAnswerRefused, unreadableBodies } from '../../../tests/support/bad-answers.ts'
import { LST_PATH, rejection, setUp } from './support.ts'

const good = {
  diffie_hellman_response: 'ab',
  live_session_token_signature: '0'.repeat(40),
  live_session_token_expiration: 1,
}
const json = (value: unknown) => JSON.stringify(value)
const invalid = { code: 'IBKR_OAUTH1_RESPONSE_INVALID', status: 200 }

describe.each<readonly [string, string, RegExp]>([
  ...unreadableBodies,
  [
    'an error inside of a 200',
    json({ error: 'failed to process request' }),
    /refused the request, in an answer with the status 200\. It says: failed to process request\./,
  ],
  [
    'an error that is no text',
    json({ error: { toString: 1 } }),
    /in an answer with the status 200/,
  ],
  ['no fields', '{}', /diffie_hellman_response/],
  ['a number for hex', json({ ...good, diffie_hellman_response: 5 }), /diffie_hellman_response/],
  ['text for hex', json({ ...good, diffie_hellman_response: 'xyz' }), /diffie_hellman_response/],
  ['empty hex', json({ ...good, diffie_hellman_response: '' }), /diffie_hellman_response/],
  ['negative hex', json({ ...good, diffie_hellman_response: '-5' }), /diffie_hellman_response/],
  ['endless hex', json({ ...good, diffie_hellman_response: 'a'.repeat(5000) }), /hex/],
  ['no signature', json({ diffie_hellman_response: 'ab' }), /live_session_token_signature/],
  ['a short signature', json({ ...good, live_session_token_signature: 'ab' }), /40 hex/],
  ['a signature of null', json({ ...good, live_session_token_signature: null }), /40 hex/],
  ['words and no field', json({ message: 'no bridge' }), /hex number\. It says: no bridge\./],
  ['a fail and no field', json({ fail: 'no bridge' }), /hex number\. It says: no bridge\./],
  [
    'too much of it',
    json({ ...good, more: 'a'.repeat(66_000) }),
    /it is larger than 65536 bytes\./,
  ],
  ['a page', '<html>sign in</html>', /HTML, a page of a proxy, .+: check baseUrl\./],
])('a 200 with %s', (_, body, message) => {
  it('is a coded error', async () => {
    const { client, sandbox } = await setUp()
    const headers = { 'x-request-id': 'trace-1' }
    sandbox.fault({ path: LST_PATH, kind: 'respond', value: { status: 200, headers, body } })
    const error = await rejection(client.liveSessionToken())
    expectAnswerRefused(error, { code: invalid.code, message })
  })
})

describe.each([
  [202, '', 'IBKR_OAUTH1_UNAVAILABLE'],
  [204, null, 'IBKR_OAUTH1_REFUSED'],
  [400, 'Bad Request: no bridge', 'IBKR_OAUTH1_REFUSED'],
  [401, '', 'IBKR_OAUTH1_UNAUTHORIZED'],
  [
    401,
    json({ error: 'id: 12, error: invalid consumer', statusCode: 401 }),
    'IBKR_OAUTH1_CONSUMER_INVALID',
  ],
  [401, 'id: 12, error: invalid consumer', 'IBKR_OAUTH1_CONSUMER_INVALID'],
  [401, 'id:12, error: invalid consumer', 'IBKR_OAUTH1_CONSUMER_INVALID'],
  [401, json({ message: 'invalid consumer' }), 'IBKR_OAUTH1_CONSUMER_INVALID'],
  [401, json({ error: { message: 'invalid consumer' } }), 'IBKR_OAUTH1_CONSUMER_INVALID'],
  // The form of one page of the vendor's, whose error is the status in words.
  [
    401,
    json({ status: 401, error: 'Unauthorized', message: 'invalid consumer' }),
    'IBKR_OAUTH1_CONSUMER_INVALID',
  ],
  [
    401,
    json({ status: 401, error: 'Unauthorized', message: 'LST failed, error: ' }),
    'IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN',
  ],
  [401, json({ errors: [{ message: 'invalid consumer' }] }), 'IBKR_OAUTH1_CONSUMER_INVALID'],
  [
    401,
    json({ error: 'id: 12, error: LST failed, error: ', statusCode: '401' }),
    'IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN',
  ],
  [401, json({ error: { nested: true } }), 'IBKR_OAUTH1_UNAUTHORIZED'],
  // Such an object cannot be turned into text.
  [401, json({ error: { toString: 1 } }), 'IBKR_OAUTH1_UNAUTHORIZED'],
  [403, '<html>Access Denied</html>', 'IBKR_OAUTH1_REFUSED'],
  [404, '{}', 'IBKR_OAUTH1_REFUSED'],
  [408, '', 'IBKR_OAUTH1_UNAVAILABLE'],
  [410, 'gone', 'IBKR_OAUTH1_UNAVAILABLE'],
  [411, '', 'IBKR_OAUTH1_REFUSED'],
  [429, json({ error: 'slow down' }), 'IBKR_OAUTH1_RATE_LIMITED'],
  [500, json({ error: 'failed to generate sso dh token' }), 'IBKR_OAUTH1_UNAVAILABLE'],
  [503, json({ error: 'busy', statusCode: 503 }), 'IBKR_OAUTH1_UNAVAILABLE'],
])('status %d with %s', (status, body, code) => {
  it(`is ${code}`, async () => {
    const { client, sandbox } = await setUp()
    const headers = { 'retry-after': '7' }
    sandbox.fault({ path: LST_PATH, kind: 'respond', value: { status, headers, body } })
    const error = await rejection(client.liveSessionToken())
    expect(error).toMatchObject({ code, status, retryAfterMs: 7000 })
    if (/id: ?12/.test(body ?? '')) expect(error['traceId']).toBe('12')
  })
})

it('a 410 says what it is of: a paper account, or this host of the broker', async () => {
  const { client, sandbox } = await setUp()
  sandbox.fault({ path: LST_PATH, kind: 'respond', value: { status: 410, body: 'gone' } })
  const { message } = await rejection(client.liveSessionToken())
  expect(message).toMatch(/\(410\)\. It says: gone\. .*paper account.*again in 30 s.*baseUrl/)
  expect(message).not.toContain('maintenance')
})

it('reads a Retry-After that is a date', async () => {
  const { client, sandbox, time } = await setUp()
  const headers = { 'retry-after': new Date(time.now + 90_000).toUTCString() }
  sandbox.fault({ path: LST_PATH, kind: 'respond', value: { status: 503, headers, body: '' } })
  expect(await rejection(client.liveSessionToken())).toMatchObject({ retryAfterMs: 90_000 })
})

it.each([
  ['html', 'IBKR_OAUTH1_REFUSED'],
  ['truncated', 'IBKR_OAUTH1_RESPONSE_INVALID'],
] as const)('the fault %s is a coded error', async (kind, code) => {
  const { client, sandbox } = await setUp()
  sandbox.fault({ path: LST_PATH, kind })
  expect((await rejection(client.liveSessionToken()))['code']).toBe(code)
})

describe("the broker's own words", () => {
  const tell = async (status: number, body: string, headers: Record<string, string> = {}) => {
    const { client, sandbox } = await setUp()
    sandbox.fault({ path: LST_PATH, kind: 'respond', value: { status, headers, body } })
    return await rejection(client.liveSessionToken())
  }

  it.each([
    ['text', 'missing parameter: oauth_callback'],
    ['JSON', json({ error: 'missing parameter: oauth_callback', statusCode: 400 })],
  ])('as %s are in the message and in detail', async (_, body) => {
    const error = await tell(400, body)
    expect(error['detail']).toBe('missing parameter: oauth_callback')
    expect(error['message']).toContain(
      'The broker refused the request (400). It says: missing parameter: oauth_callback. Check baseUrl, realm and parameterTransport.',
    )
  })

  it('are cleaned and cut', async () => {
    const error = await tell(400, `a\r\n\u202eb${'x'.repeat(5000)}`)
    expect(error['detail']).toMatch(/^a bx{297}$/)
  })

  it.each([
    ['the access token', ({ token }: Sent) => token],
    ['the signature, encoded', ({ signature }: Sent) => signature.slice(0, 40)],
    ['the challenge', ({ challenge }: Sent) => challenge.slice(9, 30)],
    ['the nonce', ({ nonce }: Sent) => nonce],
    ['the consumer', ({ consumer }: Sent) => consumer],
  ])('are left out where they repeat %s', async (_, part) => {
    const { another } = await setUp()
    let sent = ''
    const fetch = async (_url: string, init: RequestInit) => {
      sent = new Headers(init.headers).get('authorization') ?? ''
      return new Response(`Refused: ${part(sentIn(sent))}!`, { status: 400 })
    }
    const error = await rejection(another({ fetch: fetch as never }).liveSessionToken())
    expect(part(sentIn(sent))).toMatch(/^[\w%.]{9,}/)
    expect(error['detail']).toBeUndefined()
    expect(error['message']).not.toContain('Refused:')
  })

  it('leave the remedy of 403, 404, 407, 411, 429 and of an unknown consumer to the message', async () => {
    expect((await tell(403, '<html>'))['message']).toMatch(/userAgent.*address/)
    expect((await tell(404, ''))['message']).toMatch(/baseUrl, which ends in \/v1\/api/)
    expect((await tell(401, 'invalid consumer'))['message']).toMatch(
      /consumerKey, which has no lower case/,
    )
    expect((await tell(407, ''))['message']).toMatch(/A proxy on the way.*fetch/)
    expect((await tell(411, ''))['message']).toMatch(/Content-Length/)
    expect((await tell(511, '<html>'))['message']).toMatch(
      /did not reach the broker.*The network asks for a sign-in of its own/,
    )
    expect((await tell(429, '', { 'retry-after': '90' }))['message']).toMatch(/Wait 90 s/)
    expect((await tell(503, '', { 'retry-after': '90' }))['message']).toMatch(/again in 90 s/)
  })
})

interface Sent {
  readonly token: string
  readonly signature: string
  readonly challenge: string
  readonly nonce: string
  readonly consumer: string
}

/** The values of an `Authorization` header, as they stand there. */
function sentIn(header: string): Sent {
  const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? ''
  return {
    token: value('oauth_token'),
    signature: value('oauth_signature'),
    challenge: value('diffie_hellman_challenge'),
    nonce: value('oauth_nonce'),
    consumer: value('oauth_consumer_key'),
  }
}

describe('"LST failed"', () => {
  const refusedAt = async (aheadMs: number, reason: string) => {
    const { another, time } = await setUp()
    const body = json({ error: `id: 12, error: LST failed${reason}` })
    const headers = { date: new Date(time.now + aheadMs).toUTCString() }
    const fetch = async () => new Response(body, { status: 401, headers })
    return await rejection(another({ fetch: fetch as never }).liveSessionToken())
  }

  it.each(['', ', error: ', ', error:'])('without a reason%s is a clock first', async (reason) => {
    // The client sets its clock by the first answer; a second one that is off as far again stays so.
    let count = 0
    const { another, time } = await setUp()
    const body = json({ error: `id: 12, error: LST failed${reason}` })
    const fetch = async () => {
      const date = new Date(time.now + ++count * 3_600_000).toUTCString()
      return new Response(body, { status: 401, headers: { date } })
    }
    const error = await rejection(another({ fetch: fetch as never }).liveSessionToken())
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_CLOCK_OFF' })
    expect(count).toBe(2)
  })

  it('with a reason, or with a clock that is right, is the access token', async () => {
    const code = 'IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN'
    expect(await refusedAt(3_600_000, ', error: invalid access token')).toMatchObject({ code })
    expect(await refusedAt(0, ', error: ')).toMatchObject({ code })
  })
})
