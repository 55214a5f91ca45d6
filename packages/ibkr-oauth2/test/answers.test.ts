/** Answers that no client should trip over: coded, with status, detail and trace id; never a token of nothing. */
import { describe, expect, it } from 'vitest'
import { expectAnswerRefused, unreadableBodies } from '../../../tests/support/bad-answers.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { failure, json, setUp } from './support.ts'

const good = { access_token: 'abc', token_type: 'Bearer', expires_in: 60 }
const TRACE = { 'x-request-id': 'trace-1' }

describe.each<readonly [string, unknown, RegExp]>([
  ...unreadableBodies,
  ['no fields', {}, /access_token/],
  ['a token of null', { ...good, access_token: null }, /access_token/],
  ['a token of a number', { ...good, access_token: 5 }, /access_token/],
  ['an empty token', { ...good, access_token: '' }, /access_token/],
  ['a token with a line break', { ...good, access_token: 'a\r\nX: y' }, /access_token/],
  ['a token that is no ASCII', { ...good, access_token: 'ä' }, /access_token/],
  ['another token type', { ...good, token_type: 'DPoP' }, /token_type/],
  ['a token type of a number', { ...good, token_type: 5 }, /token_type/],
  ['a life of zero', { ...good, expires_in: 0 }, /expires_in/],
  ['a life below zero', { ...good, expires_in: -5 }, /expires_in/],
  ['a life of text', { ...good, expires_in: 'soon' }, /expires_in/],
  ['a life of a truth', { ...good, expires_in: true }, /expires_in/],
  ['an endless life', { ...good, expires_in: 1e300 }, /expires_in should be seconds from 1 to 9/],
  ['a scope of numbers', { ...good, scope: [1] }, /scope/],
])('a 200 with %s', (_, body, message) => {
  it('is a coded error', async () => {
    const { client } = setUp({}, () => json(200, body, TRACE))
    const error = await failure(() => client.accessToken())
    expectAnswerRefused(error, { code: 'IBKR_OAUTH2_RESPONSE_INVALID', message })
  })
})

const problem = (status: number, title: string, more: object = {}) => ({
  type: '/simple',
  title,
  status,
  ...more,
})
const oauthError = { error: 'invalid_client', error_description: 'unknown kid' }
const fields = [{ field: 'client_assertion', description: 'Missing required parameter' }]
const scopeFields = [{ field: 'scope', description: 'Invalid value' }]

/** The rows of the error tables: what is answered, and what the error tells of it. */
const rows: readonly (readonly [number, unknown, string, object])[] = [
  [400, problem(400, 'Bad Request'), 'ASSERTION_REFUSED', { title: 'Bad Request' }],
  [
    400,
    problem(400, 'Bad Request', { detail: 'Invalid aud' }),
    'ASSERTION_REFUSED',
    { detail: 'Invalid aud' },
  ],
  [
    400,
    { type: '/invalid-argument', title: 'Bad Request', status: 400, invalidArguments: fields },
    'ASSERTION_REFUSED',
    { invalidArguments: fields },
  ],
  [
    400,
    problem(400, 'Bad Request', { invalidArguments: scopeFields }),
    'REFUSED',
    { invalidArguments: scopeFields },
  ],
  [400, { error: 'invalid_scope' }, 'REFUSED', { oauthError: 'invalid_scope' }],
  [
    400,
    problem(400, 'Bad Request', { detail: 'Invalid scope' }),
    'REFUSED',
    { detail: 'Invalid scope' },
  ],
  [400, '<html>Bad Request</html>', 'ASSERTION_REFUSED', {}],
  [
    401,
    problem(401, 'Unauthorized', { detail: 'expired' }),
    'ASSERTION_REFUSED',
    { detail: 'expired' },
  ],
  [401, oauthError, 'ASSERTION_REFUSED', { oauthError: 'invalid_client', detail: 'unknown kid' }],
  [401, '', 'ASSERTION_REFUSED', {}],
  [402, problem(402, 'Payment Required'), 'REFUSED', { title: 'Payment Required' }],
  [403, problem(403, 'Forbidden', { detail: 'no scope' }), 'FORBIDDEN', { detail: 'no scope' }],
  [403, '<html>Access Denied</html>', 'FORBIDDEN', {}],
  [404, '{}', 'REFUSED', {}],
  [408, '', 'UNAVAILABLE', {}],
  [422, problem(422, 'Business Error'), 'REFUSED', { title: 'Business Error' }],
  [429, { error: 'slow down', statusCode: 429 }, 'RATE_LIMITED', { oauthError: 'slow down' }],
  [500, problem(500, 'Internal Server Error'), 'UNAVAILABLE', { title: 'Internal Server Error' }],
  [502, '<html>Bad Gateway</html>', 'UNAVAILABLE', {}],
  [503, '', 'UNAVAILABLE', {}],
  [
    503,
    { error: 'busy', hasError: true, errorDescription: 'later' },
    'UNAVAILABLE',
    { detail: 'later' },
  ],
  // The error of that form may be of it too.
  [
    503,
    { error: { hasError: true, errorDescription: 'later' }, hasError: true },
    'UNAVAILABLE',
    { detail: 'later' },
  ],
  [503, { error: { error: 'busy' }, hasError: true }, 'UNAVAILABLE', { detail: 'busy' }],
  [504, 'Gateway Timeout', 'UNAVAILABLE', {}],
  [202, '', 'REFUSED', {}],
]

describe.each(rows)('the token call answered with %d and %j', (status, body, code, about) => {
  it.each([
    ['x-request-id', 'r-1'],
    ['x-correlation-id', 'c:2'],
    ['traceid', '3'],
    ['x-traceid', 't.4'],
  ])(`is IBKR_OAUTH2_${code}, with the trace id of %s`, async (header, traceId) => {
    const headers = {
      [header]: traceId,
      'retry-after': '7',
      date: new Date(1767225600_000).toUTCString(),
    }
    const { client, tokenCalls } = setUp({}, () => json(status, body, headers))
    const error = await failure(() => client.accessToken())
    expect(error).toMatchObject({
      code: `IBKR_OAUTH2_${code}`,
      name: 'IbkrOAuth2Error',
      status,
      traceId,
      retryAfterMs: 7000,
      ...about,
    })
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ status, traceId, ...about })
    expect(error['message']).toContain(`(${status})`)
    // A wait of 7 s is above the limit, so nothing is repeated.
    expect(tokenCalls).toHaveLength(1)
  })
})

it.each([
  ['a clock that is right', '', /\(401\)\. Check clientId/],
  ['a clock that is off', new Date(1_900_000_000_000).toUTCString(), /\(401\)\. [^.]*clock/i],
])('a refusal goes from what was said to the likely cause: %s', async (_, date, message) => {
  const { client } = setUp({}, () => json(401, {}, date === '' ? {} : { date }))
  expect((await failure(() => client.accessToken()))['message']).toMatch(message)
})

describe('what the service says', () => {
  const say = async (fields: object) => {
    const { client } = setUp({}, () => json(401, fields))
    return failure(() => client.accessToken())
  }

  it('is cleaned of control characters and of what turns a line, and cut', async () => {
    const detail = `a\r\nb\u0000c\u202ed${'x'.repeat(5000)}`
    const error = await say({ detail, title: 't'.repeat(500) })
    expect(error['detail']).toMatch(/^a b c dx+$/)
    expect(String(error['detail']).length).toBeLessThanOrEqual(300)
    expect(String(error['title']).length).toBe(80)
  })

  it('is left out where it is no text', async () => {
    const error = await say({ detail: 5, title: null, error: {}, invalidArguments: 'x' })
    expect(Object.keys(error).sort()).toEqual(['code', 'name', 'nextAttemptAtMs', 'status'])
  })

  it('names at most 20 arguments, and only what has a name', async () => {
    const named = Array.from({ length: 50 }, (_, index) => ({ field: `f${index}`, description: 5 }))
    const error = await say({ invalidArguments: [null, 5, {}, ...named] })
    expect(error['invalidArguments']).toHaveLength(17)
    expect(error['invalidArguments']).toContainEqual({ field: 'f0' })
  })

  it('is left out where it repeats a token or part of the assertion', async () => {
    const { client } = setUp({}, ({ body }) => {
      const assertion = new URLSearchParams(body).get('client_assertion') ?? ''
      const part = assertion.slice(-40, -20)
      return json(401, {
        title: `bad ${part}`,
        detail: `got ${assertion}`,
        error: 'eyJhbGciOiJub25lIn0',
        invalidArguments: [{ field: 'x', description: part }, { field: part }],
      })
    })
    const error = await failure(() => client.accessToken())
    expect(error).toMatchObject({ status: 401, invalidArguments: [{ field: 'x' }] })
    expect(Object.keys(error).sort()).toEqual([
      'code',
      'invalidArguments',
      'name',
      'nextAttemptAtMs',
      'status',
    ])
  })
})

describe('an echo call', () => {
  it.each([
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [400, 'REFUSED'],
    [429, 'RATE_LIMITED'],
    [500, 'UNAVAILABLE'],
  ])('answered with %d is %s', async (status, code) => {
    const { client } = setUp({}, undefined, () =>
      json(status, { title: 'A title', detail: 'Invalid payload for security policy' }, TRACE),
    )
    for (const call of [() => client.echoHttps(), () => client.echoSignedJwt()]) {
      expect(await failure(call)).toMatchObject({
        code: `IBKR_OAUTH2_${code}`,
        status,
        title: 'A title',
        detail: 'Invalid payload for security policy',
        traceId: 'trace-1',
      })
    }
  })

  it.each([
    ['HTML', '<html></html>'],
    ['nothing', ''],
    ['an object without its fields', '{}'],
    ['fields of wrong types', '{"requestMethod":5,"securityPolicy":"HTTPS"}'],
  ])('answered with %s is RESPONSE_INVALID', async (_, body) => {
    const { client } = setUp({}, undefined, () => json(200, body))
    expect(await failure(() => client.echoHttps())).toMatchObject({
      code: 'IBKR_OAUTH2_RESPONSE_INVALID',
      status: 200,
    })
  })
})

describe('the likely cause', () => {
  const tell = async (status: number, body: unknown, options: object = {}) => {
    const { client } = setUp(options, () => json(status, body))
    return (await failure(() => client.accessToken()))['message']
  }

  it('of a refused scope is the scope asked for', async () => {
    const options = { scope: 'echo.read sso-sessions.write' }
    const named = "The scope asked for was 'echo.read sso-sessions.write'"
    expect(await tell(400, { error: 'invalid_scope' }, options)).toContain(named)
    expect(await tell(403, '', options)).toContain(named)
    expect(await tell(400, { detail: 'Invalid scope' }, options)).toContain(named)
    expect(await tell(400, { detail: 'Invalid scope' }, options)).not.toContain('privateKey')
    const ofField = await tell(400, { title: 'Bad', invalidArguments: scopeFields }, options)
    expect(ofField).toContain('It says: Bad (scope: Invalid value).')
    expect(ofField).toContain(named)
    expect(ofField).not.toContain('privateKey')
    expect(await tell(401, '', options)).not.toContain(named)
  })

  it('of a 401 below a base that ends in the path of an API is the base, before the key', async () => {
    const baseUrl = 'https://api.ibkr.com/v1/api'
    const message = String(await tell(401, '', { baseUrl }))
    expect(message.indexOf('baseUrl, which ends in /v1/api')).toBeGreaterThan(0)
    expect(message.indexOf('baseUrl')).toBeLessThan(message.indexOf('clientId'))
    expect(await tell(401, '')).not.toContain('baseUrl')
  })

  it('of a refused echo call is the scope it needs', async () => {
    const { client } = setUp({}, undefined, () => json(403, ''))
    expect((await failure(() => client.echoHttps()))['message']).toMatch(/scope echo\.read\./)
    expect((await failure(() => client.echoSignedJwt()))['message']).toMatch(/scope echo\.write\./)
    const down = setUp({}, undefined, () => json(500, ''))
    expect((await failure(() => down.client.echoHttps()))['message']).not.toContain('scope')
  })

  it.each(['/v1/api', '/gw/api/v1', '/oauth2/api/v1/'])(
    'is a base that ends in %s',
    async (path) => {
      const baseUrl = `https://api.ibkr.com${path}`
      const named = `baseUrl, which ends in ${path.replace(/\/$/, '')}:`
      expect(await tell(404, '', { baseUrl })).toContain(named)
      expect(await tell(404, '', { baseUrl: 'https://proxy.example/ibkr' })).not.toContain(
        'ends in',
      )
    },
  )

  describe('of a service that is down', () => {
    skipWaits(1500)

    it('is not its base', async () => {
      const baseUrl = 'https://api.ibkr.com/v1/api'
      expect(await tell(503, '', { baseUrl })).not.toContain('ends in')
    })
  })
})
