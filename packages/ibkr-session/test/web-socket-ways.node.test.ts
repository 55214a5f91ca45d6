/** How a socket is opened where the runtime is another one than that of these tests. In Node alone, which stands in for it. */
import { afterEach, expect, it, vi } from 'vitest'
import { findWebSocketWay } from '../src/internal/stream/web-socket.ts'
import { failure } from './support.ts'

const URL = 'wss://api.example.com/v1/api/ws'
const HEADERS = { Cookie: 'api=1', 'User-Agent': 'test' }
const { signal } = new AbortController()

afterEach(() => {
  vi.unstubAllGlobals()
})

const open = () => findWebSocketWay(undefined)?.(URL, HEADERS, signal)

it('a Worker asks for an upgrade by fetch, and accepts the socket once somebody listens', async () => {
  const webSocket = { accept: vi.fn() }
  const fetch = vi.fn(async () => ({ status: 101, webSocket }))
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  vi.stubGlobal('fetch', fetch)
  const opened = await open()
  expect(fetch.mock.calls).toEqual([
    [
      'https://api.example.com/v1/api/ws',
      // A redirect that is followed gives the cookie to wherever it leads.
      { headers: { ...HEADERS, Upgrade: 'websocket' }, redirect: 'manual', signal },
    ],
  ])
  expect(opened?.socket).toBe(webSocket)
  expect(webSocket.accept).not.toHaveBeenCalled()
  opened?.start?.()
  expect(webSocket.accept).toHaveBeenCalledOnce()
})

it('a Worker that is given no socket tells the status, and frees the connection', async () => {
  const cancel = vi.fn(async () => {})
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  vi.stubGlobal('fetch', async () => ({ status: 403, headers: new Headers(), body: { cancel } }))
  expect(await failure(async () => await open())).toMatchObject({
    code: 'IBKR_SESSION_NETWORK',
    status: 403,
    message: 'The broker did not open the stream: it answered 403 in the place of 101.',
  })
  expect(cancel).toHaveBeenCalledOnce()
})

it('a Worker that is given a 429 tells how long the broker wants nothing to be sent', async () => {
  const headers = { 'retry-after': '120' }
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  vi.stubGlobal('fetch', async () => new Response(null, { status: 429, headers }))
  expect(await failure(async () => await open())).toMatchObject({
    code: 'IBKR_SESSION_RATE_LIMITED',
    status: 429,
    retryAfterMs: 120_000,
    message: 'The broker did not open the stream: it answered 429 in the place of 101.',
  })
})

it('a constructor that takes headers is given them; one that refuses the object is called without', async () => {
  const made: unknown[][] = []
  class Taking {
    constructor(...given: unknown[]) {
      made.push(given)
    }
  }
  class Refusing extends Taking {
    constructor(url: string, init?: object) {
      if (init !== undefined) throw new SyntaxError('no such protocol')
      super(url)
    }
  }
  for (const one of [Taking, Refusing]) {
    vi.stubGlobal('WebSocket', one)
    expect((await open())?.socket).toBeInstanceOf(one)
  }
  expect(made).toEqual([[URL, { headers: HEADERS }], [URL]])
})

it('a runtime without any is told apart', () => {
  vi.stubGlobal('WebSocket', undefined)
  expect(findWebSocketWay(undefined)).toBeUndefined()
})
