import { request } from 'node:http'
import { connect } from 'node:net'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { untilSlow } from '../../../tests/support/index.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { authorize, hmac, TestClient } from './signer.ts'

let server: SandboxServer
let client: TestClient

beforeAll(async () => {
  server = await serve({ credentials: testCredentials })
  client = new TestClient(server.sandbox.credentials.ibkr.oauth1, fetch)
  await client.handshake()
})

afterAll(() => server.close())

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly text: string
}

/** A request with exactly these headers and this target, which `fetch` would rewrite. */
function send(
  path: string,
  headers: Record<string, string>,
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port: server.port, path, method, headers },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (part) => {
          text += part
        })
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function signed(path: string, options = {}): Promise<string> {
  const { header } = await authorize(
    client.credentials,
    {
      url: client.credentials.baseUrl + path,
      ...options,
      parameters: { oauth_token: client.credentials.accessToken },
    },
    'HMAC-SHA256',
    (base) => hmac('SHA-256', client.token, new TextEncoder().encode(base)),
  )
  return header
}

describe('the server', () => {
  it('answers real requests, on loopback', async () => {
    expect(server.origin).toBe(`http://127.0.0.1:${server.port}`)
    const response = await client.call('/portfolio/accounts')
    expect(response.status).toBe(200)
    expect(response.headers.get('date')).toMatch(/GMT$/)
    expect(server.sandbox.requests.at(-1)?.checks.map(({ name }) => name)).toContain('user-agent')
  })

  it('judges the configured origin, whatever Host says', async () => {
    const authorization = await signed('/tickle')
    const headers = { authorization, host: 'api.ibkr.com', 'user-agent': 'test' }
    expect((await send('/v1/api/tickle', headers)).status).toBe(200)
  })

  it('keeps the query as it stood on the wire', async () => {
    const query = "conid=1&period=1d&q=!'()*"
    const signQuery = query.split('&').map((pair) => pair.split('=') as [string, string])
    const authorization = await signed('/sandbox/echo', { signQuery })
    const headers = { authorization, 'user-agent': 'test' }
    const answer = await send(`/v1/api/sandbox/echo?${query}`, headers)
    expect([answer.status, JSON.parse(answer.text).query]).toEqual([200, query])
    expect(server.sandbox.requests.at(-1)?.querySigning).toBe('wire')
  })

  it('wants a User-Agent, and a Content-Length for a POST', async () => {
    const page = await send('/v1/api/tickle', {})
    expect([page.status, page.headers['content-type']]).toEqual([403, 'text/html'])
    const text = await raw(`POST /v1/api/tickle HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1.1 411 /)
    expect(text).toContain('\r\n\r\n{"error":"Length Required","statusCode":411}')
  })

  it.each<[string, Record<string, string>]>([
    ['another Host', { host: 'evil.example' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['a null Origin', { origin: 'null' }],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
  ])('guards /__sandbox, the portal and consent against %s', async (_name, headers) => {
    for (const [path, method] of [
      ['/__sandbox/requests', 'GET'],
      ['/__sandbox/faults', 'POST'],
      ['/portal', 'POST'],
      ['/authorize', 'POST'],
    ] as const) {
      const answer = await send(
        path,
        { 'user-agent': 'test', 'content-length': '0', ...headers },
        { method },
      )
      expect([path, answer.status]).toEqual([path, 403])
    }
    const local = await send('/__sandbox/counts', { origin: server.origin })
    expect(local.status).toBe(200)
  })

  it('resets connections before and after the request', async () => {
    const { counts } = server.sandbox
    for (const [value, more] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const { authorized } = counts
      server.sandbox.fault({ path: '/tickle', kind: 'reset', value })
      await expect(client.call('/tickle')).rejects.toThrow('fetch failed')
      expect(counts.authorized).toBe(authorized + more)
    }
    expect((await client.call('/tickle')).status).toBe(200)
  })

  it('survives nonsense', async () => {
    expect(await raw('GET  HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    expect(await raw('GET /v1/api/%zz HTTP/1.1\r\nHost: a b\r\nUser-Agent: t\r\n\r\n')).toMatch(
      /^HTTP\/1.1 4\d\d/,
    )
    expect((await client.call('/tickle')).status).toBe(200)
  })
})

describe('closing', () => {
  it('finishes what is under way, then refuses', async () => {
    const other = await serve({ credentials: server.sandbox.credentials })
    other.sandbox.fault({ path: '/', kind: 'slow', value: 200 })
    const slow = fetch(other.origin)
    await untilSlow(other.sandbox)
    const closing = other.close()
    expect((await slow).status).toBe(200)
    await closing
    await expect(fetch(other.origin)).rejects.toThrow('fetch failed')
  })

  it('does not wait for connections that never carried a request', async () => {
    const other = await serve({ credentials: server.sandbox.credentials })
    const spare = connect(other.port, '127.0.0.1')
    await new Promise((resolve) => spare.once('connect', resolve))
    expect((await fetch(other.origin)).status).toBe(200)
    const gone = new Promise((resolve) => spare.once('close', resolve))
    spare.on('error', () => {})
    // Would end with the time that a test has, did it wait.
    await other.close({ timeoutMs: 60_000 })
    await gone
  })

  it('does not wait for what a client gave up', async () => {
    const other = await serve({ credentials: server.sandbox.credentials })
    other.sandbox.fault({ path: '/', kind: 'slow', value: 60_000 })
    const controller = new AbortController()
    const slow = fetch(other.origin, { signal: controller.signal })
    await untilSlow(other.sandbox)
    controller.abort()
    await expect(slow).rejects.toThrow()
    expect((await fetch(other.origin)).status).toBe(200)
    await other.close({ timeoutMs: 60_000 })
  })

  it('cuts what takes too long', async () => {
    const other = await serve({ credentials: server.sandbox.credentials })
    other.sandbox.fault({ path: '/', kind: 'slow', value: 60_000 })
    const slow = fetch(other.origin).catch((error: unknown) => error)
    await untilSlow(other.sandbox)
    // Ends long before the answer would: what holds it back is a minute.
    await other.close({ timeoutMs: 100 })
    expect(await slow).toBeInstanceOf(TypeError)
  })
})

describe('options', () => {
  it.each([
    ['a port in use', () => ({ port: server.port }), 'SANDBOX_LISTEN_FAILED', 'port'],
    ['a port out of range', () => ({ port: 70_000 }), 'SANDBOX_OPTION_INVALID', 'port'],
    ['a public interface', () => ({ hostname: '0.0.0.0' }), 'SANDBOX_ORIGIN_PUBLIC', 'hostname'],
    ['a bad clock', () => ({ now: 1 as never }), 'SANDBOX_OPTION_INVALID', 'now'],
    ['no interface', () => ({ hostname: '' }), 'SANDBOX_OPTION_INVALID', 'hostname'],
    ['null', () => ({ origin: null as never }), 'SANDBOX_OPTION_INVALID', 'origin'],
    [
      'a text for a yes',
      () => ({ hostname: '0.0.0.0', origin: 'http://127.0.0.1:1', allowPublic: 'no' as never }),
      'SANDBOX_ORIGIN_PUBLIC',
      'hostname',
    ],
    ['a misspelt name', () => ({ host: '::1' }) as object, 'SANDBOX_OPTION_INVALID', 'host'],
  ])('refuse %s', async (_name, options, code, option) => {
    await expect(serve(options())).rejects.toMatchObject({ code, option })
  })
})

it('listens on an address in brackets, as URLs have it', async () => {
  const other = await serve({ hostname: '[::1]', credentials: testCredentials })
  expect(other.origin).toBe(`http://[::1]:${other.port}`)
  expect((await fetch(other.origin)).status).toBe(200)
  await other.close()
})

it.each([
  [{ timeoutMS: 0 }, 'timeoutMS'],
  [{ timeoutMs: -1 }, 'timeoutMs'],
  [{ timeoutMs: '5' }, 'timeoutMs'],
  [null, 'options'],
])('does not close with %j', async (options, option) => {
  const refusal = { code: 'SANDBOX_OPTION_INVALID', option }
  await expect(server.close(options as never)).rejects.toMatchObject(refusal)
  expect((await fetch(server.origin)).status).toBe(200)
})

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (part) => {
      answer += part
      socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

it('asks for the headers of a platform over its socket, and not where its fetch is called in process', async () => {
  const other = await serve({ credentials: testCredentials })
  try {
    const { sandbox } = other
    const here = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
    await here.handshake()
    expect((await here.call('/tickle', { method: 'POST' })).status).toBe(200)
    expect(sandbox.requests.map(({ refused }) => refused)).toEqual([null, null])
  } finally {
    await other.close()
  }
})
