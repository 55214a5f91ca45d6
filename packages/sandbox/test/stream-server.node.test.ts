import { Agent, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { type SignedIn, signedIn } from './stream-client.ts'

let server: SandboxServer
let user: SignedIn

beforeAll(async () => {
  server = await serve({ credentials: testCredentials })
  user = await signedIn({ ...server.sandbox, fetch }, Date.now)
  await user.open()
  await user.call('/iserver/accounts')
})

beforeEach(() => {
  server.sandbox.broker.clear()
  server.sandbox.clearFaults()
})

afterAll(() => server.close())

const address = () =>
  `${server.origin.replace('http', 'ws')}/v1/api/ws?oauth_token=${user.client.credentials.accessToken}`

interface Heard {
  readonly socket: WebSocket
  readonly texts: string[]
  readonly end: Promise<number>
}

function open(headers: Record<string, string> = {}): Heard {
  const socket = new WebSocket(address(), { headers: { 'user-agent': 'test', ...headers } })
  const texts: string[] = []
  socket.on('message', (data) => texts.push(String(data)))
  const end = new Promise<number>((resolve) => {
    socket.on('close', resolve)
    socket.on('error', () => {})
  })
  return { socket, texts, end }
}

/** The status that a refused upgrade was answered with. */
function refusal(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(address(), { headers })
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode)
      response.destroy()
    })
    socket.on('error', () => {})
    socket.on('open', () => resolve(101))
  })
}

it('logs in by the cookie of the upgrade', async () => {
  const heard = open({ cookie: `other=1; api=${await user.sessionId()}` })
  await expect.poll(() => heard.texts.length).toBe(7)
  expect(JSON.parse(heard.texts[0] ?? '')).toMatchObject({
    topic: 'system',
    success: 'sandboxuser',
  })
  heard.socket.send('tic')
  heard.socket.send('smd+265598+{"fields":["31"]}')
  await expect.poll(() => heard.texts.length).toBe(8)
  expect(server.sandbox.broker.sockets.at(-1)).toMatchObject({
    login: 'cookie',
    hadCookie: true,
    userAgent: 'test',
    subscriptions: ['md+265598'],
    heartbeats: 1,
  })
  server.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '31': '1' } })
  await expect.poll(() => heard.texts.length).toBe(9)
  heard.socket.close(3001, 'enough')
  expect(await heard.end).toBe(3001)
  await expect.poll(() => server.sandbox.broker.sockets.at(-1)?.closeCode).toBe(3001)
})

it('logs in by the first frame, with a cookie that is another one', async () => {
  const heard = open({ cookie: 'api=0000' })
  await expect.poll(() => heard.texts).toEqual(['{"message":"waiting for session"}'])
  heard.socket.send(JSON.stringify({ session: await user.sessionId() }))
  await expect.poll(() => heard.texts.length).toBe(8)
  heard.socket.terminate()
  await expect.poll(() => server.sandbox.broker.sockets.at(-1)?.closeCode).toBe(1006)
})

// Java's HttpClient asks so at first of every server without TLS, and so does curl --http2.
it('leaves an upgrade to HTTP/2 aside, and answers the request, body and all', async () => {
  const warned = vi.fn()
  process.on('warning', warned)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const post = async (text: string): Promise<[number | undefined, string]> => {
    const headers = {
      'content-type': 'application/json',
      ...{ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAA' },
    }
    const sent = request(`${server.origin}/__sandbox/broker`, { agent, method: 'POST', headers })
    const body = JSON.stringify({ kind: 'frame', text })
    sent.setHeader('content-length', body.length)
    sent.write(body.slice(0, 20))
    await new Promise((resolve) => setTimeout(resolve, 20))
    sent.end(body.slice(20))
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve).on('error', reject)
    })
    const parts = await answer.toArray()
    return [answer.statusCode, parts.join('').slice(0, 10)]
  }
  expect(await post('short')).toEqual([200, '{"orders":'])
  expect(await post('x'.repeat(300_000))).toEqual([200, '{"orders":'])
  for (let time = 0; time < 20; time++) expect(await post('')).toEqual([400, '{"error":"'])
  process.off('warning', warned)
  expect(warned).not.toHaveBeenCalled()
  agent.destroy()
})

it('leaves an upgrade to HTTP/2 aside: the method is the one that was sent', async () => {
  const url = `${server.origin}/v1/api/tickle`
  const headers = {
    ...{ connection: 'Upgrade', upgrade: 'h2c', 'user-agent': 'test', 'content-length': 0 },
  }
  const status = await new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false })
    sent.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject)
    sent.end()
  })
  expect([status, server.sandbox.requests.at(-1)?.method]).toEqual([401, 'POST'])
})

it('refuses the upgrade as it refuses a request', async () => {
  expect(await refusal({})).toBe(403)
  server.sandbox.fault({ path: '/ws', kind: 'status', status: 429 })
  expect(await refusal({ 'user-agent': 'test' })).toBe(429)
  server.sandbox.fault({ path: '/ws', kind: 'reset' })
  expect(await open().end).toBe(1006)
  expect(await refusal({ 'user-agent': 'test' })).toBe(101)
})

it('cuts the line, takes no frame that is too large, and no bytes', async () => {
  const cut = open()
  await expect.poll(() => cut.texts.length).toBe(1)
  server.sandbox.broker.play({ kind: 'cut' })
  expect(await cut.end).toBe(1006)
  const large = open()
  await expect.poll(() => large.texts.length).toBe(1)
  large.socket.send('x'.repeat(1_048_577))
  expect(await large.end).toBe(1009)
  const bytes = open()
  await expect.poll(() => bytes.texts.length).toBe(1)
  bytes.socket.send(new Uint8Array(1))
  expect(await bytes.end).toBe(1003)
})

it('waits for no client whose frames cannot be read', async () => {
  const { pathname, search, host } = new URL(address())
  // One that never ends its half of the connection.
  const raw = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  const lines = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
  const key = `Sec-WebSocket-Key: ${btoa('sixteen letters.')}`
  const head = [`GET ${pathname}${search} HTTP/1.1`, `Host: ${host}`, 'User-Agent: test', key]
  raw.write([...head, ...lines, '', ''].join('\r\n'))
  const sockets = () => server.sandbox.broker.sockets
  const before = sockets().length
  await expect.poll(() => sockets().length).toBe(before + 1)
  raw.on('error', () => {}).resume()
  raw.write(new Uint8Array([0xff, 0]))
  await expect.poll(() => sockets().at(-1)?.closeCode, { timeout: 10_000 }).toBe(1006)
  raw.destroy()
})

it('survives a client that goes away in the middle of its handshake', async () => {
  const sockets = server.sandbox.counts.sockets
  const raw = connect(server.port, '127.0.0.1')
  raw.write(`GET ${new URL(address()).pathname}?x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n`)
  raw.write('Upgrade: websocket\r\n\r\n')
  raw.destroy()
  const bad = await new Promise<string>((resolve) => {
    const client = connect(server.port, '127.0.0.1')
    const path = address().slice(address().indexOf('/v1'))
    client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nUser-Agent: x\r\nConnection: Upgrade\r\n`)
    client.write('Upgrade: websocket\r\n\r\n')
    client.on('data', (data) => resolve(String(data)))
  })
  expect(bad).toMatch(/^HTTP\/1.1 400 /)
  const heard = open()
  await expect.poll(() => heard.texts.length).toBe(1)
  heard.socket.terminate()
  expect(server.sandbox.counts.sockets).toBeGreaterThan(sockets)
})

it('is played with, and looked at, over HTTP', async () => {
  const control = (method: string, body?: unknown) =>
    fetch(`${server.origin}/__sandbox/broker`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const played = await control('POST', [
    { kind: 'order', quantity: 3, reference: 'a' },
    { kind: 'state', state: 'competing' },
  ])
  expect([played.status, await played.json()]).toMatchObject([
    200,
    { orders: [{ quantity: 3, reference: 'a' }], trades: [] },
  ])
  const status = await (await user.post('/iserver/auth/status')).json()
  expect(status).toMatchObject({ authenticated: true, competing: true })
  const refused = await control('POST', [{ kind: 'take-over' }, { kind: 'x' }])
  expect([refused.status, await refused.json()]).toMatchObject([400, { option: 'kind' }])
  expect((await control('DELETE')).status).toBe(204)
  expect(await (await user.post('/iserver/auth/status')).json()).toMatchObject({
    authenticated: true,
    competing: false,
  })
  expect((await control('GET')).status).toBe(200)
})

it('tells sockets when it ends, and waits for nobody', async () => {
  const other = await serve({ credentials: testCredentials })
  const guest = await signedIn({ ...other.sandbox, fetch }, Date.now)
  const socket = new WebSocket(
    `${other.origin.replace('http', 'ws')}/v1/api/ws?oauth_token=${guest.client.credentials.accessToken}`,
    { headers: { 'user-agent': 'test' } },
  )
  await new Promise((resolve) => socket.on('open', resolve))
  const end = new Promise<number>((resolve) => socket.on('close', resolve))
  // Whoever waited for the socket would wait ten minutes.
  await other.close({ timeoutMs: 600_000 })
  expect(await end).toBe(1001)
})
