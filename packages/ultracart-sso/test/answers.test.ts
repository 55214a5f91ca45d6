/** What is made of each status and each body: section by section of the project's protocol notes. */
import { describe, expect, it } from 'vitest'
import { json, type Operation, rejection, run, setUp } from './support.ts'

const OPERATIONS = ['authorize', 'token', 'user', 'revoke'] as const
const REST = ['authorize', 'token', 'user'] as const
const code = (ending: string) => `ULTRACART_SSO_${ending}`
const headers = { 'x-ultracart-request-id': '0A1B2C3D' }
const failing = (operation: Operation, answer: () => Response) => {
  const setup = setUp({ [operation]: answer })
  return { setup, error: () => rejection(run(setup, operation)) }
}

describe.each(OPERATIONS)('%s', (operation) => {
  it.each([
    [400, 'BAD_REQUEST'],
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [404, 'REFUSED'],
    [405, 'REFUSED'],
    [409, 'REFUSED'],
    [410, 'APPLICATION_DISABLED'],
    [413, 'REFUSED'],
  ])('%d is %s, once', async (status, ending) => {
    const error = { developer_message: 'why it failed', user_message: 'Please try again.' }
    const answer = () => json({ error, metadata: {} }, status, headers)
    const { setup, error: get } = failing(operation, answer)
    const caught = await get()
    expect(caught).toMatchObject({
      name: 'UltraCartSsoError',
      code: code(ending),
      operation,
      status,
      traceId: '0A1B2C3D',
      userMessage: 'Please try again.',
    })
    expect(caught['message']).toMatch(new RegExp(`\\(${status}\\).*why it failed$`))
    expect(JSON.parse(JSON.stringify(caught))).toMatchObject({
      code: code(ending),
      operation,
      userMessage: 'Please try again.',
    })
    expect(setup.count(operation)).toBe(1)
    expect(/may be spent/.test(String(caught['message']))).toBe(operation === 'token')
  })

  it.each([
    ['HTML', '<html><body>Bad Gateway</body></html>'],
    ['nothing', ''],
    ['half of a JSON', '{"error":{"developer_mess'],
    ['an array', '[]'],
    ['null', 'null'],
    ['more than is read', 'x'.repeat(1_100_000)],
    ['an error of text', '{"error":"no"}'],
    ['messages of other types', '{"error":{"developer_message":5,"user_message":{}}}'],
  ])('a 400 with %s has the class of its status', async (_, body) => {
    const { error } = failing(operation, () => new Response(body, { status: 400, headers }))
    const caught = await error()
    expect(caught).toMatchObject({ code: code('BAD_REQUEST'), status: 400, traceId: '0A1B2C3D' })
    expect(caught['userMessage']).toBeUndefined()
  })

  it.each([
    ['an error object', { error: { developer_message: 'inside', error_code: '401' } }],
    ['success false', { success: false }],
    ['both', { success: false, error: { user_message: 'x' }, simple_key: 'k', user_id: 5 }],
    ['an error of text', { error: 'invalid' }],
  ])('a 200 with %s is a failure, whatever its error_code', async (_, body) => {
    const { error } = failing(operation, () => json(body, 200, headers))
    expect(await error()).toMatchObject({
      code: code('REFUSED'),
      status: 200,
      traceId: '0A1B2C3D',
      operation,
    })
  })
})

describe('the likely cause and the remedy of', () => {
  const session = '(the session is over or was revoked: start a new login)'
  it.each<[Operation, number, RegExp]>([
    ['authorize', 400, /Check redirectUri/],
    ['token', 400, /the code was used before.*Start a new login/],
    ['authorize', 401, /Check simpleKey/],
    ['token', 401, /Check simpleKey.*The code may be spent/],
    ['user', 401, new RegExp(session)],
    ['revoke', 401, new RegExp(session)],
    ['authorize', 403, /sso_write/],
    ['user', 410, /disabled the application \(410\)\. Ask/],
    ['token', 429, /limit of requests is reached \(429\)\. Wait 30 seconds/],
    ['token', 503, /^UltraCart could not answer \(503\)\..*try again later/],
    ['user', 404, /Check baseUrl, which ends in \/rest\/v2/],
    ['user', 407, /a proxy on the way.*fetch/],
    ['user', 411, /Content-Length.*fetch/],
    ['user', 511, /the network asks for a sign-in of its own/],
  ])('%s %d', async (operation, status, words) => {
    const { error } = failing(operation, () => json({}, status, { 'retry-after': '30' }))
    const caught = await error()
    expect(caught['message']).toMatch(words)
  })

  it.each([
    ['0', 'a while'],
    ['1', 'a second'],
    ['30', '30 seconds'],
  ])('a limit with %s seconds to wait', async (seconds, words) => {
    const { error } = failing('token', () => json({}, 429, { 'retry-after': seconds }))
    expect((await error())['message']).toContain(`(429). Wait ${words} before the next call.`)
  })

  it('an error inside of a 200', async () => {
    const { error } = failing('user', () => json({ error: 'not allowed now' }))
    const { message } = await error()
    expect(message).toMatch(/refused the request \(200\)\..*check the key and its permissions/)
    expect(message).toMatch(/UltraCart says: not allowed now$/)
    expect(message).not.toMatch(/baseUrl/)
  })

  it('a refused access token', async () => {
    const options = { simpleKey: undefined, accessToken: 'token-1' } as never
    const error = await rejection(
      setUp({ authorize: () => json({}, 401) }, options).sso.authorize(),
    )
    expect(error['message']).toMatch(/Check accessToken/)
  })
})

describe('the text of a failure', () => {
  const message = async (body: string, more: Record<string, string> = {}) =>
    String(
      (await failing('user', () => new Response(body, { status: 400, headers: more })).error())[
        'message'
      ],
    )

  it('is developer_message, else the header', async () => {
    const header = { 'uc-rest-error': 'of the header' }
    const body = '{"error":{"developer_message":"of the body"}}'
    expect(await message(body, header)).toMatch(/of the body$/)
    expect(await message('<html>', header)).toMatch(/of the header$/)
    expect(await message('{"error":{"developer_message":""}}', header)).toMatch(/of the header$/)
  })

  it('is short, and without controls or characters that turn text around', async () => {
    const said = `a\u0000b\u001b[31m\r\nInjected: 1\u202egnp\u2028${'x'.repeat(5000)}`
    const text = await message(JSON.stringify({ error: { developer_message: said } }))
    expect(text.length).toBeLessThan(300)
    expect(text).not.toMatch(/[\p{C}\u2028]/u)
    expect(text).toContain('a b [31m Injected: 1 gnp x')
  })

  it('is looked for at its beginning, and cut there', async () => {
    const said = (developer_message: string) =>
      message(JSON.stringify({ error: { developer_message } }))
    expect(await said(`${' '.repeat(399)}late`)).toMatch(/UltraCart says: l$/)
    expect(await said(`${' '.repeat(400)}late`)).not.toContain('late')
    expect(await said(`${'x'.repeat(200)}late`)).toMatch(/: x{200}$/)
  })

  it.each(['0A1B2C3D', 'a-b_c.d:e'])('keeps the trace id %s', async (id) => {
    const { error } = failing('user', () => json({}, 400, { 'x-ultracart-request-id': id }))
    expect((await error())['traceId']).toBe(id)
  })

  it.each(['a b', '<script>', 'x'.repeat(65)])('drops the trace id %s', async (id) => {
    const { error } = failing('user', () => json({}, 400, { 'x-ultracart-request-id': id }))
    expect((await error())['traceId']).toBeUndefined()
  })
})

describe.each(REST)('%s', (operation) => {
  it.each([
    ['nothing', ''],
    ['blanks', '  \n'],
    ['HTML', '<!doctype html><h1>Login</h1>'],
    ['an array', '[{"login_url":"x","simple_key":"y","user_id":1}]'],
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"simple_key"'],
    ['an empty object', '{}'],
    ['half of it', '{"login_url":"https://secure.ultracart.com/","simple_key":"abc'],
    ['more than is read', `{"simple_key":"${'x'.repeat(1_100_000)}"}`],
    ['other fields', '{"url":"https://secure.ultracart.com/","key":"abc"}'],
    ['nulls', '{"login_url":null,"simple_key":null,"user_id":null,"login":null}'],
    ['empty texts', '{"login_url":"","simple_key":"","login":""}'],
    ['other types', '{"login_url":5,"simple_key":{},"user_id":"1","login":"x"}'],
    ['lists', '{"login_url":["https://a"],"simple_key":["abcdef"],"user_id":[1],"login":["x"]}'],
    ['deep nesting', '['.repeat(100_000)],
  ])('a 200 with %s is a coded error', async (_, body) => {
    const { setup, error } = failing(operation, () => new Response(body, { headers }))
    const caught = await error()
    expect(caught).toMatchObject({
      code: code('RESPONSE_INVALID'),
      status: 200,
      traceId: '0A1B2C3D',
      operation,
    })
    expect(setup.count(operation)).toBe(1)
    expect(/may be spent/.test(String(caught['message']))).toBe(operation === 'token')
  })

  it('a 204 is a coded error', async () => {
    const { error } = failing(operation, () => new Response(null, { status: 204, headers }))
    expect(await error()).toMatchObject({ code: code('RESPONSE_INVALID'), status: 204 })
  })
})

it.each(['a b', 'a\nb', 'ключ', 'a\u0000', 'x'.repeat(5000)])(
  'a simple_key that no header can carry is refused',
  async (simple_key) => {
    const { error } = failing('token', () => json({ simple_key }))
    expect(await error()).toMatchObject({ code: code('RESPONSE_INVALID') })
  },
)

describe('a user with', () => {
  it.each([
    ['member', { groups: [{ member: 'false' }] }],
    ['selected', { permissions: [{ selected: 1 }] }],
    ['groups', { groups: {} }],
    ['groups', { groups: [null] }],
    ['groups', { groups: ['Owners'] }],
    ['permissions', { permissions: 'all' }],
    ['user_id', { user_id: '5' }],
    ['user_id', { user_id: 1.5 }],
    ['email', { email: { a: 1 } }],
    ['api_ip_address_masks', { api_ip_address_masks: [5] }],
    ['login_dts', { login_histories: [{ login_dts: 5 }] }],
    ['can_include_order', { notifications: [{ can_include_order: 'yes' }] }],
    ['distribution_center_filters', { notifications: [{ distribution_center_filters: 'a' }] }],
  ])('another type of %s is refused by name', async (name, change) => {
    const { error } = failing('user', () => json({ user_id: 5, login: 'mara', ...change }))
    const caught = await error()
    expect(caught).toMatchObject({ code: code('RESPONSE_INVALID') })
    expect(caught['message']).toContain(name)
  })

  it('an id that was rounded is refused with the reason', async () => {
    // JSON.parse gives it for 9007199254740993 too.
    const { error } = failing('user', () => json({ user_id: 9_007_199_254_740_992, login: 'mara' }))
    const caught = await error()
    expect(caught).toMatchObject({ code: code('RESPONSE_INVALID') })
    expect(caught['message']).toMatch(/user_id as a whole number of at most 9007199254740991/)
  })
})

describe('a login_url', () => {
  const BASE = 'http://127.0.0.1:8787/rest/v2'
  it.each([
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['http://secure.ultracart.com/login'],
    ['https://evil.example/login'],
    ['https://secure.ultracart.com.evil.example/login'],
    ['https://secure.ultracart.com@evil.example/'],
    ['https://user:pass@secure.ultracart.com/'],
    ['https://secure.ultracart.com:8443/login'],
    ['https://secure.ultracart.com./login'],
    ['//evil.example/login'],
    ['/login'],
    ['\\\\evil.example\\login'],
    ['not a url'],
  ])('%s is refused', async (login_url) => {
    const { error } = failing('authorize', () => json({ login_url }, 200, headers))
    expect(await error()).toMatchObject({
      code: code('URL_REFUSED'),
      operation: 'authorize',
      status: 200,
      traceId: '0A1B2C3D',
    })
  })

  it.each([
    [
      'https://evil.example/login',
      " It is on evil.example. Add that host only if it is UltraCart's.",
    ],
    ['http://secure.ultracart.com/login', ''],
    ['/login', ''],
  ])('of %s a host is named, to be added, where there is one', async (login_url, where) => {
    const { error } = failing('authorize', () => json({ login_url }))
    const message = `The login page must be https and on baseUrl's host or one of loginHosts.${where}`
    expect(await error()).toMatchObject({ message })
  })

  it.each([
    ['https://secure.ultracart.com/login', {}],
    ['https://SECURE.ultracart.com:443/login', {}],
    ['https://login.example/x', { loginHosts: ['login.example'] }],
    ['https://login.example:8443/x', { loginHosts: ['login.example:8443'] }],
    ['http://127.0.0.1:8787/login', { baseUrl: BASE }],
    ['https://secure.ultracart.com/login', { baseUrl: BASE }],
    ['https://api.example/login', { baseUrl: 'https://api.example/v2', loginHosts: [] }],
  ])('%s is taken where it is listed', async (login_url, options) => {
    const { sso } = setUp({ authorize: () => json({ login_url }) }, options)
    expect(String((await sso.authorize()).loginUrl)).toBe(new URL(login_url).href)
  })

  it.each([
    ['http://127.0.0.1:9999/login', { baseUrl: BASE }],
    ['http://localhost:8787/login', { baseUrl: BASE }],
    ['http://127.0.0.1:9999/login', { baseUrl: BASE, loginHosts: ['127.0.0.1:9999'] }],
    ['https://secure.ultracart.com/login', { loginHosts: ['login.example'], baseUrl: BASE }],
  ])('%s is refused where another host is listed', async (login_url, options) => {
    const { sso } = setUp({ authorize: () => json({ login_url }) }, options)
    expect(await rejection(sso.authorize())).toMatchObject({ code: code('URL_REFUSED') })
  })
})

it('a login that is over when it begins is refused', async () => {
  const login_url = 'https://secure.ultracart.com/login'
  const expiration_dts = '2026-03-02T09:59:59-05:00'
  const { error } = failing('authorize', () => json({ login_url, expiration_dts }))
  expect(await error()).toMatchObject({ code: code('LOGIN_EXPIRED'), operation: 'authorize' })
})
