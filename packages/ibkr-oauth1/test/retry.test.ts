/** Method × body × retryUnauthorized: which requests are repeated after a 401, and with which body. */
import { describe, expect, it } from 'vitest'
import { tellsStreamsInRequests } from '../../../tests/support/request-bodies.ts'
import { BASE, setUp } from './support.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const POLICIES = ['safe', 'replayable', 'never'] as const
const BODIES = {
  none: () => undefined,
  text: () => '{"side":"BUY"}',
  bytes: () => new TextEncoder().encode('bytes'),
  buffer: () => new TextEncoder().encode('buffer').buffer as ArrayBuffer,
  blob: () => new Blob(['blob'], { type: 'text/plain' }),
  query: () => new URLSearchParams({ a: '1', b: 'x y' }),
  form: () => {
    const form = new FormData()
    form.append('name', 'value')
    return form
  },
  stream: () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('stream'))
        controller.close()
      },
    }),
} as const
const SENT: Readonly<Record<keyof typeof BODIES, RegExp>> = {
  none: /^$/,
  text: /^{"side":"BUY"}$/,
  bytes: /^bytes$/,
  buffer: /^buffer$/,
  blob: /^blob$/,
  query: /^a=1&b=x\+y$/,
  form: /name="name"\r\n\r\nvalue\r\n/,
  stream: /^stream$/,
}

const cells = POLICIES.flatMap((policy) =>
  METHODS.flatMap((method) =>
    (Object.keys(BODIES) as (keyof typeof BODIES)[])
      .filter((body) => body === 'none' || (method !== 'GET' && method !== 'HEAD'))
      .map((body) => ({ policy, method, body })),
  ),
)

function isRepeated({ policy, method, body }: (typeof cells)[number]): boolean {
  if (policy === 'never' || body === 'stream') return false
  return policy === 'replayable' || method === 'GET' || method === 'HEAD'
}

/** A client with an old token, whose requests to /orders get one 401; their bodies are recorded. */
async function orders(policy: (typeof POLICIES)[number]) {
  const { sandbox, time, another } = await setUp()
  const bodies: string[] = []
  const fetch = async (input: string | Request, init?: RequestInit) => {
    if (!(typeof input === 'string' ? input : input.url).includes('/orders')) {
      return sandbox.fetch(input, init)
    }
    // Not through Request: some browsers send no streams, which is for the caller to know.
    const isStream = init?.body instanceof ReadableStream
    const sent = new Response(init?.body ?? null, isStream ? {} : { headers: init?.headers ?? {} })
    bodies.push(await sent.text())
    return new Response('{}', { status: bodies.length === 1 ? 401 : 200 })
  }
  const client = another({ fetch: fetch as never, retryUnauthorized: policy })
  await client.liveSessionToken()
  time.now += 120_000
  return { client, sandbox, bodies }
}

describe.each(cells)('$policy: $method with body $body', (cell) => {
  it(
    isRepeated(cell) ? 'is repeated with the same body' : 'renews and returns the 401',
    async () => {
      const { client, sandbox, bodies } = await orders(cell.policy)
      const body = BODIES[cell.body]()
      const init = { method: cell.method, ...(body !== undefined && { body }) }
      const response = await client.fetch('/orders', init as RequestInit)
      const times = isRepeated(cell) ? 2 : 1
      expect(response.status).toBe(times === 2 ? 200 : 401)
      expect(bodies).toHaveLength(times)
      for (const sent of bodies) expect(sent).toMatch(SENT[cell.body])
      expect(sandbox.counts.handshakes).toBe(2)
    },
  )
})

it.each(['/tickle', '/iserver/auth/status', '/iserver/auth/ssodh/init'])(
  'repeats POST %s under safe: it harms nothing',
  async (path) => {
    const { client, sandbox, time } = await setUp()
    await client.liveSessionToken()
    time.now += 120_000
    sandbox.fault({ path, kind: 'status', status: 401 })
    const body = JSON.stringify({ publish: true, compete: true })
    const headers = { 'content-type': 'application/json' }
    expect((await client.fetch(path, { method: 'POST', headers, body })).status).toBe(200)
  },
)

it('repeats a Request whose body was text, under replayable, where the platform tells it from a stream', async () => {
  const { client, bodies } = await orders('replayable')
  const request = new Request(`${BASE}/orders`, { method: 'POST', body: 'from a request' })
  const isTold = tellsStreamsInRequests()
  expect((await client.fetch(request)).status).toBe(isTold ? 200 : 401)
  expect(bodies).toEqual(Array(isTold ? 2 : 1).fill('from a request'))
})

it('sends the bytes that were there at the call', async () => {
  const { client, bodies } = await orders('replayable')
  const body = new TextEncoder().encode('before')
  const call = client.fetch('/orders', { method: 'POST', body })
  body.set(new TextEncoder().encode('after!'))
  await call
  expect(bodies).toEqual(['before', 'before'])
})

it('returns the 401 when the renewal fails and the request is not repeated', async () => {
  const { client, sandbox, events, time } = await setUp()
  await client.liveSessionToken()
  time.now += 120_000
  sandbox.fault({ path: '/logout', kind: 'status', status: 401 })
  sandbox.fault({ path: '/oauth/live_session_token', kind: 'status', status: 503 })
  expect((await client.fetch('/logout', { method: 'POST' })).status).toBe(401)
  expect(events.at(-1)).toEqual({ type: 'renewal-failed', code: 'IBKR_OAUTH1_UNAVAILABLE' })
})
