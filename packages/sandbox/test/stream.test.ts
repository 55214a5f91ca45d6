import { createSandbox } from '@isoauth/sandbox'
import { beforeEach, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { listen, type Socket, settle, signedInForEach } from './stream-client.ts'

const origin = 'http://127.0.0.1:8787'
const account = 'DU1234567'
const here = signedInForEach('/iserver/account/orders')
let session: string

beforeEach(async () => {
  session = await here.user.sessionId()
})

const address = () => `ws://127.0.0.1:8787/v1/api/ws?oauth_token=${token()}`
const token = () => here.user.client.credentials.accessToken

/** A socket bound by the first frame. */
async function loggedIn(): Promise<Socket> {
  const heard = listen(here.sandbox.webSocket(address()))
  await settle()
  heard.socket.send('tic')
  heard.socket.send(JSON.stringify({ session }))
  await settle()
  return heard
}

async function pass(ms: number, heard?: Socket): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    here.now += Math.min(left, 10_000)
    if (heard?.socket.readyState === 1) heard.socket.send('tic')
    await Promise.resolve()
    here.sandbox.broker.run()
  }
  await settle()
}

describe('the upgrade', () => {
  it('is refused without an access token, and for a token without a live session token', async () => {
    const heard = listen(here.sandbox.webSocket('ws://127.0.0.1:8787/v1/api/ws?oauth_token=x'))
    expect(heard.socket.readyState).toBe(0)
    await settle()
    expect([heard.socket.readyState, heard.closes]).toEqual([
      3,
      [{ code: 1006, reason: '', wasClean: false }],
    ])
    expect(here.sandbox.requests.at(-1)).toMatchObject({
      status: 401,
      refused: expect.stringMatching(/^token: /),
    })
    const other = await createSandbox({ origin, now: () => here.now, credentials: testCredentials })
    other.webSocket(address())
    await settle()
    expect(other.requests.at(-1)).toMatchObject({
      status: 401,
      refused: expect.stringMatching(/^live-session-token: /),
    })
  })

  it('throws for what is no address, or is of another origin', () => {
    expect(() => here.sandbox.webSocket('x')).toThrow(/ws:/)
    expect(() => here.sandbox.webSocket('ftp://127.0.0.1:8787/')).toThrow(/ws:/)
    expect(() => here.sandbox.webSocket('wss://api.ibkr.com/v1/api/ws')).toThrow(
      /does not answer for/,
    )
  })

  it('throws for headers that cannot be sent', async () => {
    const open = (init: object | null) => here.sandbox.webSocket(address(), init as object)
    expect(() => open({ headers: { 'a b': 'x' } })).toThrow(TypeError)
    const heard = listen(open(null))
    await settle()
    expect(heard.socket.readyState).toBe(1)
  })

  it('is a request like others: recorded, counted, and befallen by faults', async () => {
    here.sandbox.fault({ path: '/ws', kind: 'status', status: 503 })
    const heard = listen(here.sandbox.webSocket(address()))
    await settle()
    expect(heard.closes[0]?.code).toBe(1006)
    expect(here.sandbox.requests.at(-1)).toMatchObject({ status: 503, fault: 'status' })
    expect(here.sandbox.counts.sockets).toBe(0)
    await loggedIn()
    expect(here.sandbox.requests.at(-1)).toMatchObject({ path: '/v1/api/ws', status: 101 })
    expect(here.sandbox.counts.sockets).toBe(1)
  })

  it('is not had by a plain request', async () => {
    const path = `/v1/api/ws?oauth_token=${token()}`
    const response = await here.sandbox.fetch(origin + path)
    expect(response.status).toBe(426)
  })
})

describe('a socket', () => {
  it('has the interface of a WebSocket', async () => {
    const socket = here.sandbox.webSocket(new URL(address()))
    const seen: string[] = []
    socket.onopen = ({ type }) => void seen.push(type)
    socket.onmessage = ({ data }) => void seen.push(String(data))
    socket.onclose = ({ code, reason }) => void seen.push(`${code} ${reason}`)
    expect([socket.url, socket.readyState, socket.OPEN]).toEqual([address(), 0, 1])
    expect(() => socket.send('tic')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }))
    await settle()
    expect(socket.readyState).toBe(1)
    expect(() => socket.close(1001)).toThrow(
      expect.objectContaining({ name: 'InvalidAccessError' }),
    )
    expect(() => socket.close(1000, 'x'.repeat(124))).toThrow(/reason/)
    socket.close(3000, 'done')
    expect(socket.readyState).toBe(2)
    socket.send('tic')
    await settle()
    expect([socket.readyState, seen]).toEqual([
      3,
      ['open', '{"message":"waiting for session"}', '3000 done'],
    ])
    expect(here.sandbox.broker.sockets.at(-1)).toMatchObject({ closeCode: 3000, heartbeats: 0 })
  })

  it('can be closed before it is open', async () => {
    const heard = listen(here.sandbox.webSocket(address()))
    heard.socket.close()
    await settle()
    expect(heard.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
    expect(heard.frames).toEqual([])
  })

  it('takes texts only', async () => {
    const heard = await loggedIn()
    heard.socket.send(new Uint8Array(1))
    await settle()
    expect(heard.closes[0]?.code).toBe(1003)
    const other = await loggedIn()
    other.socket.send('x'.repeat(65_537))
    await settle()
    expect(other.closes[0]?.code).toBe(1009)
  })
})

describe('the login', () => {
  it('is by the first frame, once the server waits for it', async () => {
    const heard = listen(here.sandbox.webSocket(address()))
    await settle()
    expect(heard.frames).toEqual([{ message: 'waiting for session' }])
    heard.socket.send('sor+{}')
    heard.socket.send('{"session":"wrong"}')
    await settle()
    expect(heard.frames.slice(1)).toEqual([
      { topic: 'error', error: 'not logged in' },
      { message: 'waiting for session' },
    ])
    heard.socket.send(JSON.stringify({ session }))
    await settle()
    expect(heard.frames.slice(3)).toMatchObject([
      { topic: 'system', success: 'sandboxuser', isFT: false, isPaper: true },
      { topic: 'sts', args: { authenticated: true } },
      { topic: 'sts', args: { competing: false } },
      { topic: 'sts', args: { connected: true } },
      { topic: 'sts', args: { message: '' } },
      { topic: 'sts', args: { fail: '' } },
      { topic: 'act', args: { accounts: [account] } },
    ])
    const record = here.sandbox.broker.sockets.at(-1)
    expect(record).toMatchObject({ login: 'first-frame', hadCookie: false })
    expect(JSON.stringify(record)).not.toContain(session)
  })

  it('is not asked for a second time', async () => {
    const heard = await loggedIn()
    heard.socket.send(JSON.stringify({ session }))
    expect(await heard.of('error')).toEqual([{ topic: 'error', error: 'Topic unknown' }])
  })

  it('takes the session of this opening only', async () => {
    await here.user.post('/logout')
    await here.user.open()
    const heard = await loggedIn()
    expect(heard.frames).toEqual([
      { message: 'waiting for session' },
      { message: 'waiting for session' },
    ])
    session = await here.user.sessionId()
    heard.socket.send(JSON.stringify({ session }))
    expect(await heard.of('system')).toHaveLength(1)
  })

  it('tells that there is no brokerage session, and not that one came', async () => {
    await here.user.post('/logout')
    session = await here.user.sessionId()
    const heard = await loggedIn()
    expect((await heard.of('sts'))[0]).toEqual({ topic: 'sts', args: { authenticated: false } })
    await here.user.open()
    await pass(20_000, heard)
    expect(await heard.of('sts')).toHaveLength(5)
  })
})

describe('heartbeats', () => {
  it('come every ten seconds of the clock', async () => {
    const heard = await loggedIn()
    const begin = here.now
    await pass(30_000, heard)
    const beats = (await heard.of('system')).flatMap(({ hb }) => (hb === undefined ? [] : [hb]))
    expect(beats).toEqual([begin + 10_000, begin + 20_000, begin + 30_000])
  })

  it('of the client are needed', async () => {
    const silent = listen(here.sandbox.webSocket(address()))
    await settle()
    await pass(20_000)
    expect(silent.closes).toEqual([{ code: 1000, reason: 'no heartbeat', wasClean: true }])
    const heard = await loggedIn()
    await pass(70_000)
    expect(heard.closes).toEqual([])
    await pass(10_000)
    expect(heard.closes).toHaveLength(1)
    expect(here.sandbox.broker.sockets.at(-1)).toMatchObject({ heartbeats: 1, closeCode: 1000 })
  })

  it('can be held back, alone or with everything', async () => {
    const heard = await loggedIn()
    heard.socket.send('smd+265598+{"fields":["31"]}')
    await settle()
    here.sandbox.broker.play({ kind: 'stall', what: 'heartbeat', forMs: 30_000 })
    await pass(20_000, heard)
    here.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '31': '7' } })
    expect(await heard.of('system')).toHaveLength(1)
    expect(await heard.of('smd+265598')).toHaveLength(2)
    here.sandbox.broker.play({ kind: 'stall', what: 'everything' })
    here.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '31': '8' } })
    here.sandbox.broker.play({ kind: 'unstall' })
    await pass(10_000, heard)
    expect(await heard.of('system')).toHaveLength(2)
    expect(await heard.of('smd+265598')).toHaveLength(2)
  })
})

describe('a session that ends', () => {
  it('is told once, and its return is not', async () => {
    const heard = await loggedIn()
    heard.socket.send('smd+265598+{"fields":["31"]}')
    await settle()
    here.sandbox.broker.play({ kind: 'lose' })
    here.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '31': '7' } })
    expect((await heard.of('sts')).slice(5)).toEqual([
      { topic: 'sts', args: { authenticated: false } },
    ])
    expect((await here.user.call('/iserver/accounts')).status).toBe(400)
    here.sandbox.broker.play({ kind: 'restore' })
    here.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '31': '8' } })
    expect(await heard.of('sts')).toHaveLength(6)
    expect((await heard.of('smd+265598')).at(-1)).toMatchObject({ '31': '8' })
    expect(await heard.of('smd+265598')).toHaveLength(2)
    expect((await here.user.call('/iserver/accounts')).status).toBe(200)
    here.sandbox.broker.play({ kind: 'lose', announce: false })
    expect(await heard.of('sts')).toHaveLength(6)
  })

  it('takes its subscriptions with it', async () => {
    const heard = await loggedIn()
    heard.socket.send('spl+{}')
    heard.socket.send('smd+265598+{}')
    await settle()
    expect(here.sandbox.broker.sockets.at(-1)?.subscriptions).toEqual(['pl', 'md+265598'])
    here.sandbox.broker.play({ kind: 'take-over' })
    expect((await heard.of('sts')).slice(5)).toEqual([
      { topic: 'sts', args: { authenticated: false } },
      { topic: 'sts', args: { competing: true } },
    ])
    await here.user.open()
    expect(here.sandbox.broker.sockets.at(-1)?.subscriptions).toEqual([])
    here.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '31': '8' } })
    expect(await heard.of('smd+265598')).toHaveLength(1)
  })

  it('after six minutes without a request, whatever the socket hears', async () => {
    const heard = await loggedIn()
    await pass(370_000, heard)
    expect((await heard.of('sts')).at(-1)).toEqual({ topic: 'sts', args: { authenticated: false } })
    expect(heard.closes).toEqual([])
  })

  it('closes the socket when its token was replaced, or is over', async () => {
    const heard = await loggedIn()
    await here.user.client.handshake({ now: here.now })
    here.sandbox.broker.run()
    await settle()
    expect(heard.closes).toEqual([{ code: 1008, reason: 'session expired', wasClean: true }])
    expect((await heard.of('sts')).at(-1)).toEqual({ topic: 'sts', args: { authenticated: false } })
    session = await here.user.sessionId()
    const next = await loggedIn()
    here.now += 86_400_000
    next.socket.send('tic')
    await settle()
    expect(next.closes[0]?.code).toBe(1008)
  })
})

describe('a line that is cut', () => {
  it('closes with 1006, and may stay down', async () => {
    const heard = await loggedIn()
    here.sandbox.broker.play({ kind: 'cut', forMs: 60_000 })
    await settle()
    expect(heard.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
    const early = listen(here.sandbox.webSocket(address()))
    await settle()
    expect(early.closes).toHaveLength(1)
    here.now += 60_000
    expect((await loggedIn()).closes).toEqual([])
  })

  it('hears nothing of what happens meanwhile, which the calls tell', async () => {
    const heard = await loggedIn()
    heard.socket.send('sor+{}')
    heard.socket.send('str+{"realtimeUpdatesOnly":true}')
    await settle()
    here.sandbox.broker.play({ kind: 'cut' })
    here.sandbox.broker.play({ kind: 'order', quantity: 5, filled: 5, price: 10 })
    const again = await loggedIn()
    again.socket.send('sor+{}')
    again.socket.send('str+{"realtimeUpdatesOnly":true}')
    expect(await again.of('sor')).toEqual([])
    expect(await again.of('str')).toEqual([{ topic: 'str', args: [] }])
    const { orders } = await (await here.user.call('/iserver/account/orders')).json()
    expect(orders).toMatchObject([{ status: 'Filled', totalSize: 5, filledQuantity: 5 }])
    expect(await (await here.user.call('/iserver/account/trades')).json()).toMatchObject([
      { size: 5, price: '10.00', order_id: orders[0].orderId },
    ])
    again.socket.send('sor+{"days":1}')
    expect(await again.of('sor')).toMatchObject([{ args: [{ orderId: orders[0].orderId }] }])
  })

  it('may be sent anything', async () => {
    const heard = await loggedIn()
    const texts: unknown[] = []
    heard.socket.addEventListener('message', ({ data }) => void texts.push(data))
    here.sandbox.broker.play({ kind: 'frame', text: '{"topic":"ntf","args":[]}' })
    await settle()
    expect(texts).toEqual(['{"topic":"ntf","args":[]}'])
  })
})
