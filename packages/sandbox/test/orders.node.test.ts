import { describe, expect, it } from 'vitest'
import { signedInForEach } from './stream-client.ts'

const path = '/iserver/account/DU1234567/orders'
const limit = { conid: 265598, side: 'BUY', orderType: 'LMT', price: 9.5, quantity: 2, tif: 'DAY' }
const here = signedInForEach()

const place = async (...orders: object[]) => (await here.user.post(path, { orders })).json()
const reply = async (id: string, confirmed = true) => {
  const response = await here.user.post(`/iserver/reply/${id}`, { confirmed })
  return { status: response.status, body: await response.json() }
}
const ask = (...messageIds: string[]) => here.sandbox.broker.play({ kind: 'question', messageIds })

it('need the accounts to be asked for first', async () => {
  await here.user.post('/logout')
  await here.user.open()
  const early = await here.user.call('/iserver/account/orders')
  expect([early.status, await early.json()]).toMatchObject([
    500,
    { error: 'Please query /accounts first' },
  ])
})

it('are about the account that was selected, which is the user’s only one', async () => {
  const chosen = await here.user.post('/iserver/account', { acctId: 'DU1234567' })
  expect([chosen.status, await chosen.json()]).toEqual([200, { set: true, acctId: 'DU1234567' }])
  const others = await here.user.post('/iserver/account', { acctId: 'DU7654321' })
  expect([others.status, (await here.user.post('/iserver/account', {})).status]).toEqual([401, 400])
})

it('are acknowledged, listed, changed and cancelled', async () => {
  const [placed] = await place({ ...limit, cOID: 'mine' })
  expect(placed).toMatchObject({ order_status: 'Submitted', encrypt_message: '1' })
  const orderPath = `/iserver/account/DU1234567/order/${placed.order_id}`
  await here.user.post(orderPath, { ...limit, price: 9, cOID: 'mine' })
  const { orders } = await (await here.user.call('/iserver/account/orders')).json()
  expect(orders).toMatchObject([{ orderId: Number(placed.order_id), price: '9.00' }])
  const cancelled = await here.user.call(orderPath, { method: 'DELETE' })
  expect(await cancelled.json()).toMatchObject({ msg: 'Request was submitted' })
  const filtered = await (await here.user.call('/iserver/account/orders?filters=submitted')).json()
  expect(filtered).toMatchObject({ orders: [], snapshot: true })
  const late = await here.user.call(orderPath, { method: 'DELETE' })
  expect(await late.json()).toMatchObject({ error: expect.stringContaining('not active') })
  expect(here.sandbox.counts).toMatchObject({ orderCalls: 4, ordersPlaced: 1 })
})

it('at the market are filled at once, which is a trade', async () => {
  await place({ ...limit, orderType: 'MKT' })
  expect(await (await here.user.call('/iserver/account/trades?days=2')).json()).toMatchObject([
    { side: 'B', size: 2, conid: 265598 },
  ])
})

it.each([
  [{ ...limit, conid: 'x' }, /conid/],
  [{ ...limit, side: 'UP' }, /side/],
  [{ ...limit, orderType: 'X' }, /orderType/],
  [{ ...limit, price: undefined }, /price/],
  [{ ...limit, quantity: 0 }, /quantity/],
  [{ ...limit, tif: 'X' }, /tif/],
  [1, /object/],
])('are refused in a 200 for %j', async (order, error) => {
  expect(await place(order as object)).toEqual({ error: expect.stringMatching(error) })
  expect(here.sandbox.counts.ordersPlaced).toBe(0)
})

it('are refused for another account, for what is no JSON, and a second time by the same cOID', async () => {
  expect((await here.user.post('/iserver/account/U1/orders', { orders: [limit] })).status).toBe(401)
  expect((await here.user.post(path)).status).toBe(400)
  await place({ ...limit, cOID: 'a' })
  expect(await place({ ...limit, cOID: 'a' })).toEqual({
    error: expect.stringMatching('already registered'),
  })
})

it('are refused where two of one call have the same cOID, and none is placed', async () => {
  const twice = await place({ ...limit, cOID: 'a' }, { ...limit, cOID: 'a' })
  expect(twice).toEqual({ error: expect.stringMatching('already registered') })
  expect(here.sandbox.broker.orders).toEqual([])
})

it('keep their cOID when a change names none', async () => {
  const [placed] = await place({ ...limit, cOID: 'mine' })
  await here.user.post(`/iserver/account/DU1234567/order/${placed.order_id}`, limit)
  expect(here.sandbox.broker.orders).toMatchObject([{ reference: 'mine' }])
  expect(await place({ ...limit, cOID: 'mine' })).toHaveProperty('error')
})

it('are not listed for an account of somebody else', async () => {
  here.sandbox.broker.play({ kind: 'order', accountId: 'DU7654321' })
  const listed = await here.user.call('/iserver/account/orders?accountId=DU7654321')
  expect(listed.status).toBe(401)
  const own = await here.user.call('/iserver/account/orders?accountId=DU1234567')
  expect(await own.json()).toMatchObject({ orders: [] })
})

it('are counted when they come in, whatever becomes of them', async () => {
  here.sandbox.fault({ path, kind: 'status', status: 503 })
  expect((await here.user.post(path, { orders: [limit] })).status).toBe(503)
  here.sandbox.fault({ path, kind: 'reset', value: 'after' })
  await expect(here.user.post(path, { orders: [limit] })).rejects.toThrow(TypeError)
  expect(here.sandbox.counts).toMatchObject({ orderCalls: 2, ordersPlaced: 1 })
  expect(here.sandbox.broker.orders).toHaveLength(1)
})

describe('questions', () => {
  it('are asked one after the other before the order is taken', async () => {
    ask('o163', 'o354')
    const [first] = await place(limit)
    expect(first).toMatchObject({ messageIds: ['o163'], isSuppressed: false })
    const second = await reply(first.id)
    expect(second.body).toMatchObject([{ messageIds: ['o354'] }])
    expect(here.sandbox.broker.orders).toEqual([])
    expect((await reply(second.body[0].id)).body).toMatchObject([{ order_status: 'Submitted' }])
    expect((await place(limit))[0]).toHaveProperty('order_id')
    expect(here.sandbox.counts).toMatchObject({ orderCalls: 2, orderReplies: 2, ordersPlaced: 2 })
  })

  it.each([
    ['/iserver/auth/status', 400],
    ['/tickle', 200],
  ])('are still there after a call of %s: %d', async (other, status) => {
    ask('o163')
    const [question] = await place(limit)
    await here.user.post(other)
    const answered = await reply(question.id)
    expect(answered.status).toBe(status)
    expect(answered.status === 400 ? answered.body.error : '').toMatch(/^(reply id not found)?$/)
  })

  it('change nothing of an order that was filled before they were answered', async () => {
    const [placed] = await place(limit)
    const orderId = Number(placed.order_id)
    ask('o163')
    const changed = await here.user.post(`/iserver/account/DU1234567/order/${orderId}`, {
      ...limit,
      quantity: 5,
    })
    const [question] = await changed.json()
    here.sandbox.broker.play({ kind: 'order', orderId, status: 'Filled' })
    const { body } = await reply(question.id)
    expect(body).toMatchObject({ error: expect.stringContaining('not active') })
    expect(here.sandbox.broker.orders).toMatchObject([{ quantity: 2, filled: 2 }])
    expect(here.sandbox.broker.trades).toHaveLength(1)
  })

  it('can be declined, and are good once', async () => {
    ask('o163')
    const [question] = await place(limit)
    expect((await reply(question.id, false)).body).toHaveProperty('error')
    expect((await reply(question.id)).status).toBe(400)
    expect(here.sandbox.broker.orders).toEqual([])
  })

  it('are suppressed for one brokerage session', async () => {
    const suppress = (messageIds: unknown) =>
      here.user.post('/iserver/questions/suppress', { messageIds })
    expect((await suppress(Array.from({ length: 52 }, (_, n) => `o${n}`))).status).toBe(400)
    expect(await (await suppress(['o163'])).json()).toEqual({ status: 'submitted' })
    ask('o163')
    expect((await place(limit))[0]).toHaveProperty('order_id')
    await here.user.post('/logout')
    await here.user.open()
    await here.user.call('/iserver/accounts')
    ask('o163')
    expect((await place(limit))[0]).toMatchObject({ messageIds: ['o163'] })
  })
})
