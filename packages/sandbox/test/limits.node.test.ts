import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { PAGE_PATHS } from './page-paths.ts'

const MIB = 1_048_576
let server: SandboxServer

beforeAll(async () => {
  server = await serve({ credentials: testCredentials })
})

afterAll(() => server.close())

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** How much of the body had been sent when the answer came, in bytes. */
  readonly sent: number
}

/** Sends `total` bytes in chunks, without saying how many, until an answer comes. */
function sendChunked(path: string, total: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: server.port,
      path,
      method: 'POST',
      headers: { 'user-agent': 'test', 'content-type': 'application/json' },
    })
    let sent = 0
    let answered = false
    const chunk = new Uint8Array(65_536).fill(32)
    outgoing.on('response', ({ statusCode = 0, headers }) => {
      answered = true
      resolve({ status: statusCode, headers, sent })
      outgoing.destroy()
    })
    outgoing.on('error', (error) => answered || reject(error))
    const pump = () => {
      if (answered) return
      if (sent >= total) return void outgoing.end()
      sent += chunk.length
      if (outgoing.write(chunk)) setImmediate(pump)
      else outgoing.once('drain', pump)
    }
    pump()
  })
}

describe('a body that does not say how long it is', () => {
  for (const path of ['/portal', '/__sandbox/faults']) {
    it(`is given up at ${path} after a mebibyte, with memory as it was`, async () => {
      let peak = 0
      const before = process.memoryUsage().rss
      const sampling = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss - before)
      }, 5)
      const { status, sent } = await sendChunked(path, 200 * MIB)
      clearInterval(sampling)
      expect(status).toBe(413)
      expect(sent).toBeLessThan(64 * MIB)
      expect(peak).toBeLessThan(100 * MIB)
      expect((await fetch(server.origin)).status).toBe(200)
    })
  }
})

describe('a body without an end', () => {
  it.each([
    '/',
    '/authorize',
    '/callback',
    '/ultracart/login',
    '/ultracart/callback',
    '/rest/v2/oauth/token',
    '/oauth2/api/v1/token',
    '/gw/api/v1/sso-sessions',
    '/gw/api/v1/echo/signed-jwt',
    '/v1/api/tickle',
    '/v1/api/oauth/live_session_token',
    '/v1/api/ws',
    '/tradingapi/v1/oauth/live_session_token',
    '/sso/resolver',
    '/__sandbox/requests',
    '/nothing/is/here',
  ])('is answered at %s before all of it is there', async (path) => {
    const { status, sent } = await sendChunked(path, 64 * MIB)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(sent).toBeLessThan(32 * MIB)
  })
})

describe('a name that was pointed here (DNS rebinding)', () => {
  const own = () => `127.0.0.1:${server.port}`
  const status = (path: string, host: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { host, 'user-agent': 'test' }
      request({ host: '127.0.0.1', port: server.port, path, headers }, (incoming) => {
        incoming.resume()
        resolve(incoming.statusCode ?? 0)
      })
        .on('error', reject)
        .end()
    })
  for (const path of [
    ...PAGE_PATHS,
    '/__sandbox/requests',
    '/__sandbox/counts',
    '/__sandbox/faults',
  ]) {
    it(`shows nothing of ${path}`, async () => {
      expect(await status(path, 'evil.example')).toBe(403)
      expect(await status(path, `evil.example:${server.port}`)).toBe(403)
      expect(await status(path, own())).not.toBe(403)
    })
  }

  it('is told in the record of a page', async () => {
    await status('/', 'evil.example')
    expect(server.sandbox.requests.at(-1)).toMatchObject({
      path: '/',
      refused: `host: Host is not ${own()}`,
    })
  })
})

describe('answers over the wire', () => {
  it('of faults that were taken are never a 500', async () => {
    const headers = { 'content-type': 'application/json' }
    const url = `${server.origin}/__sandbox/faults`
    const path = '/portal'
    for (const [rule, status] of [
      [{ kind: 'respond', value: { status: 200, headers: { 'x-a': '\u00e9' }, body: {} } }, 200],
      [{ kind: 'respond', value: { status: 204, body: { a: 1 } } }, 204],
      [{ kind: 'respond', value: { status: 304, body: 'text' } }, 304],
      [{ kind: 'respond', value: { status: 599, headers: { date: 'never' } } }, 599],
      [{ kind: 'status', status: 205 }, 205],
      [{ kind: 'retry-after', value: 1e300 }, 429],
      [{ kind: 'retry-after', value: '' }, 429],
      [{ kind: 'html', status: 503 }, 503],
      [{ kind: 'merge-patch', value: { a: 1 } }, 200],
      [{ kind: 'clock-skew', value: -3_155_760_000_000 }, 200],
      [{ kind: 'clock-skew', value: 3_155_760_000_000 }, 200],
    ] as const) {
      const body = JSON.stringify({ path, ...rule })
      expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(201)
      const answer = await fetch(server.origin + path)
      await answer.text()
      expect([rule, answer.status]).toEqual([rule, status])
    }
  })
})

describe('slow and idle callers', () => {
  it('harm nobody else', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const socket = connect(server.port, '127.0.0.1')
        socket.on('error', () => {})
        await new Promise((resolve) => socket.once('connect', resolve))
        // Some say nothing, some half a head, some half a body.
        if (index % 3 === 1) socket.write('POST /portal HTTP/1.1\r\nHost: ')
        if (index % 3 === 2) {
          socket.write(
            `POST /portal HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUser-Agent: t\r\n` +
              'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
          )
        }
        return socket
      }),
    )
    for (let round = 0; round < 20; round++) {
      expect((await fetch(server.origin)).status).toBe(200)
    }
    for (const socket of sockets) socket.destroy()
  })
})

describe('a start that is refused', () => {
  it('for an address of another machine names host and cause', async () => {
    const start = serve({ hostname: '192.0.2.1', allowPublic: true, credentials: testCredentials })
    await expect(start).rejects.toMatchObject({
      code: 'SANDBOX_LISTEN_FAILED',
      option: 'port',
      message: expect.stringMatching(/192\.0\.2\.1:0: EADDRNOTAVAIL$/),
    })
  })

  it('for bad credentials lets go of its port', async () => {
    const other = await serve({ credentials: testCredentials })
    const { port } = other
    await other.close()
    const { oauth1 } = testCredentials.ibkr
    const ibkr = { ...testCredentials.ibkr, oauth1: { ...oauth1, signatureKey: 'none' } }
    await expect(serve({ port, credentials: { ibkr } })).rejects.toMatchObject({
      code: 'SANDBOX_OPTION_INVALID',
      option: 'credentials.ibkr.oauth1.signatureKey',
    })
    const again = await serve({ port, credentials: testCredentials })
    expect(again.port).toBe(port)
    await again.close()
  })
})
