import { beforeEach, describe, expect, it } from 'vitest'
import { listen, type Socket, settle, signedInForEach } from './stream-client.ts'

const account = 'DU1234567'
const here = signedInForEach('/iserver/account/orders')
let heard: Socket

beforeEach(async () => {
  const { accessToken } = here.user.client.credentials
  heard = listen(here.sandbox.webSocket(`ws://127.0.0.1:8787/v1/api/ws?oauth_token=${accessToken}`))
  await settle()
  heard.socket.send(JSON.stringify({ session: await here.user.sessionId() }))
  heard.socket.send('tic')
  await settle()
})

const subscriptions = () => here.sandbox.broker.sockets.at(-1)?.subscriptions

/** Lets time pass, with the calls and heartbeats that keep session and socket. */
async function pass(ms: number): Promise<void> {
  await settle()
  for (let left = ms; left > 0; left -= 60_000) {
    here.now += Math.min(left, 60_000)
    heard.socket.send('tic')
    await here.user.post('/tickle')
  }
  await settle()
}

describe('market data', () => {
  const tick = (fields: Record<string, string>) =>
    here.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields })

  it('is confirmed by its data, and gives what was asked for as it changes', async () => {
    heard.socket.send('smd+265598+{"fields":["31","84"]}')
    await settle()
    tick({ '31': '190.50', '86': '191' })
    expect(await heard.of('smd+265598')).toEqual([
      expect.objectContaining({
        conid: 265598,
        _updated: here.now,
        '31': '148.00',
        '84': '147.99',
      }),
      expect.objectContaining({ conid: 265598, '31': '190.50' }),
    ])
    expect((await heard.of('smd+265598'))[1]).not.toHaveProperty('86')
    heard.socket.send('umd+265598+{}')
    await settle()
    tick({ '31': '191' })
    expect(await heard.of('smd+265598')).toHaveLength(2)
  })

  it('of one exchange is a stream of its own', async () => {
    heard.socket.send('smd+265598@NYSE+{"fields":["31"]}')
    await settle()
    tick({ '31': '190.50' })
    expect(await heard.of('smd+265598@NYSE')).toEqual([
      expect.objectContaining({ conid: 265598, conidEx: '265598@NYSE', '31': '148.00' }),
      expect.objectContaining({ conid: 265598, conidEx: '265598@NYSE', '31': '190.50' }),
    ])
    expect(await heard.of('smd+265598')).toEqual([])
  })

  it('ends by itself fifteen minutes after it was last asked for', async () => {
    heard.socket.send('smd+265598+{"fields":["31"]}')
    await pass(899_000)
    tick({ '31': '1' })
    expect(await heard.of('smd+265598')).toHaveLength(2)
    await pass(2000)
    tick({ '31': '2' })
    expect(await heard.of('smd+265598')).toHaveLength(2)
    expect(subscriptions()).toEqual([])
    heard.socket.send('smd+265598+{"fields":["31"]}')
    await pass(600_000)
    heard.socket.send('smd+265598+{"fields":["31"]}')
    await pass(600_000)
    tick({ '31': '3' })
    expect((await heard.of('smd+265598')).slice(2)).toMatchObject([
      { '31': '2' },
      { '31': '2' },
      { '31': '3' },
    ])
    expect(subscriptions()).toEqual(['md+265598'])
  })

  it('has a hundred lines', async () => {
    for (let conid = 1; conid <= 101; conid++) heard.socket.send(`smd+${conid}+{}`)
    expect(await heard.of('error')).toEqual([{ topic: 'error', error: 'Max market data lines' }])
    expect(subscriptions()).toHaveLength(100)
  })
})

describe('history', () => {
  it('has a server id, which alone ends it; five at once', async () => {
    for (let index = 0; index < 6; index++) heard.socket.send('smh+265598+{"period":"1d"}')
    const histories = await heard.of('smh+265598')
    expect(histories).toHaveLength(5)
    expect(await heard.of('error')).toHaveLength(1)
    const { serverId, data } = histories[0] as { serverId: string; data: unknown[] }
    expect(data).toHaveLength(5)
    heard.socket.send('umh+265598')
    await settle()
    expect(subscriptions()).toHaveLength(5)
    heard.socket.send(`umh+${serverId}`)
    await settle()
    expect(heard.frames.at(-1)).toEqual({ message: `Unsubscribed ${serverId}` })
    expect(subscriptions()).toHaveLength(4)
  })
})

describe('orders', () => {
  const order = (quantity: number) => here.sandbox.broker.play({ kind: 'order', quantity })

  it('are told as they happen, with history on request only', async () => {
    order(1)
    heard.socket.send('sor+{}')
    expect(await heard.of('sor')).toEqual([])
    order(2)
    const [first, second] = here.sandbox.broker.orders
    here.sandbox.broker.play({
      kind: 'order',
      orderId: Number(second?.orderId),
      status: 'Cancelled',
    })
    expect(await heard.of('sor')).toMatchObject([
      { args: [{ orderId: second?.orderId, acct: account, status: 'Submitted', totalSize: 2 }] },
      { args: [{ orderId: second?.orderId, status: 'Cancelled' }] },
    ])
    heard.socket.send('sor+{"days":3}')
    expect((await heard.of('sor'))[2]).toMatchObject({
      args: [{ orderId: first?.orderId }, { orderId: second?.orderId }],
    })
    expect(subscriptions()).toEqual(['or'])
    heard.socket.send('uor+{}')
    await settle()
    order(3)
    expect(await heard.of('sor')).toHaveLength(3)
  })

  /** Nothing comes after a call that does not bring it, and all of it after the one that does. */
  async function expectSilentUntil(call: string, before: string) {
    order(1)
    await here.user.call(before)
    order(2)
    expect(await heard.of('sor')).toEqual([])
    await here.user.call(call)
    order(3)
    expect(await heard.of('sor')).toMatchObject([{ args: [{ totalSize: 3 }] }])
  }

  it('fall silent with a filtered call, until one with force', async () => {
    heard.socket.send('sor+{}')
    await here.user.call('/iserver/account/orders?filters=filled')
    await expectSilentUntil('/iserver/account/orders?force=true', '/iserver/account/orders')
  })

  it('fall silent with a filtered call that has force beside its filters', async () => {
    heard.socket.send('sor+{}')
    const both = '/iserver/account/orders?filters=filled&force=true'
    await expectSilentUntil('/iserver/account/orders?force=true', both)
  })

  it('are silent before accounts and orders were asked for in this session', async () => {
    await here.user.post('/logout')
    await here.user.open()
    heard.socket.send('sor+{}')
    await settle()
    await expectSilentUntil('/iserver/account/orders', '/iserver/accounts')
  })
})

describe('other topics', () => {
  it('trades are confirmed with those so far, and told as they happen', async () => {
    here.sandbox.broker.play({ kind: 'order', quantity: 4, filled: 1 })
    heard.socket.send('str+{"days":1}')
    await settle()
    const orderId = Number(here.sandbox.broker.orders[0]?.orderId)
    here.sandbox.broker.play({ kind: 'order', orderId, filled: 4 })
    expect(await heard.of('str')).toMatchObject([
      { args: [{ size: 1, order_id: orderId }] },
      { args: [{ size: 3, order_id: orderId }] },
    ])
    expect(here.sandbox.broker.orders[0]?.status).toBe('Filled')
    heard.socket.send('utr')
    expect(await heard.of('utr')).toHaveLength(1)
  })

  it('profit, summary and ledger confirm both ends', async () => {
    for (const topic of ['pl', `sd+${account}`, `ld+${account}`]) {
      heard.socket.send(`s${topic}+{}`)
      expect(await heard.of(`s${topic}`)).toHaveLength(1)
      heard.socket.send(`u${topic}+{}`)
      expect(await heard.of(`u${topic}`)).toHaveLength(1)
    }
    expect((await heard.of(`sld+${account}`))[0]).toMatchObject({
      result: [{ acctCode: account, timestamp: Math.floor(here.now / 1000) }],
    })
    expect(subscriptions()).toEqual([])
    heard.socket.send('ssd+U1+{}')
    expect(await heard.of('error')).toHaveLength(1)
  })

  it('a price ladder speaks with the next tick', async () => {
    const topic = `sbd+${account}+265598`
    heard.socket.send(`${topic}+{}`)
    expect(await heard.of(topic)).toEqual([])
    here.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '84': '9.99' } })
    expect(await heard.of(topic)).toMatchObject([{ data: [{}, {}, { price: '9.99' }] }])
  })

  it.each([
    'xx',
    'sxx+{}',
    'smd+x+{}',
    'smd+1+{',
    'smd',
    'sor+1+{}',
    'ssd+{}',
    '',
    '{"a":1}',
    '[]',
  ])('unknown: %j', async (text) => {
    heard.socket.send(text)
    expect(await heard.of('error')).toEqual([{ topic: 'error', error: 'Topic unknown' }])
    expect(heard.closes).toEqual([])
  })
})
