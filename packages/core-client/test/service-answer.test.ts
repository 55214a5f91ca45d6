import {
  readAnswer,
  readProblem,
  receiveAnswer,
  receiveResponse,
  ServiceError,
} from '@isoauth/core-client'
import { describe, expect, it } from 'vitest'
import { quickest } from '../../../tests/support/quickest.ts'
import { failure, newError } from './support.ts'

class TestError extends ServiceError<string> {
  override readonly name = 'TestError' as const
  constructor(code: string, message: string, details: object) {
    super(message, { ...details, code })
  }
}

const rules = (secrets: readonly string[] = []): Parameters<typeof readAnswer>[1] => ({
  newError,
  now: () => 0,
  secrets,
  refusal: (kind, message, details) => new TestError(kind, message, details),
})
/** Reads an answer whose request held these secrets. */
const read = async (response: Response, secrets: readonly string[] = []) =>
  readAnswer(await receiveResponse(newError, response), rules(secrets))
const refused = (status: number, body: unknown, secrets?: readonly string[]) =>
  failure(() => read(new Response(JSON.stringify(body), { status }), secrets))

describe('what was sent', () => {
  const SENT = 'Qz7-Wm4.Kp9_Tx2Lm5'
  const part = SENT.slice(3, 12)

  it.each(['x-request-id', 'x-correlation-id', 'traceid', 'x-traceid'])(
    'does not come back as the trace id of %s',
    async (name) => {
      for (const [value, expected] of [
        [SENT, undefined],
        [`id-${part.toLowerCase()}`, undefined],
        ['trace-1', 'trace-1'],
      ] as const) {
        const response = new Response('{}', { status: 500, headers: { [name]: value as string } })
        const error = await failure(() => read(response, ['another-one', SENT]))
        expect(error['traceId']).toBe(expected)
      }
    },
  )

  it.each([
    ['title', { title: part }],
    ['detail', { detail: `no ${part.toUpperCase()}` }],
    ['detail', { error_description: part }],
    ['detail', { errorDescription: part }],
    ['detail', { message: part }],
    ['detail', { error: { message: part } }],
    ['detail', { error: { code: 'x', description: part } }],
    ['detail', { errors: [{ message: part }] }],
    ['oauthError', { error: part }],
    ['invalidArguments', { invalidArguments: [{ field: part }] }],
  ])('does not come back as %s', async (name, body) => {
    expect((await refused(400, body, ['another-one', SENT]))[name]).toBeUndefined()
    expect((await refused(400, body, ['another-one']))[name]).toBeDefined()
  })

  it('is looked for in time that does not grow with the product of both lengths', async () => {
    const detail = 'ab'.repeat(30_000)
    const look = () =>
      refused(400, { detail, title: detail, error: detail }, ['ba-'.repeat(20_000)])
    expect(await quickest(300, look)).toBeLessThan(300)
  })
})

describe('a good answer', () => {
  it('gives its fields, and errors for those that are wrong', async () => {
    const headers = { 'x-traceid': 't-1' }
    const { fields, fieldError } = await read(new Response('{"a":1}', { headers }))
    expect(fields).toEqual({ a: 1 })
    expect(fieldError('a', 'text')).toMatchObject({
      code: 'RESPONSE_INVALID',
      message: "The answer's a should be text.",
      status: 200,
      traceId: 't-1',
    })
  })
})

describe('another answer of 200', () => {
  it.each([
    { error: 'no bridge' },
    { error: { message: 'no bridge' } },
    { error: true, message: 'no bridge' },
    { error: ['no'], errorMessage: 'no bridge' },
  ])('that tells an error is a refusal in its words: %j', async (body) => {
    const error = await failure(() => read(new Response(JSON.stringify(body))))
    expect(error).toMatchObject({ code: 'REFUSED', status: 200 })
    expect(error['message']).toMatch(/refused the request.+200\. It says: no bridge\./)
  })

  it.each(['message', 'errorMessage', 'fail', 'detail'])(
    'whose %s stands in the place of a field is told in its words',
    async (name) => {
      const { fieldError } = await read(new Response(JSON.stringify({ [name]: 'no bridge', a: 1 })))
      expect(fieldError('token', 'text').message).toBe(
        "The answer's token should be text. It says: no bridge.",
      )
      expect(fieldError('a', 'text').message).toBe("The answer's a should be text.")
    },
  )

  it.each([false, 0, null, ''])('whose error is %j is good', async (error) => {
    const { fields } = await read(new Response(JSON.stringify({ error, a: 1 })))
    expect(fields['a']).toBe(1)
  })

  it('is told by its form, or its length', async () => {
    const tell = async (body: string) => (await failure(() => read(new Response(body))))['message']
    expect(await tell('')).toBe('The answer should be a JSON object; it is empty.')
    expect(await tell('x')).toMatch(/it is 1 character of other text/)
    expect(await tell('xy')).toMatch(/it is 2 characters of other text/)
    expect(await tell('x'.repeat(65_537))).toBe('The answer is larger than 65536 bytes.')
    const long = await receiveAnswer(new Response('x'.repeat(1001)), { limitBytes: 1000 })
    expect(() => readAnswer(long, rules())).toThrow('The answer is larger than 1000 bytes.')
  })
})

describe('a Response that was received', () => {
  it('must be one, with a body that nobody has read', async () => {
    const used = new Response('used')
    await used.text()
    for (const wrong of [undefined, {}, { status: 200, headers: {} }, used]) {
      const error = await failure(() => receiveResponse(newError, wrong as never))
      expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'response' })
    }
  })

  it('whose body breaks off is a failure of the network', async () => {
    const body = new ReadableStream({ pull: (stream) => stream.error(new TypeError('terminated')) })
    const error = await failure(() => receiveResponse(newError, new Response(body)))
    expect(error).toMatchObject({ code: 'NETWORK', cause: { name: 'TypeError' } })
  })
})

describe('a refusal', () => {
  it.each([
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [429, 'RATE_LIMITED'],
    [408, 'UNAVAILABLE'],
    [500, 'UNAVAILABLE'],
    [504, 'UNAVAILABLE'],
    [201, 'REFUSED'],
    [400, 'REFUSED'],
    [404, 'REFUSED'],
  ])('of %d is %s', async (status, code) => {
    expect(await refused(status, {})).toMatchObject({ code, status })
  })

  it.each([204, 304])('of %d is called none, since nothing was refused', async (status) => {
    const error = await failure(() => read(new Response(null, { status })))
    expect(error['message']).toBe(`The service gave no answer of the API (${status}).`)
  })

  it('shows what the service said, in its message, its fields and its JSON', async () => {
    const said = { title: 'Bad Request', detail: 'Invalid aud' }
    const error = await refused(400, { ...said, status: 'x', extra: 5 })
    expect(error).toMatchObject(said)
    expect(error['message']).toMatch(/\(400\)\. It says: Invalid aud\.$/)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'TestError',
      code: 'REFUSED',
      message: error['message'],
      status: 400,
      ...said,
    })
  })

  it.each([
    ['the whole secret', 'got s3cret'],
    ['a part of a long secret', 'got klmnopqrstuv'],
    ['something like a token', 'got eyJhbGciOiJSUzI1NiJ9'],
    ['a signed header', 'got OAuth realm="limited_poa", oauth_token="0a1b2c3d4e"'],
    ['a bearer', 'got Authorization: Bearer 0a1b2c3d4e'],
    ['the shortest beginning of a token', 'got eyJ-_3456789'],
    ['a bearer of one digit', 'got bearer 1'],
    ['a bearer whose first digit comes late', `got Bearer ${'a.-~+/_'.repeat(4)}ab1`],
    ...['consumer_key', 'nonce', 'signature', 'timestamp', 'token', 'token_secret', 'verifier'].map(
      (name) => [`${name} of a signed header`, `got oauth_${name}="a`],
    ),
    ['a field without quotes', 'got oauth_token=a'],
  ])('leaves out a text with %s', async (_, detail) => {
    const secrets = ['s3cret', 'abcdefghijklmnopqrstuvwxyz']
    const error = await refused(400, { detail, title: 'Bad Request' }, secrets)
    expect(error['detail']).toBeUndefined()
    expect(error['title']).toBe('Bad Request')
    expect(error['message']).toMatch(/It says: Bad Request\.$/)
  })

  it.each([
    ...['Bearer authentication is required', 'missing parameter: oauth_callback'],
    ...['eyJ12345678', 'eyJ1234.56789', 'Bearer, 5 of them', 'bearers 5'],
    ...[`Bearer ${'a'.repeat(31)}1`, 'oauth_callback="x"', 'oauth_token= x'],
  ])('keeps %s', async (detail) => {
    expect((await refused(400, { detail }, []))['detail']).toBe(detail)
  })

  it('keeps a text that shares less than eight characters with a secret', async () => {
    const error = await refused(400, { detail: 'klmnopq?' }, ['abcdefghijklmnopqrstuvwxyz'])
    expect(error['detail']).toBe('klmnopq?')
  })
})

describe('a refusal in words of its own', () => {
  const said = async (body: string, secrets: readonly string[] = []) =>
    failure(() => read(new Response(body, { status: 400 }), secrets))

  it.each([
    ['text', 'missing parameter: oauth_callback\n', 'missing parameter: oauth_callback'],
    ['a message in JSON', '{"message":"no bridge"}', 'no bridge'],
  ])('that is %s is shown', async (_, body, detail) => {
    const error = await said(body)
    expect(error).toMatchObject({ detail })
    expect(error['message']).toContain(`It says: ${detail}.`)
  })

  it.each([
    ['HTML', '<html>gone</html>'],
    ['JSON that is cut off', '{"detail":"gone'],
    ['a JSON text', '"gone"'],
    ['what was sent', 'got s3cret'],
  ])('that is %s is not', async (_, body) => {
    const error = await said(body, ['s3cret'])
    expect(error['detail']).toBeUndefined()
    expect(error['message']).not.toMatch(/It says|gone/)
  })

  it('is cut', async () => {
    expect(String((await said('x'.repeat(5000)))['detail'])).toHaveLength(300)
  })
})

describe('the arguments that a service takes for wrong', () => {
  it.each([
    [
      'beside a title',
      {
        title: 'Bad Request',
        invalidArguments: [{ field: 'ip', description: 'Missing required parameter.' }],
      },
      'It says: Bad Request (ip: Missing required parameter).',
    ],
    ['alone', { invalidArguments: [{ field: 'ip' }] }, 'It names ip.'],
    ['beside nothing', { invalidArguments: [null, { field: 'ip' }, 5] }, 'It names ip.'],
    [
      'as texts',
      { detail: 'Wrong.', invalidArguments: ['ip', 'credential'] },
      'It says: Wrong (ip; credential).',
    ],
    [
      'in a long list',
      { title: 'Bad', invalidArguments: ['a', 'b', 'c', 'd'] },
      'It says: Bad (a; b; c; and more).',
    ],
  ])('are named %s', async (_, body, words) => {
    expect((await refused(400, body))['message']).toContain(words)
  })
})

it.each([
  [{ error: { errorDescription: 'why' } }],
  [{ error: { error: { errorDescription: 'why' } }, hasError: true }],
  [{ error: { error: { error: 'why' } } }],
  [{ error: { error: null, message: 'why' } }],
])('shows the words of an error within an error: %j', async (body) => {
  expect((await refused(400, body))['message']).toContain('It says: why.')
})

it('says nothing for an error that holds none', async () => {
  expect((await refused(400, { error: { error: null } }))['message']).not.toContain('It ')
})

describe('how long to wait', () => {
  const tell = async (status: number, retryAfter?: string) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
    return (await failure(() => read(new Response('', { status, headers }))))['message']
  }

  it('is told after a 429 and while a service is not ready', async () => {
    expect(await tell(429, '1')).toContain('(429): wait 1 s before')
    expect(await tell(429, '119')).toContain('wait 119 s before')
    expect(await tell(429, '600')).toContain('wait 10 minutes before')
    expect(await tell(429)).toContain('wait 10 minutes or more before')
    expect(await tell(503, '7')).toContain('(503): try again in 7 s.')
    expect(await tell(503)).toContain('try again in 30 s.')
    expect(await tell(503, '0')).toContain('try again in 30 s.')
  })
})

it.each([
  [407, /\(407\).*proxy.*password.*fetch/],
  [411, /\(411\).*Content-Length.*fetch/],
  [511, /\(511\).*sign-in of its own.*browser/],
])('a %i says what is on the way', async (status, message) => {
  expect((await refused(status, {}))['message']).toMatch(message)
})

it('an answer without a status says what gives one', async () => {
  const error = await failure(() => read(Response.error()))
  expect(error['message']).toMatch(/no answer.*\(0\).*no-cors.*fetch/)
})

it('cuts what a service says: names to 80 characters, texts to 300, fields to 20', () => {
  const long = 'word '.repeat(200)
  const body = JSON.stringify({
    title: long,
    detail: long,
    error: long,
    invalidArguments: Array.from({ length: 21 }, () => ({ field: long, description: long })),
  })
  const problem = readProblem(body, () => false)
  expect(problem.title?.length).toBeLessThanOrEqual(80)
  expect(problem.title?.length).toBeGreaterThan(70)
  for (const text of [problem.detail, problem.oauthError]) {
    expect(text?.length).toBeLessThanOrEqual(300)
    expect(text?.length).toBeGreaterThan(280)
  }
  expect(problem.invalidArguments).toHaveLength(20)
  expect(problem.invalidArguments?.[0]?.field.length).toBeLessThanOrEqual(80)
  const exact = JSON.stringify({ title: 'x'.repeat(80), detail: 'y'.repeat(300) })
  expect(readProblem(exact, () => false)).toEqual({
    title: 'x'.repeat(80),
    detail: 'y'.repeat(300),
  })
})

it('takes a 200 that tells an error for a refusal, with its words', async () => {
  const body = { error: 'invalid_scope', error_description: 'scope x is not known' }
  const error = await failure(() => read(Response.json(body)))
  expect(error).toMatchObject({ code: 'REFUSED', oauthError: 'invalid_scope', status: 200 })
  expect(error['message']).toContain('status 200. It says: scope x is not known.')
  for (const none of [null, '', undefined, 5, false]) {
    expect((await read(Response.json({ ...body, error: none }))).fields).toBeDefined()
  }
})
