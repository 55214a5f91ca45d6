/** Every refusal says why in its record, also where the caller was let in. */
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { json, signedIn } from './stream-client.ts'

const ACCOUNT = '/iserver/account'
let now = 1_800_000_000_000
let sandbox: Sandbox
let user: Awaited<ReturnType<typeof signedIn>>

beforeAll(async () => {
  sandbox = await createSandbox({ now: () => now, credentials: testCredentials })
  user = await signedIn(sandbox, () => now)
})

beforeEach(async () => {
  now += 1000
  sandbox.broker.clear()
  await user.open()
  await user.call('/iserver/accounts')
})

const reason = () => sandbox.requests.at(-1)?.refused
const order = { conid: 1, side: 'BUY', orderType: 'LMT', price: 1, quantity: 1, tif: 'DAY' }

it.each<readonly [string, RequestInit | undefined, number, RegExp]>([
  ['/no/such/path', {}, 404, /^path: /],
  ['/logout', {}, 405, /^method: POST is required/],
  ['/iserver/auth/status', { method: 'PUT' }, 405, /^method: GET or POST is required/],
  ['/iserver/marketdata/history?conid=x&period=1d', {}, 400, /^conid: /],
  ['/iserver/marketdata/history?conid=1&period=x', {}, 400, /^period: /],
  [`${ACCOUNT}/orders?accountId=DU9`, {}, 401, /^account: /],
  [`${ACCOUNT}/DU9/orders`, { method: 'POST' }, 401, /^account: /],
  [`${ACCOUNT}/DU9/order/1`, { method: 'DELETE' }, 401, /^account: /],
  [`${ACCOUNT}/DU1234567/orders`, { method: 'POST', body: '{}' }, 400, /^body: /],
  ['/iserver/reply/x', { method: 'POST', headers: json, body: '{}' }, 400, /^body: .*confirmed/],
  [
    '/iserver/reply/x',
    { method: 'POST', headers: json, body: '{"confirmed":true}' },
    400,
    /^reply: reply id not found/,
  ],
  ['/iserver/questions/suppress', { method: 'POST', headers: json, body: '{}' }, 400, /^body: /],
  ['/iserver/auth/ssodh/init', { method: 'POST', body: '{' }, 400, /^body: /],
  [
    '/iserver/auth/ssodh/init',
    { method: 'POST', headers: json, body: '{"publish":false,"compete":true}' },
    500,
    /^init: publish has to be true/,
  ],
])('%s with %j is answered with %i', async (path, init, status, why) => {
  const response = await user.call(path, init)
  expect([response.status, reason()]).toEqual([status, expect.stringMatching(why)])
  expect(sandbox.requests.at(-1)?.checks.at(-1)?.ok).toBe(false)
})

it('an order that is changed needs JSON too', async () => {
  const placed = await user.post(`${ACCOUNT}/DU1234567/orders`, { orders: [order] })
  const [{ order_id: id }] = await placed.json()
  const response = await user.call(`${ACCOUNT}/DU1234567/order/${id}`, { method: 'POST' })
  expect([response.status, reason()]).toEqual([400, expect.stringMatching(/^body: /)])
})

it.each(['gone', 'sso-dh-failure'] as const)('the state %s', async (state) => {
  sandbox.broker.play({ kind: 'state', state })
  await user.post('/iserver/auth/ssodh/init', { publish: true, compete: true })
  expect(reason()).toBe(`init: ${state}`)
})

it('where there is nothing', async () => {
  for (const path of ['/nothing', '/gw/api/v1/nothing', '/oauth2/api/v1/nothing']) {
    expect((await sandbox.fetch(sandbox.origin + path)).status).toBe(404)
    expect(reason()).toMatch(/^path: /)
  }
})

it('and at the older base', async () => {
  const { client } = user
  const ask = (path: string, method = 'GET') => {
    const url = `${sandbox.origin}/tradingapi/v1${path}`
    // The client's own base is the newer one.
    return client.call(`/../../tradingapi/v1${path}`, { method }, { now, url })
  }
  expect([(await ask('/nothing')).status, reason()]).toEqual([
    404,
    expect.stringMatching(/^path: /),
  ])
  expect([(await ask('/accounts', 'PUT')).status, reason()]).toEqual([
    405,
    expect.stringMatching(/^method: /),
  ])
  expect([(await ask('/accounts/DU9/summary')).status, reason()]).toEqual([
    401,
    expect.stringMatching(/^account: /),
  ])
})
