/** Answers that no client should trip over: coded, with status, detail and trace id. */
import { describe, expect, it } from 'vitest'
import { expectAnswerRefused, unreadableBodies } from '../../../tests/support/bad-answers.ts'
import { failure, json, setUp, user } from './support.ts'

const TRACE = { 'x-correlation-id': 'trace-1', 'retry-after': '7' }
const calls = ['createSession', 'createBrowserSession'] as const

describe.each(calls)('%s answered with 200 and', (method) => {
  it.each<readonly [string, unknown, RegExp]>([
    ...unreadableBodies,
    ['no fields', '{}', /access_token|url/],
    ['fields of wrong types', { access_token: 5, url: 5 }, /access_token|url/],
    ['empty fields', { access_token: '', url: '' }, /access_token|url/],
    ['a token of another type', { access_token: 'a', token_type: 'mac', url: '' }, /_type|url/],
    ['a bearer with a line break', { access_token: 'a\nb', url: '' }, /access_token|url/],
  ])('%s is a coded error', async (_, body, message) => {
    const { sso } = setUp({}, () => json(200, body, TRACE))
    const error = await failure(() => sso[method](user))
    expectAnswerRefused(error, { code: 'IBKR_SSO_RESPONSE_INVALID', message })
  })

  it.each([false, null, 'true', 0])('active: %o is refused', async (active) => {
    const url = 'https://www.interactivebrokers.com/'
    const { sso } = setUp({}, () => json(200, { active, access_token: 'a', url }))
    expect(await failure(() => sso[method](user))).toMatchObject({
      code: 'IBKR_SSO_SESSION_INACTIVE',
      status: 200,
    })
  })
})

const problem = (status: number, title: string, more: object = {}) => ({
  type: '/simple',
  title,
  status,
  ...more,
})
const fields = [{ field: 'ip', description: 'Missing required parameter' }]

describe.each(calls)('%s refused', (method) => {
  it.each([
    [
      400,
      problem(400, 'Bad Request', { detail: 'Invalid payload for security policy: SIGNED_JWT' }),
      'REFUSED',
      { detail: 'Invalid payload for security policy: SIGNED_JWT' },
    ],
    [
      400,
      { ...problem(400, 'Bad Request'), invalidArguments: fields },
      'REFUSED',
      { invalidArguments: fields },
    ],
    [
      401,
      problem(401, 'Unauthorized', { detail: 'expired' }),
      'UNAUTHORIZED',
      { detail: 'expired' },
    ],
    [
      401,
      { error: 'invalid_token', error_description: 'over' },
      'UNAUTHORIZED',
      { oauthError: 'invalid_token', detail: 'over' },
    ],
    [401, '', 'UNAUTHORIZED', {}],
    [403, problem(403, 'Forbidden', { detail: 'scope' }), 'FORBIDDEN', { detail: 'scope' }],
    [403, '<html>Access Denied</html>', 'FORBIDDEN', {}],
    [404, '{}', 'REFUSED', {}],
    [408, '', 'UNAVAILABLE', {}],
    [429, '', 'RATE_LIMITED', {}],
    [500, problem(500, 'Internal Server Error'), 'UNAVAILABLE', { title: 'Internal Server Error' }],
    [502, '<html>Bad Gateway</html>', 'UNAVAILABLE', {}],
    [503, '<html><body>Service Unavailable</body></html>', 'UNAVAILABLE', {}],
    [504, '', 'UNAVAILABLE', {}],
  ])('with %d and %j is a coded error', async (status, body, code, about) => {
    const { sso, gatewayCalls } = setUp({}, () => json(status, body, TRACE))
    const error = await failure(() => sso[method](user))
    expect(error).toMatchObject({
      code: `IBKR_SSO_${code}`,
      name: 'IbkrSsoError',
      status,
      traceId: 'trace-1',
      retryAfterMs: 7000,
      ...about,
    })
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ status, ...about })
    expect(gatewayCalls).toHaveLength(status === 401 ? 2 : 1)
  })
})

describe.each(calls)('the likely cause why %s is refused', (method) => {
  const tell = async (status: number, body: unknown, options: object = {}) => {
    const { sso } = setUp(options, () => json(status, body))
    return String((await failure(() => sso[method](user)))['message'])
  }
  const named = (message: string) => [/credential \(/.test(message), /ip \(/.test(message)]

  it.each([401, 403])(
    'of %d is credential or ip, and the one that the answer names',
    async (status) => {
      expect(named(await tell(status, ''))).toEqual([true, true])
      expect(named(await tell(status, { detail: 'unknown user' }))).toEqual([true, false])
      expect(named(await tell(status, { detail: 'IP not allowed' }))).toEqual([false, true])
      expect(named(await tell(status, { detail: 'user and address' }))).toEqual([true, true])
      expect(named(await tell(status, { invalidArguments: [{ field: 'ip' }] }))).toEqual([
        false,
        true,
      ])
    },
  )

  it('of a body that is no JWS is what signs it, or what lies between', async () => {
    const said = 'Invalid payload for security policy: SIGNED_JWT'
    for (const body of [{ detail: said }, { title: said }]) {
      const message = await tell(400, body)
      expect(message).toContain('check that signJwt() of oauth2 gives one')
      expect(named(message)).toEqual([false, false])
    }
  })

  it('of 403 is the scope that this call needs', async () => {
    const scope = method === 'createSession' ? 'sso-sessions.write' : 'sso-browser-sessions.write'
    expect(await tell(403, '')).toContain(`the option scope of oauth2 asks for ${scope},`)
    const detail = 'The access token fails to have sufficient scope'
    expect(await tell(403, { detail })).toContain(`the option scope of oauth2 asks for ${scope},`)
    expect(named(await tell(403, { detail }))).toEqual([false, false])
  })

  it('is a base that ends in the path of an API', async () => {
    const baseUrl = 'https://api.ibkr.com/v1/api'
    expect(await tell(404, '', { baseUrl })).toContain('baseUrl, which ends in /v1/api')
    expect(await tell(503, '', { baseUrl })).not.toContain('ends in')
  })
})
