/** Rules of the brokerage session, its pacing and its stream, each at the edge where a client could slip through. */
import { createSandbox } from '@isoauth/sandbox'
import { describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { listen, settle, signedIn, signedInForEach } from './stream-client.ts'

const here = signedInForEach('/iserver/account/orders')
const HISTORY = '/iserver/marketdata/history?conid=1&period=1d'
const order = { conid: 1, side: 'BUY', orderType: 'LMT', price: 1, quantity: 1, tif: 'DAY' }
const ORDERS = '/iserver/account/DU1234567/orders'

it('market data waits for the accounts, as orders do', async () => {
  await here.user.post('/logout')
  await here.user.open()
  const early = await here.user.call(HISTORY)
  expect([early.status, await early.json()]).toEqual([
    500,
    { error: 'Please query /accounts first', statusCode: 500 },
  ])
  await here.user.call('/iserver/accounts')
  expect((await here.user.call(HISTORY)).status).toBe(200)
})

it('suppressions have to be sent again after every init', async () => {
  const ask = async () => {
    here.sandbox.broker.play({ kind: 'question', messageIds: ['o163'] })
    const [answer] = await (await here.user.post(ORDERS, { orders: [order] })).json()
    return answer.messageIds ?? 'placed'
  }
  expect(await ask()).toEqual(['o163'])
  await here.user.post('/iserver/questions/suppress', { messageIds: ['o163'] })
  expect(await ask()).toBe('placed')
  await here.user.open()
  expect(await ask()).toEqual(['o163'])
})

it('validate answers with every recorded member', async () => {
  expect(await (await here.user.call('/sso/validate')).json()).toMatchObject({
    RESULT: true,
    LOGIN_TYPE: 2,
    loginType: 2,
    IS_MASTER: false,
    QUALIFIED_FOR_MOBILE_AUTH: false,
    LANDING_APP: expect.any(String),
    features: expect.any(Object),
    region: expect.any(String),
  })
})

describe('pacing knows the user', () => {
  async function start() {
    const sandbox = await createSandbox({
      now: () => here.now,
      credentials: testCredentials,
      pacing: { requestsPerSecond: 3 },
    })
    const user = await signedIn(sandbox, () => here.now)
    here.now += 1000
    return { sandbox, user, client: user.client }
  }

  it('whatever blanks stand around the equals signs', async () => {
    const { client } = await start()
    const header = (text: string) => text.replaceAll('="', ' = "')
    expect((await client.call('/tickle', {}, { now: here.now, header })).status).toBe(200)
    expect((await client.call('/tickle', {}, { now: here.now })).status).toBe(429)
  })

  it('and counts HEAD as GET', async () => {
    const { user } = await start()
    expect((await user.call('/portfolio/accounts', { method: 'HEAD' })).status).toBe(200)
    expect((await user.call('/portfolio/accounts')).status).toBe(429)
  })

  it('and sockets, by the token in their address', async () => {
    const { sandbox, user } = await start()
    const { accessToken } = user.client.credentials
    const address = `ws://127.0.0.1:8787/v1/api/ws?oauth_token=${accessToken}`
    const sockets = [1, 2, 3, 4].map(() => listen(sandbox.webSocket(address)))
    await settle()
    expect(sockets.map(({ closes }) => closes[0]?.code)).toEqual([...Array(3), 1006])
    sandbox.reset()
  })
})

describe('a frame has a plus sign before its key and before its JSON', () => {
  const errorsOf = async (frame: string) => {
    const { accessToken } = here.user.client.credentials
    const cookie = `api=${await here.user.sessionId()}`
    const address = `ws://127.0.0.1:8787/v1/api/ws?oauth_token=${accessToken}`
    const socket = listen(here.sandbox.webSocket(address, { headers: { cookie } }))
    await settle()
    socket.socket.send(frame)
    return await socket.of('error')
  }

  it.each([
    'smd+265598{"fields":["31"]}',
    'smd+265598+',
    'smd+265598@+{}',
    'smd+265598@NYSE@ARCA+{}',
    'smh+265598@NYSE+{}',
    'sor{}',
    'sor+',
    'upl{}',
    'sbd+DU1234567+265598+',
    'umh+abcdef01+',
  ])('%s is unknown', async (frame) => {
    expect(await errorsOf(frame)).toEqual([{ topic: 'error', error: 'Topic unknown' }])
  })

  it.each([
    'smd+265598+{"fields":["31"]}',
    'smd+265598',
    'smd+265598@NYSE+{}',
    'sor',
    'umh+abcdef01',
    'sor+{}',
  ])('%s is known', async (frame) => {
    expect(await errorsOf(frame)).toEqual([])
  })
})
