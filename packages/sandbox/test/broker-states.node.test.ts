import type { BrokerState } from '@isoauth/sandbox'
import { describe, expect, it } from 'vitest'
import { wrong } from '../../../tests/support/index.ts'
import { listen, settle, signedInForEach } from './stream-client.ts'

const here = signedInForEach()

const begin = (state: BrokerState, forMs = 60_000) =>
  here.sandbox.broker.play({ kind: 'state', state, untilMs: here.now + forMs, text: 'why' })
const status = async () => (await here.user.post('/iserver/auth/status')).json()
const init = async (compete = true) =>
  here.user.post('/iserver/auth/ssodh/init', { publish: true, compete })
const accounts = async (): Promise<[number, unknown]> => {
  const response = await here.user.call('/iserver/accounts')
  return [response.status, await response.text().then((text) => text.slice(0, 60))]
}
const READY = { authenticated: true, established: true, connected: true, competing: false }

describe('each state', () => {
  it('not-established: authenticated, and the accounts are empty', async () => {
    begin('not-established')
    expect(await status()).toMatchObject({ ...READY, established: false })
    expect(await accounts()).toEqual([200, '{}'])
    here.now += 60_000
    expect(await status()).toMatchObject(READY)
    expect((await accounts())[0]).toBe(200)
  })

  it('competing: a flag beside authenticated, with which everything works', async () => {
    begin('competing')
    expect(await status()).toMatchObject({ ...READY, competing: true })
    expect((await accounts())[0]).toBe(200)
  })

  it('no-bridge: good flags, and 400', async () => {
    begin('no-bridge')
    expect(await status()).toMatchObject(READY)
    expect(await accounts()).toEqual([400, '{"error":"Bad Request: no bridge","statusCode":400}'])
  })

  it('reset: 503 below /iserver, and the session is over afterwards', async () => {
    begin('reset')
    expect((await accounts())[0]).toBe(503)
    expect((await init()).status).toBe(503)
    const tickle = await (await here.user.post('/tickle')).json()
    expect(tickle).toMatchObject({
      hmds: { error: 'no bridge' },
      iserver: { authStatus: { authenticated: false } },
    })
    here.now += 60_000
    expect((await accounts())[0]).toBe(400)
    expect(await here.user.open()).toMatchObject(READY)
  })

  it('reset: the session is over where nobody asked during it, too', async () => {
    here.sandbox.broker.play({
      kind: 'state',
      state: 'reset',
      fromMs: here.now + 1000,
      untilMs: here.now + 2000,
    })
    expect((await accounts())[0]).toBe(200)
    here.now += 3000
    expect((await accounts())[0]).toBe(400)
  })

  it('maintenance: a page with 503 everywhere, handshakes included, and sockets are closed', async () => {
    const { accessToken } = here.user.client.credentials
    const address = `ws://127.0.0.1:8787/v1/api/ws?oauth_token=${accessToken}`
    const heard = listen(here.sandbox.webSocket(address))
    await settle()
    begin('maintenance')
    await settle()
    expect(heard.closes[0]?.code).toBe(1012)
    const response = await here.user.post('/tickle')
    expect([response.status, response.headers.get('content-type')]).toEqual([
      503,
      expect.stringContaining('text/html'),
    ])
    expect((await here.user.client.requestToken({ now: here.now })).response.status).toBe(503)
    const refused = listen(here.sandbox.webSocket(address))
    await settle()
    expect(refused.closes[0]?.code).toBe(1006)
    here.now += 60_000
    expect((await here.user.post('/tickle')).status).toBe(200)
    expect(await status()).toMatchObject({ authenticated: false })
  })

  it('maintenance that was planned closes sockets when it begins, though nothing is asked', async () => {
    const { accessToken } = here.user.client.credentials
    const address = `ws://127.0.0.1:8787/v1/api/ws?oauth_token=${accessToken}`
    const heard = listen(here.sandbox.webSocket(address))
    await settle()
    const [fromMs, untilMs] = [here.now + 1000, here.now + 60_000]
    here.sandbox.broker.play({ kind: 'state', state: 'maintenance', fromMs, untilMs })
    here.now += 999
    heard.socket.send('tic')
    await settle()
    expect(heard.closes).toEqual([])
    here.now += 1
    heard.socket.send('tic')
    await settle()
    expect(heard.closes).toMatchObject([{ code: 1012, reason: 'maintenance' }])
  })

  it('maintenance of one user name: its page, its sockets, and nobody else', async () => {
    const { accessToken } = here.user.client.credentials
    const address = `ws://127.0.0.1:8787/v1/api/ws?oauth_token=${accessToken}`
    const heard = listen(here.sandbox.webSocket(address))
    await settle()
    const play = (username: string) =>
      here.sandbox.broker.play({ kind: 'state', state: 'maintenance', username })
    play('another')
    await settle()
    expect(heard.closes).toEqual([])
    expect((await here.user.post('/tickle')).status).toBe(200)
    play('sandboxuser')
    await settle()
    expect(heard.closes).toMatchObject([{ code: 1012, reason: 'maintenance' }])
    const response = await here.user.post('/tickle')
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'text/html'])
    const refused = listen(here.sandbox.webSocket(address))
    await settle()
    expect(refused.closes[0]?.code).toBe(1006)
    expect(here.sandbox.requests.at(-1)?.refused).toContain('maintenance')
  })

  it.each([
    ['gone', 410, 'gone'],
    ['sso-dh-failure', 500, '{"error":"failed to generate sso dh token"}'],
  ] as const)('%s: init answers %d', async (state, code, text) => {
    begin(state)
    const response = await init()
    expect([response.status, await response.text()]).toEqual([code, text])
    here.sandbox.broker.clear()
    expect((await init()).status).toBe(200)
  })

  it('fail: a text in a 200, from init and from the status', async () => {
    begin('fail')
    const response = await init()
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { fail: 'why', authenticated: false, established: false },
    ])
    expect(await status()).toMatchObject({ fail: 'why', authenticated: false })
  })
})

it('another platform takes the session, and goes away', async () => {
  here.sandbox.broker.play({ kind: 'take-over' })
  const TAKEN = { authenticated: false, competing: true, connected: true }
  expect(await status()).toMatchObject(TAKEN)
  expect(await (await init(false)).json()).toMatchObject(TAKEN)
  expect((await accounts())[0]).toBe(400)
  here.now += 86_400_000 - 1_000_000
  expect(await status()).toMatchObject(TAKEN)
  expect(await (await init(true)).json()).toMatchObject(READY)
  here.sandbox.broker.play({ kind: 'take-over', username: 'sandboxuser' })
  here.sandbox.broker.play({ kind: 'leave' })
  expect(await status()).toMatchObject({ authenticated: false, competing: false })
})

it('a state is for one user name, where it names one', async () => {
  here.sandbox.broker.play({ kind: 'state', state: 'reset', username: 'another' })
  expect((await accounts())[0]).toBe(200)
})

it('answers hold every field of the recorded ones', async () => {
  const { serverInfo, ...flags } = await status()
  expect(Object.keys(flags).sort()).toEqual([
    'MAC',
    'authenticated',
    'competing',
    'connected',
    'established',
    'fail',
    'hardware_info',
    'message',
  ])
  expect(Object.keys(serverInfo).sort()).toEqual(['serverName', 'serverVersion'])
  const tickle = await (await here.user.post('/tickle')).json()
  expect(Object.keys(tickle).sort()).toEqual([
    'collission',
    'hmds',
    'iserver',
    'session',
    'ssoExpires',
    'userId',
  ])
})

it.each([
  [undefined, 'event'],
  [{ kind: 'x' }, 'kind'],
  [{ kind: 'state', state: 'x' }, 'state'],
  [{ kind: 'state', state: 'gone', fromMs: 2, untilMs: 1 }, 'untilMs'],
  [{ kind: 'lose', announce: 1 }, 'announce'],
  [{ kind: 'take-over', username: 1 }, 'username'],
  [{ kind: 'order', quantity: 0 }, 'quantity'],
  [{ kind: 'order', orderId: 1 }, 'orderId'],
  [{ kind: 'market-data', conid: 1, fields: {} }, 'fields'],
  [{ kind: 'cut', forMs: -1 }, 'forMs'],
  [{ kind: 'stall' }, 'what'],
  [{ kind: 'frame' }, 'text'],
  [{ kind: 'question', messageIds: [] }, 'messageIds'],
  [{ kind: 'state', state: 'gone', fromMs: -1 }, 'fromMs'],
  [{ kind: 'state', state: 'gone', fromMs: 0.5 }, 'fromMs'],
  [{ kind: 'state', state: 'gone', untilMs: '1' }, 'untilMs'],
  [{ kind: 'state', state: 'gone', fromMs: 1, untilMs: 1 }, 'untilMs'],
  [{ kind: 'state', state: 'gone', text: '' }, 'text'],
  [{ kind: 'state', state: 'gone', text: 5 }, 'text'],
  [{ kind: 'order', orderId: 'x' }, 'orderId'],
  [{ kind: 'order', accountId: '' }, 'accountId'],
  [{ kind: 'order', conid: 0 }, 'conid'],
  [{ kind: 'order', conid: 1.5 }, 'conid'],
  [{ kind: 'order', side: 'buy' }, 'side'],
  [{ kind: 'order', side: null }, 'side'],
  [{ kind: 'order', quantity: '1' }, 'quantity'],
  [{ kind: 'order', quantity: Number.POSITIVE_INFINITY }, 'quantity'],
  [{ kind: 'order', price: 0 }, 'price'],
  [{ kind: 'order', price: -1 }, 'price'],
  [{ kind: 'order', status: 'x' }, 'status'],
  [{ kind: 'order', filled: -1 }, 'filled'],
  [{ kind: 'order', filled: '0' }, 'filled'],
  [{ kind: 'order', reference: '' }, 'reference'],
  [{ kind: 'market-data', conid: 0, fields: { 31: '1' } }, 'conid'],
  [{ kind: 'market-data', conid: '1', fields: { 31: '1' } }, 'conid'],
  [{ kind: 'market-data', conid: 1, fields: null }, 'fields'],
  [{ kind: 'market-data', conid: 1, fields: { x: '1' } }, 'fields'],
  [{ kind: 'market-data', conid: 1, fields: { x31: '1' } }, 'fields'],
  [{ kind: 'market-data', conid: 1, fields: { 123456: '1' } }, 'fields'],
  [{ kind: 'market-data', conid: 1, fields: { 31: 1 } }, 'fields'],
  [{ kind: 'market-data', conid: 1, fields: { 31: '' } }, 'fields'],
  // Misspelt, or of another kind.
  [{ kind: 'state', state: 'gone', untilMS: 5 }, 'untilMS'],
  [{ kind: 'cut', forMS: 5 }, 'forMS'],
  [{ kind: 'stall', what: 'everything', username: 'sandboxuser' }, 'username'],
  [{ kind: 'order', symbol: 'X' }, 'symbol'],
  [{ kind: 'unstall', what: 'everything' }, 'what'],
  [{ kind: 'restore', announce: true }, 'announce'],
  // A length of time where a point in time is wanted.
  [{ kind: 'state', state: 'gone', untilMs: 60_000 }, 'untilMs'],
  // Nobody of that name is there.
  ...['take-over', 'leave', 'lose', 'restore', 'cut'].map((kind): [unknown, string] => [
    { kind, username: 'somebody else' },
    'username',
  ]),
  [{ kind: 'state', state: 'gone', username: 'sandboxUser' }, 'username'],
  [{ kind: 'order', accountId: 'DU1' }, 'accountId'],
])('refuses %j', (event, option) => {
  expect(() => here.sandbox.broker.play(event as never)).toThrow(
    expect.objectContaining({ code: 'SANDBOX_OPTION_INVALID', option }),
  )
})

it.each([
  { kind: 'state', state: 'gone', fromMs: 0, untilMs: 1, text: 'why' },
  { kind: 'state', state: 'gone', fromMs: 5 },
  { kind: 'order', side: 'SELL', quantity: 0.5, price: null, filled: 0, reference: 'mine' },
  { kind: 'order', side: 'BUY', quantity: 2, price: 0.01, filled: 1, status: 'Submitted' },
  { kind: 'order' },
  { kind: 'market-data', conid: 1, fields: { 31: '1', 12345: 'x' } },
])('takes %j', (event) => {
  expect(() => here.sandbox.broker.play(wrong(event))).not.toThrow()
})
