import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { signedIn } from './stream-client.ts'

const origin = 'http://127.0.0.1:8787'
let now = 1_800_000_000_000

async function start(pacing: boolean | { readonly requestsPerSecond: number }) {
  now += 1_000_000
  const sandbox: Sandbox = await createSandbox({
    origin,
    now: () => now,
    credentials: testCredentials,
    pacing,
  })
  return { sandbox, user: await signedIn(sandbox, () => now) }
}

it('is off by default', async () => {
  const { user } = await start(false)
  for (let index = 0; index < 15; index++) expect((await user.call('/tickle')).status).toBe(200)
})

it('allows ten requests a second, then boxes the address for ten minutes', async () => {
  const { sandbox, user } = await start(true)
  now += 1000
  const statuses: number[] = []
  for (let index = 0; index < 11; index++) statuses.push((await user.call('/sandbox/echo')).status)
  expect(statuses).toEqual([...Array(10).fill(200), 429])
  expect(sandbox.requests.at(-1)?.refused).toMatch(/^pacing: the limit of requests in a second/)
  now += 599_000
  const boxed = await user.call('/portfolio/accounts')
  expect([boxed.status, await boxed.json()]).toEqual([429, { error: 'Too Many Requests' }])
  expect(sandbox.counts.paced).toBe(2)
  now += 1000
  expect((await user.call('/portfolio/accounts')).status).toBe(200)
})

it.each([
  ['/tickle', 1000],
  ['/portfolio/accounts', 5000],
  ['/sso/validate', 60_000],
])('allows %s once in %d ms', async (path, windowMs) => {
  const { user } = await start({ requestsPerSecond: 100 })
  expect((await user.call(path)).status).toBe(200)
  now += windowMs
  expect((await user.call(path)).status).toBe(200)
  now += windowMs - 1
  expect((await user.call(path)).status).toBe(429)
})

it('allows five requests for history at once, however many after each other', async () => {
  const { user } = await start({ requestsPerSecond: 100 })
  await user.open()
  await user.call('/iserver/accounts')
  const path = '/iserver/marketdata/history?conid=1&period=1d'
  for (let index = 0; index < 8; index++) expect((await user.call(path)).status).toBe(200)
  const six = await Promise.all(Array.from({ length: 6 }, () => user.call(path)))
  expect(six.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 429])
})

it.each([0, 1.5, '10', null])('refuses requestsPerSecond %j', async (requestsPerSecond) => {
  const options = { origin, credentials: testCredentials, pacing: { requestsPerSecond } }
  await expect(createSandbox(options as never)).rejects.toMatchObject({
    code: 'SANDBOX_OPTION_INVALID',
    option: 'pacing',
  })
})
