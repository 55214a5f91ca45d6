/** The app's own suite, with the sandbox as the README of it says: no form is read, nobody waits for a key. */
import { cpuUsage } from 'node:process'
import type { Sandbox } from '@isoauth/sandbox'
import { sandboxFixture } from '@isoauth/sandbox/vitest'
import { afterAll, test as base, describe, expect } from 'vitest'
import { createApp } from './app.ts'

const APP = 'http://localhost:3000'
const started = cpuUsage()

const test = base
  .extend({ sandbox: sandboxFixture({ callback: `${APP}/link/return` }) })
  .extend<{ visit: (url: string | URL) => Promise<Response> }>({
    visit: async ({ sandbox }, use) => {
      const app = appOver(sandbox)
      await use((url) => app(new Request(new URL(url, APP), { headers: { cookie: 'id=a' } })))
    },
  })

function appOver({ credentials, thirdParty, fetch, now }: Sandbox) {
  const { baseUrl, simpleKey } = credentials.ultracart
  return createApp({
    shop: { baseUrl, simpleKey, redirectUri: `${APP}/login/return`, fetch, now },
    broker: { ...thirdParty, fetch, now },
  })
}

const location = (response: Response) => response.headers.get('location') ?? ''

describe('somebody who signs in and links an account', () => {
  test('sees its value', async ({ sandbox, visit }) => {
    sandbox.respond('/portfolio/{accountId}/summary', { json: { netliquidation: { amount: 42 } } })
    const hello = await visit(
      await sandbox.approve(location(await visit('/login')), { user: 'theo' }),
    )
    expect(await hello.text()).toBe('Hello Theo Brandt')
    const linked = await visit(await sandbox.approve(location(await visit('/link'))))
    expect(await linked.text()).toBe('Linked')
    expect(await (await visit('/value')).json()).toEqual({ name: 'Theo Brandt', value: 42 })
    expect(sandbox.requests.filter(({ refused }) => refused !== null)).toEqual([])
    expect(sandbox.requests.at(-1)).toMatchObject({
      method: 'GET',
      path: '/v1/api/portfolio/DU1234567/summary',
      responded: true,
    })
  })

  test('and comes back after a day is signed in anew', async ({ sandbox, visit }) => {
    sandbox.respond('/portfolio/{accountId}/summary', { json: { netliquidation: { amount: 1 } } })
    await visit(await sandbox.approve(location(await visit('/login'))))
    await visit(await sandbox.approve(location(await visit('/link'))))
    expect((await visit('/value')).status).toBe(200)
    sandbox.advance(86_400_000)
    expect((await visit('/value')).status).toBe(200)
    expect(sandbox.counts.handshakes).toBe(2)
  })

  test('while the broker fails is told so, once', async ({ sandbox, visit }) => {
    const summary = { json: { netliquidation: { amount: 7 } } }
    sandbox.respond('/portfolio/{accountId}/summary', [{ status: 500 }, summary])
    await visit(await sandbox.approve(location(await visit('/login'))))
    await visit(await sandbox.approve(location(await visit('/link'))))
    expect((await visit('/value')).status).toBe(503)
    expect((await visit('/value')).status).toBe(200)
  })
})

describe('somebody who refuses', () => {
  test('to sign in is told so', async ({ sandbox, visit }) => {
    const back = await visit(await sandbox.refuse(location(await visit('/login'))))
    expect([back.status, await back.text()]).toEqual([403, 'ULTRACART_SSO_CALLBACK_REFUSED'])
    expect((await visit('/value')).status).toBe(401)
  })

  test('to link an account is told so', async ({ sandbox, visit }) => {
    const back = await visit(await sandbox.refuse(location(await visit('/link'))))
    expect([back.status, await back.text()]).toEqual([403, 'IBKR_OAUTH1_CALLBACK_REFUSED'])
    expect(sandbox.counts.accessTokens).toBe(0)
  })
})

describe('somebody who is late', () => {
  test('begins again', async ({ sandbox, visit }) => {
    const url = location(await visit('/login'))
    sandbox.advance(600_000)
    await expect(sandbox.approve(url)).rejects.toMatchObject({ code: 'SANDBOX_LOGIN_EXPIRED' })
  })
})

// Time of the processor, so that what else runs on the machine has no part in it.
afterAll(() => {
  const { user, system } = cpuUsage(started)
  expect((user + system) / 1000).toBeLessThan(2000)
})
