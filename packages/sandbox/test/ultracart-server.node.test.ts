import { request } from 'node:http'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { untilSlow } from '../../../tests/support/index.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { callback, UltraCart } from './ultracart-client.ts'

let server: SandboxServer
let client: UltraCart

beforeAll(async () => {
  server = await serve({ credentials: testCredentials })
  // The same client over sockets.
  client = new UltraCart({
    ...server.sandbox,
    fetch: (input, init) => fetch(input, init),
  })
})

afterAll(() => server.close())
beforeEach(() => server.sandbox.clearFaults())

/** A request with headers that `fetch` does not let one set. */
function send(path: string, headers: Record<string, string>, body = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const method = body === '' ? 'GET' : 'POST'
    const outgoing = request(
      { host: '127.0.0.1', port: server.port, path, method, headers },
      (incoming) => {
        incoming.resume()
        incoming.on('end', () => resolve(incoming.statusCode ?? 0))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

it('serves the whole way over sockets', async () => {
  const key = await client.key('theo')
  expect(await (await client.user(key)).json()).toMatchObject({ login: 'theo' })
  const revoked = await client.revoke(key)
  expect([revoked.status, await revoked.text()]).toEqual([204, ''])
  expect((await client.user(key)).status).toBe(401)
})

it('asks for a length where a body belongs', async () => {
  expect((await client.send('/sso/token', 'x', { method: 'PUT' })).status).toBe(401)
  const { simpleKey } = server.sandbox.credentials.ultracart
  const large = { code: 'x'.repeat(1_100_000) }
  const refused = await client.send('/sso/token', simpleKey, { method: 'PUT', body: large })
  expect([refused.status, client.reason]).toEqual([413, 'body: larger than 1 MiB'])
})

it.each(['before', 'after'])('drops the socket %s the request was processed', async (value) => {
  const code = await client.code()
  const { ultracartTokenRequests: before } = server.sandbox.counts
  server.sandbox.fault({ path: '/sso/token', kind: 'reset', value })
  await expect(client.token(code)).rejects.toThrow(TypeError)
  expect(server.sandbox.counts.ultracartTokenRequests).toBe(before + 1)
  expect((await client.token(code)).status).toBe(value === 'before' ? 200 : 400)
})

it('asks for no User-Agent, which is the broker’s rule', async () => {
  expect(await send('/rest/v2/sso/session/user', {})).toBe(401)
  expect(await send('/v1/api/portfolio/accounts', {})).toBe(403)
})

it('lets a key in again once its owner has hung up', async () => {
  const key = await client.key()
  server.sandbox.fault({ path: '/sso/session/user', kind: 'slow', value: 60_000 })
  const controller = new AbortController()
  const slow = client.user(key, { signal: controller.signal })
  await untilSlow(server.sandbox)
  controller.abort(new Error('hung up'))
  await expect(slow).rejects.toThrow('hung up')
  await expect.poll(async () => (await client.user(key)).status).toBe(200)
})

describe('the login page is safe from other sites', () => {
  const fields = async () => {
    const form = await client.form(await client.loginUrl())
    form.set('decision', 'approve')
    return form.toString()
  }
  const type = 'application/x-www-form-urlencoded'
  const agent = { 'user-agent': 'test', 'content-type': type }

  it('in the name of another host', async () => {
    const { pathname, search } = new URL(await client.loginUrl())
    const headers = { ...agent, host: 'evil.example' }
    expect(await send(pathname + search, headers)).toBe(403)
    expect(client.reason).toMatch(/^login: Host is not 127/)
    expect(await send('/ultracart/login', headers, await fields())).toBe(403)
  })

  it('sent by a page of another site', async () => {
    for (const header of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      expect(await send('/ultracart/login', { ...agent, ...header }, await fields())).toBe(403)
      expect(client.reason).toMatch(/^same-origin: /)
    }
    const own = { ...agent, origin: server.origin, 'sec-fetch-site': 'same-origin' }
    expect(await send('/ultracart/login', own, await fields())).toBe(302)
  })

  it('and opened from one all the same, as a link is', async () => {
    const { pathname, search } = new URL(await client.loginUrl())
    expect(await send(pathname + search, { ...agent, 'sec-fetch-site': 'cross-site' })).toBe(200)
  })
})

it('leads to an app server on any port of this machine', async () => {
  const redirect_uri = 'http://127.0.0.1:1/return'
  const form = await client.form(await client.loginUrl({ redirect_uri, state: 's' }))
  const location = callback(await client.press(form, 'approve'))
  expect(location.origin + location.pathname).toBe(redirect_uri)
})
