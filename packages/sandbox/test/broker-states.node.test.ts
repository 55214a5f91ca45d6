import type { BrokerState, Sandbox } from '@isoauth/sandbox'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listen, type SignedIn, settle, startSignedIn } from './stream-client.ts'

let now = 1_800_000_000_000
let sandbox: Sandbox
let user: SignedIn

// The lines that a test left open end, and their timers.
afterEach(() => sandbox.reset())

beforeEach(async () => {
  now += 1_000_000
  ;({ sandbox, user } = await startSignedIn(() => now))
})

const begin = (state: BrokerState, forMs = 60_000) =>
  sandbox.broker.play({ kind: 'state', state, untilMs: now + forMs, text: 'why' })
const status = async () => (await user.post('/iserver/auth/status')).json()
const init = async (compete = true) =>
  user.post('/iserver/auth/ssodh/init', { publish: true, compete })
const accounts = async (): Promise<[number, unknown]> => {
  const response = await user.call('/iserver/accounts')
  return [response.status, await response.text().then((text) => text.slice(0, 60))]
}
const READY = { authenticated: true, established: true, connected: true, competing: false }

describe('each state', () => {
  it('not-established: authenticated, and the accounts are empty', async () => {
    begin('not-established')
    expect(await status()).toMatchObject({ ...READY, established: false })
    expect(await accounts()).toEqual([200, '{}'])
    now += 60_000
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
    const tickle = await (await user.post('/tickle')).json()
    expect(tickle).toMatchObject({
      hmds: { error: 'no bridge' },
      iserver: { authStatus: { authenticated: false } },
    })
    now += 60_000
    expect((await accounts())[0]).toBe(400)
    expect(await user.open()).toMatchObject(READY)
  })

  it('reset: the session is over where nobody asked during it, too', async () => {
    sandbox.broker.play({ kind: 'state', state: 'reset', fromMs: now + 1000, untilMs: now + 2000 })
    expect((await accounts())[0]).toBe(200)
    now += 3000
    expect((await accounts())[0]).toBe(400)
  })

  it('maintenance: a page with 503 everywhere, handshakes included, and sockets are closed', async () => {
    const { accessToken } = user.client.credentials
    const address = `ws://127.0.0.1:8787/v1/api/ws?oauth_token=${accessToken}`
    const heard = listen(sandbox.webSocket(address))
    await settle()
    begin('maintenance')
    await settle()
    expect(heard.closes[0]?.code).toBe(1012)
    const response = await user.post('/tickle')
    expect([response.status, response.headers.get('content-type')]).toEqual([
      503,
      expect.stringContaining('text/html'),
    ])
    expect((await user.client.requestToken({ now })).response.status).toBe(503)
    const refused = listen(sandbox.webSocket(address))
    await settle()
    expect(refused.closes[0]?.code).toBe(1006)
    now += 60_000
    expect((await user.post('/tickle')).status).toBe(200)
    expect(await status()).toMatchObject({ authenticated: false })
  })

  it.each([
    ['gone', 410, 'gone'],
    ['sso-dh-failure', 500, '{"error":"failed to generate sso dh token","statusCode":500}'],
  ] as const)('%s: init answers %d', async (state, code, text) => {
    begin(state)
    const response = await init()
    expect([response.status, await response.text()]).toEqual([code, text])
    sandbox.broker.clear()
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
  sandbox.broker.play({ kind: 'take-over' })
  const TAKEN = { authenticated: false, competing: true, connected: true }
  expect(await status()).toMatchObject(TAKEN)
  expect(await (await init(false)).json()).toMatchObject(TAKEN)
  expect((await accounts())[0]).toBe(400)
  now += 86_400_000 - 1_000_000
  expect(await status()).toMatchObject(TAKEN)
  expect(await (await init(true)).json()).toMatchObject(READY)
  sandbox.broker.play({ kind: 'take-over', username: 'sandboxuser' })
  sandbox.broker.play({ kind: 'leave' })
  expect(await status()).toMatchObject({ authenticated: false, competing: false })
})

it('a state is for one user name, where it names one', async () => {
  sandbox.broker.play({ kind: 'state', state: 'reset', username: 'somebody else' })
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
  const tickle = await (await user.post('/tickle')).json()
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
])('refuses %j', (event, option) => {
  expect(() => sandbox.broker.play(event as never)).toThrow(
    expect.objectContaining({ code: 'SANDBOX_OPTION_INVALID', option }),
  )
})
