/** What the authorized `fetch` makes of its arguments, and of a `fetch` that gives no answer. */
import { describe, expect, it, vi } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { pastDeadline } from '../../../tests/support/quick-time.ts'
import { tellsStreamsInRequests } from '../../../tests/support/request-bodies.ts'
import { createAuthorizedFetch, type RetryUnauthorized } from '../src/internal/authorized-fetch.ts'
import { readBaseUrl } from '../src/internal/base-url.ts'
import { copyInit } from '../src/internal/options.ts'
import { deferred, failure, newError } from './support.ts'

const BASE = 'https://api.example.com/v1/api'
const ORDERS = `${BASE}/orders`

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

/** An authorized `fetch` whose token is renewed for every 401; the requests are recorded. */
function setUp(
  options: {
    readonly fetch?: unknown
    readonly timeoutMs?: number
    readonly retryUnauthorized?: RetryUnauthorized
    readonly status?: number
    readonly renewalError?: Error
  } = {},
) {
  const sent: Sent[] = []
  const forms: (string | undefined)[] = []
  const answering = async (url: string, init: RequestInit) => {
    sent.push({ url, init })
    return new Response('{}', { status: options.status ?? 200 })
  }
  const fetch = createAuthorizedFetch<{ id: number }>({
    newError,
    base: readBaseUrl(BASE) as never,
    fetch: ('fetch' in options ? options.fetch : answering) as never,
    timeoutMs: options.timeoutMs ?? 5000,
    userAgent: 'test',
    retryUnauthorized: options.retryUnauthorized ?? 'safe',
    async token({ replacing }) {
      if (replacing && options.renewalError) throw options.renewalError
      return { id: (replacing?.id ?? 0) + 1 }
    },
    authorize({ id }, { formBody }) {
      forms.push(formBody)
      return `Token ${id}`
    },
    repair: () => false,
    onRenewalFailed: () => {},
  }) as (input: unknown, init?: unknown) => Promise<Response>
  return { fetch, sent, forms }
}

const sentBytes = ({ init }: Sent) => new Uint8Array(init.body as ArrayBuffer)

/** What a platform does not send, it cannot be given: Firefox and WebKit send no streams. */
const sendsStreams = (() => {
  const init = { method: 'POST', body: new ReadableStream(), duplex: 'half' } as RequestInit
  try {
    return !new Request(ORDERS, init).headers.has('content-type')
  } catch {
    return false
  }
})()
const streamed = (stream: ReadableStream) =>
  new Request(ORDERS, { method: 'POST', body: stream, duplex: 'half' } as RequestInit)
const bytesOf = (text: string) => new TextEncoder().encode(text)

it.each([
  ['*/*', undefined],
  ['text/csv', { accept: 'text/csv' }],
])('asks for %s, also where the platform sends no Accept of its own', async (expected, headers) => {
  const { fetch, sent } = setUp()
  await fetch('/orders', headers && { headers })
  expect(new Headers(sent[0]?.init.headers).get('accept')).toBe(expected)
})

it('an answer in whose place the error of a renewal comes is cancelled', async () => {
  const cancel = vi.fn()
  const renewalError = new Error('no renewal')
  const fetch = async () => new Response(new ReadableStream({ cancel }), { status: 401 })
  await expect(setUp({ fetch, renewalError }).fetch(ORDERS)).rejects.toBe(renewalError)
  await eventually(() => expect(cancel).toHaveBeenCalled())
})

describe.runIf(sendsStreams)('a body that streams out of a Request', () => {
  const stalled = () => {
    const source = { cancelled: vi.fn() }
    const stream = new ReadableStream({
      start: (controller) => controller.enqueue(bytesOf('begin')),
      cancel: source.cancelled,
    })
    return { source, request: streamed(stream) }
  }

  it('is waited for no longer than timeoutMs, and its source cancelled', async () => {
    const { fetch, sent } = setUp({ timeoutMs: 100 })
    const { source, request } = stalled()
    expect(await failure(() => fetch(request))).toMatchObject({ code: 'TIMEOUT' })
    await eventually(() => expect(source.cancelled).toHaveBeenCalled())
    expect(sent).toHaveLength(0)
  })

  it('is waited for no longer than the caller wants, and its source cancelled', async () => {
    const { fetch, sent } = setUp()
    const { source, request } = stalled()
    const controller = new AbortController()
    const reason = new Error('left')
    const call = failure(() => fetch(request, { signal: controller.signal }))
    controller.abort(reason)
    expect(await call).toBe(reason)
    await eventually(() => expect(source.cancelled).toHaveBeenCalled())
    expect(sent).toHaveLength(0)
  })

  it.each(['default', 'bytes'])('is never sent twice: %s', async (kind) => {
    const { fetch, sent } = setUp({ retryUnauthorized: 'replayable', status: 401 })
    const source = {
      start(controller: ReadableStreamDefaultController | ReadableByteStreamController) {
        controller.enqueue(bytesOf('stream'))
        controller.close()
      },
    }
    const stream = kind === 'bytes' ? new Response('stream').body : new ReadableStream(source)
    // Only where the platform tells what was a stream are those of bytes known too.
    if (kind === 'bytes' && !tellsStreams()) return
    expect((await fetch(streamed(stream as ReadableStream))).status).toBe(401)
    expect(sent).toHaveLength(1)
    expect(new TextDecoder().decode(sent[0]?.init.body as ArrayBuffer)).toBe('stream')
  })
})

function tellsStreams(): boolean {
  try {
    return !new Request(streamed(new ReadableStream()), { method: 'POST', mode: 'no-cors' })
  } catch {
    return true
  }
}

it('repeats what a Request carries as text, under replayable, where the platform tells it from a stream', async () => {
  const { fetch, sent } = setUp({ retryUnauthorized: 'replayable', status: 401 })
  const request = new Request(ORDERS, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  })
  await fetch(request)
  const bodies = sent.map(({ init }) => new TextDecoder().decode(init.body as ArrayBuffer))
  expect(bodies).toEqual(Array(tellsStreamsInRequests() ? 2 : 1).fill('{"a":1}'))
})

describe('a body given as text or bytes', () => {
  it.each<[string, BodyInit]>([
    ['text', '{"a":"ü😀"}'],
    ['bytes', new Uint8Array([1, 2, 3])],
    ['a part of bytes', new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 3)],
    ['bytes of a view of another kind', new DataView(new Uint8Array([5, 6, 7]).buffer, 1)],
    ['numbers', new Uint16Array([1, 2])],
    ['a buffer', new Uint8Array([1, 2]).buffer],
  ])('goes out as the platform sends it, and again after a 401: %s', async (_kind, body) => {
    const { fetch, sent } = setUp({ status: 401, retryUnauthorized: 'replayable' })
    await fetch('/orders', { method: 'POST', body })
    const bytes = new Uint8Array(await new Response(body).arrayBuffer())
    expect(sent.map(sentBytes)).toEqual([bytes, bytes])
    const types = sent.map(({ init }) => (init.headers as Headers).get('content-type'))
    const type = new Response(body).headers.get('content-type')
    expect(types).toEqual([type, type])
  })

  it('is text as the Encoding standard has it, half a character replaced', async () => {
    const { fetch, sent } = setUp()
    await fetch('/orders', { method: 'POST', body: 'a\ud800b' })
    expect(sent.map(sentBytes)).toEqual([new TextEncoder().encode('a\ufffdb')])
  })

  it('is the one of the moment of the call', async () => {
    const { fetch, sent } = setUp()
    const body = new Uint8Array([1, 2, 3])
    const call = fetch('/orders', { method: 'POST', body })
    body.fill(9)
    await call
    expect(sent.map(sentBytes)).toEqual([new Uint8Array([1, 2, 3])])
  })
})

describe('what else a Request says', () => {
  function differs([name, value]: readonly [string, unknown]): boolean {
    const of = (request: Request) => request[name as keyof Request]
    try {
      const init = { [name]: value } as RequestInit
      return of(new Request(ORDERS, init)) === value && of(new Request(ORDERS)) !== value
    } catch {
      return false
    }
  }
  const passed = async (init: RequestInit) => {
    const { fetch, sent } = setUp()
    await fetch(new Request(ORDERS, init))
    const { method, headers, redirect, signal, body, ...rest } = sent[0]?.init ?? {}
    return rest
  }

  it('is passed on where it is not what the platform takes by itself', async () => {
    // Not every platform takes all of them.
    const said = Object.fromEntries(
      Object.entries({ cache: 'no-store', credentials: 'omit', keepalive: true }).filter(differs),
    )
    expect(await passed(said)).toEqual(said)
  })

  it('is left to the platform where it is nothing', async () => {
    expect(await passed({})).toEqual({})
    expect(await passed({ method: 'POST', body: '{}' })).toEqual({})
  })
})

describe('the signal of a Request', () => {
  const aborted = () => new Request(ORDERS, { signal: AbortSignal.abort(new Error('left')) })

  it('ends the call', async () => {
    const { fetch, sent } = setUp()
    expect(await failure(() => fetch(aborted()))).toMatchObject({ message: 'left' })
    expect(await failure(() => fetch(aborted(), { signal: undefined }))).toMatchObject({
      message: 'left',
    })
    expect(sent).toHaveLength(0)
  })

  it('is detached by null', async () => {
    const { fetch, sent } = setUp()
    expect((await fetch(aborted(), { signal: null })).status).toBe(200)
    expect(sent).toHaveLength(1)
  })
})

it('members of an init that its class has getters for, or that it inherits, are sent', async () => {
  class Init {
    get method() {
      return 'DELETE'
    }
    get headers() {
      return { 'x-own': '1' }
    }
  }
  const { fetch, sent } = setUp()
  await fetch('/orders', new Init())
  await fetch('/orders', Object.create({ method: 'PUT', body: 'text', credentials: 'include' }))
  expect(sent.map(({ init }) => init.method)).toEqual(['DELETE', 'PUT'])
  expect(new Headers(sent[0]?.init.headers).get('x-own')).toBe('1')
  expect(new TextDecoder().decode(sentBytes(sent[1] as Sent))).toBe('text')
  expect(sent[1]?.init.credentials).toBe('include')
})

it('a member of an init is read once, and one that is undefined is as good as left out', async () => {
  let reads = 0
  const init = {
    method: 'POST',
    get body() {
      reads++
      return 'text'
    },
  }
  const { fetch, sent } = setUp()
  await fetch('/orders', init)
  expect(reads).toBe(1)
  const request = () => new Request(ORDERS, { method: 'PUT', credentials: 'include', body: 'own' })
  await fetch(request(), { method: undefined, credentials: undefined, body: undefined })
  expect(sent[1]?.init.method).toBe('PUT')
  // Workers have no credentials.
  expect(sent[1]?.init.credentials).toBe(request().credentials)
  expect(new TextDecoder().decode(sentBytes(sent[1] as Sent))).toBe('own')
})

it.runIf(sendsStreams)('a copy of a Request is an init', async () => {
  const { fetch, sent } = setUp()
  const request = new Request(ORDERS, { method: 'POST', body: 'order', headers: { 'x-own': '1' } })
  await fetch('/orders', { ...copyInit(request as never), headers: { 'x-other': '2' } })
  const { method, headers, body } = sent[0]?.init ?? {}
  expect([method, new Headers(headers).get('x-other')]).toEqual(['POST', '2'])
  expect(await new Response(body as BodyInit).text()).toBe('order')
})

it.each<[string, unknown, RequestInit]>([
  ['bytes', '/orders', { method: 'POST', body: bytesOf('[object Object]') }],
  ['a Blob', '/orders', { method: 'POST', body: new Blob(['[object Object]']) }],
  ['text', '/orders', { method: 'POST', body: '[object Object]' }],
])('%s that spell the tag of an object are sent as they are', async (_, input, init) => {
  const { fetch, sent } = setUp()
  await fetch(input, init)
  expect(new TextDecoder().decode(sentBytes(sent[0] as Sent))).toBe('[object Object]')
})

it('a Request of another frame whose body goes with no GET is not told to be of no platform', async () => {
  const Own = globalThis.Request
  class Other extends Own {}
  const request = () => new Own(ORDERS, { method: 'POST', body: 'hush' })
  vi.stubGlobal('Request', Other)
  try {
    const { fetch, sent } = setUp()
    const error = await failure(() => fetch(request(), { method: 'GET' }))
    expect(error).toMatchObject({ option: 'init.body' })
    expect((await fetch(request())).status).toBe(200)
    expect(sent).toHaveLength(1)
  } finally {
    vi.unstubAllGlobals()
  }
})

describe('arguments that no platform takes are told by their names', () => {
  const used = async () => {
    const request = new Request(ORDERS, { method: 'POST', body: 'text' })
    await request.text()
    return request
  }
  const locked = () => {
    const stream = new ReadableStream()
    stream.getReader()
    return stream
  }
  /** What the Request of a library has, and no platform takes. */
  const foreign = {
    url: ORDERS,
    method: 'POST',
    headers: new Headers(),
    body: null,
    clone() {},
  }

  it.each<[string, string, unknown, unknown]>([
    ['a Request of a library', 'input', foreign, undefined],
    ['a Request of a library with an init', 'input', foreign, { method: 'PUT' }],
    ['a Request of a library as init', 'input', '/orders', foreign],
    ['a method with a blank', 'init.method', '/orders', { method: 'P OST' }],
    ['a header’s name with a blank', 'init.headers', '/orders', { headers: { 'x y': 'hush' } }],
    ['a header with a line break', 'init.headers', '/orders', { headers: { x: 'hush\nhush' } }],
    ['a GET with a body', 'init.body', '/orders', { body: 'hush' }],
    ['a HEAD with a body', 'init.body', '/orders', { method: 'head', body: 'hush' }],
    ['a GET with an empty body', 'init.body', '/orders', { body: '' }],
    ['a GET with a stream', 'init.body', '/orders', { body: new ReadableStream() }],
    ['a stream that is read', 'init.body', '/orders', { method: 'POST', body: locked() }],
    ['an object as body', 'init.body', '/orders', { method: 'POST', body: { hush: 1 } }],
    ['an instance as body', 'init.body', '/orders', { method: 'POST', body: new (class {})() }],
    ['a list as body', 'init.body', '/orders', { method: 'POST', body: ['hush', 1] }],
    ['an empty list as body', 'init.body', '/orders', { method: 'POST', body: [] }],
    ['a list of objects', 'init.body', '/orders', { method: 'POST', body: Array(9).fill({}) }],
    ['a signal that is none', 'signal', '/orders', { signal: {} }],
    ['a number as init', 'init', '/orders', 5],
    ['text as init', 'init', '/orders', 'hush'],
  ])('%s', async (_, option, input, init) => {
    const { fetch, sent } = setUp()
    const error = await failure(() => fetch(input, init))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option })
    expect(String(error['message'])).not.toContain('hush')
    expect(sent).toHaveLength(0)
  })

  it.each<[unknown, RegExp]>([
    [{ hush: 1 }, /this object would be sent as the text "\[object Object]"/],
    [['hush', 1], /this list would be sent as the text of its items with commas between/],
  ])('what would be sent of %s', async (body, words) => {
    const error = await failure(() => setUp().fetch('/orders', { method: 'POST', body }))
    expect(error['message']).toMatch(words)
  })

  it('a Request that was made of an object', async () => {
    const { fetch, sent } = setUp()
    const request = new Request(ORDERS, { method: 'POST', body: { hush: 1 } as never })
    const error = await failure(() => fetch(request))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'input' })
    expect(error['message']).toMatch(/body.*JSON\.stringify/)
    expect(sent).toHaveLength(0)
  })

  it('a Request whose body goes with no GET', async () => {
    const { fetch, sent } = setUp()
    const request = new Request(ORDERS, { method: 'POST', body: 'hush' })
    const error = await failure(() => fetch(request, { method: 'GET' }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'init.body' })
    expect(error['message']).toMatch(/GET or HEAD .* check init\.method/)
    expect(sent).toHaveLength(0)
  })

  it('a Request that was used', async () => {
    const { fetch, sent } = setUp()
    const error = await failure(async () => fetch(await used()))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'input' })
    // Its body does not matter where another one is given.
    expect((await fetch(await used(), { body: 'another' })).status).toBe(200)
    expect(sent).toHaveLength(1)
  })
})

it.each(['application/x-www-form-urlencoded', 'Application/X-WWW-Form-Urlencoded;Charset=UTF-8'])(
  'gives the signature a form of the type %s',
  async (type) => {
    const { fetch, forms } = setUp()
    await fetch('/orders', { method: 'POST', headers: { 'Content-Type': type }, body: 'a=1' })
    expect(forms).toEqual(['a=1'])
  },
)

it.runIf(sendsStreams)('gives the signature a form that streams, which is sent once', async () => {
  const setup = setUp({ retryUnauthorized: 'replayable', status: 401 })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { body } = new Response('a=1')
  await setup.fetch('/orders', { method: 'POST', headers, body, duplex: 'half' })
  expect(setup.forms).toEqual(['a=1'])
  expect(setup.sent).toHaveLength(1)
})

describe('a fetch that gives no answer', () => {
  const read = async () => {
    const response = new Response('read')
    await response.text()
    return response
  }
  const lockedUp = async () => {
    const response = new Response('locked')
    response.body?.getReader()
    return response
  }
  // Its body is a stream of Node, which has no reader.
  const nodeFetch = async () => ({
    status: 200,
    ok: true,
    headers: new Headers(),
    body: { pipe() {}, on() {} },
    bodyUsed: false,
    clone() {},
  })
  const rejecting = (more: object) => () =>
    Promise.reject(Object.assign(new Error('failed with 404'), more))

  it.each<[string, unknown]>([
    ['nothing', () => undefined],
    ['a promise of nothing', async () => undefined],
    ['null', async () => null],
    ['text', async () => '{}'],
    ['an object of axios', async () => ({ status: 200, data: {}, headers: {} })],
    ['node-fetch’s Response', nodeFetch],
    ['React Native’s Response', async () => ({ ...(await nodeFetch()), body: undefined })],
    ['an answer that was read', read],
    ['an answer that is locked', lockedUp],
    [
      'a rejection of what was answered, as ky makes,',
      rejecting({ response: new Response('', { status: 404 }) }),
    ],
    ['one of axios', rejecting({ response: { status: 404, data: {} }, isAxiosError: true })],
  ])('but %s is told as a fault of the option fetch', async (_, given) => {
    const error = await failure(() => setUp({ fetch: given }).fetch('/orders'))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'fetch' })
    expect(error['message']).toMatch(/Response of the Fetch standard/)
  })

  it('but throws at once is told too, and what it threw is left out', async () => {
    const given = () => {
      throw Object.assign(new TypeError('hush-hush'), { code: 'E_OWN', request: 'hush-hush' })
    }
    const error = await failure(() => setUp({ fetch: given }).fetch('/orders'))
    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'fetch',
      cause: { name: 'TypeError', code: 'E_OWN' },
    })
    expect(JSON.stringify([error['message'], String(error['cause'])])).not.toContain('hush')
  })

  it('but rejects passes unchanged', async () => {
    const broken = new TypeError('fetch failed')
    const given = async () => {
      throw broken
    }
    expect(await failure(() => setUp({ fetch: given }).fetch('/orders'))).toBe(broken)
  })

  it('in time has its late answer cancelled', async () => {
    const cancelled = vi.fn()
    const late = deferred<Response>()
    const arrived = deferred()
    const given = () => {
      arrived.resolve()
      return late.promise
    }
    const setup = setUp({ fetch: given, timeoutMs: 5000 })
    const call = () => failure(() => setup.fetch('/orders'))
    const error = await pastDeadline({ call, arrived: arrived.promise, timeoutMs: 5000 })
    expect(error).toMatchObject({ code: 'TIMEOUT' })
    late.resolve(new Response(new ReadableStream({ cancel: cancelled })))
    await eventually(() => expect(cancelled).toHaveBeenCalled())
  })
})

describe('a path that is refused', () => {
  const refusing = () => {
    const revoked = new Set<string>()
    const renewals: number[] = []
    let current = { id: 1 }
    let sent = 0
    const fetch = createAuthorizedFetch<{ id: number }>({
      newError,
      base: readBaseUrl(BASE) as never,
      fetch: (async (url: string, init: { headers: Headers }) => {
        const isRefused = revoked.has(`${init.headers.get('authorization')} ${url}`)
        // One after the other, so that some are refused while another is repeated.
        await new Promise((resolve) => setTimeout(resolve, 2 * sent++))
        return new Response('{}', { status: isRefused ? 401 : 200 })
      }) as never,
      timeoutMs: 600_000,
      userAgent: 'test',
      retryUnauthorized: 'safe',
      token: async ({ replacing }) => {
        if (replacing === current) {
          current = { id: current.id + 1 }
          renewals.push(current.id)
        }
        return current
      },
      authorize: ({ id }) => `Token ${id}`,
      repair: () => false,
      onRenewalFailed: () => {},
    })
    const revoke = (path: string) => revoked.add(`Token ${current.id} ${BASE}${path}`)
    return { fetch, revoke, renewals }
  }

  it('is renewed for each time that its token is revoked, as long as it helps', async () => {
    const { fetch, revoke, renewals } = refusing()
    for (const count of [1, 2, 3]) {
      revoke('/a')
      expect((await fetch('/a')).status).toBe(200)
      expect(renewals).toHaveLength(count)
    }
  })

  it('asks for no second renewal after one that did not help', async () => {
    const { fetch, revoke, renewals } = refusing()
    revoke('/a')
    const first = fetch('/a')
    await first
    for (let time = 0; time < 3; time++) {
      revoke('/b')
      await fetch('/b')
    }
    expect(renewals).toHaveLength(4)
  })

  it('lets all who were refused with the replaced token go on with the next one', async () => {
    const { fetch, revoke, renewals } = refusing()
    revoke('/a')
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch('/a')))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(renewals).toHaveLength(1)
  })
})

describe.runIf(sendsStreams)('a stream in the init', () => {
  const chunks = (text: string) =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(bytesOf(text))
        controller.close()
      },
    })
  const post = (type: string, body: ReadableStream) => ({
    method: 'POST',
    headers: { 'content-type': type },
    body,
    duplex: 'half',
  })

  it('is passed on as it is', async () => {
    const { fetch, sent, forms } = setUp()
    const body = chunks('{}')
    await fetch('/orders', post('application/json', body))
    expect(sent[0]?.init.body).toBe(body)
    expect(forms).toEqual([undefined])
  })

  it('is read where it is a form, which a signature may cover', async () => {
    const { fetch, sent, forms } = setUp()
    await fetch('/orders', post('application/x-www-form-urlencoded', chunks('a=b')))
    expect(forms).toEqual(['a=b'])
    expect(await new Response(sent[0]?.init.body).text()).toBe('a=b')
  })
})

describe('an init', () => {
  it.each(['POST', 'DELETE'])(
    'that is a Request keeps its method, headers and body: %s',
    async (method) => {
      const { fetch, sent } = setUp()
      const headers = { 'x-a': 'b' }
      const body = method === 'POST' ? 'hello' : null
      await fetch('/orders', new Request('https://elsewhere.example/', { method, headers, body }))
      const [{ url, init } = { url: '', init: {} }] = sent
      expect([url, init.method]).toEqual([ORDERS, method])
      expect(new Headers(init.headers).get('x-a')).toBe('b')
      expect(init.body ? new TextDecoder().decode(sentBytes({ url, init })) : null).toBe(body)
    },
  )

  it('that is a Request ends the call with its signal', async () => {
    const { fetch, sent } = setUp()
    const init = new Request(ORDERS, { signal: AbortSignal.abort('left') })
    await expect(fetch('/orders', init)).rejects.toBe(init.signal.reason)
    expect(sent).toEqual([])
  })

  it.each([
    ['a promise', Promise.resolve({ method: 'DELETE' })],
    ['a list', [{ method: 'DELETE' }]],
    ['a text', 'DELETE'],
  ])('that is %s would be no init at all, and is refused', async (_, init) => {
    const { fetch, sent } = setUp()
    const error = await failure(() => fetch('/orders', init))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'init' })
    expect(sent).toEqual([])
  })
})
