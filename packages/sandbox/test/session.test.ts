import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { publicPem, TestClient } from './signer.ts'

const origin = 'http://127.0.0.1:8787'
let now = 1_800_000_000_000
let sandbox: Sandbox
let client: TestClient

beforeAll(async () => {
  sandbox = await createSandbox({
    now: () => now,
    establishedAfterMs: 500,
    credentials: testCredentials,
  })
})

beforeEach(async () => {
  now += 1_000_000
  client = new TestClient(sandbox.credentials.ibkr.oauth1, sandbox.fetch)
  await client.handshake({ now })
})

const call = (path: string, init: RequestInit = {}) => {
  const url = client.credentials.baseUrl + path.replace(/\?.*/, '')
  return client.call(path, init, { now, url })
}
const json = { 'content-type': 'application/json' }
const init = (body: unknown) =>
  call('/iserver/auth/ssodh/init', { method: 'POST', headers: json, body: JSON.stringify(body) })

describe('a brokerage session', () => {
  it('is needed below /iserver, and is there a moment after ssodh/init', async () => {
    const early = await call('/iserver/accounts')
    expect([early.status, await early.json()]).toEqual([
      400,
      { error: 'Bad Request: no bridge', statusCode: 400 },
    ])
    const opened = await (await init({ publish: true, compete: false })).json()
    expect(opened).toMatchObject({ authenticated: true, connected: true, established: false })
    expect((await call('/iserver/accounts')).status).toBe(400)
    now += 500
    const status = await (await call('/iserver/auth/status', { method: 'POST' })).json()
    expect(status).toMatchObject({ authenticated: true, established: true, competing: false })
    expect(await (await call('/iserver/accounts')).json()).toMatchObject({
      accounts: ['DU1234567'],
    })
    const tickle = await (await call('/tickle', { method: 'POST' })).json()
    expect(tickle).toMatchObject({
      session: expect.stringMatching(/^[0-9a-f]{32}$/),
      iserver: { authStatus: { established: true } },
    })
  })

  it('takes its options from the query too', async () => {
    const path = '/iserver/auth/ssodh/init?publish=true&compete=true'
    expect(await (await call(path, { method: 'POST' })).json()).toMatchObject({
      authenticated: true,
    })
  })

  it('is not opened by publish:false, without compete, or by something else than JSON', async () => {
    expect((await init({ publish: false, compete: true })).status).toBe(500)
    const refused = await (await init({ publish: true })).json()
    expect(refused).toMatchObject({
      authenticated: false,
      fail: 'Force compete capability must be used together with compete flag',
    })
    const text = { 'content-type': 'text/plain' }
    const path = '/iserver/auth/ssodh/init'
    const body = '{"publish":true,"compete":true}'
    expect((await call(path, { method: 'POST', headers: text, body })).status).toBe(400)
    expect((await call(path, { method: 'POST', headers: json, body: '{' })).status).toBe(400)
  })

  it('ends after six idle minutes, and with logout', async () => {
    await init({ publish: true, compete: true })
    now += 359_000
    expect((await call('/iserver/accounts')).status).toBe(200)
    now += 359_000
    expect((await call('/iserver/accounts')).status).toBe(200)
    now += 361_000
    expect((await call('/iserver/accounts')).status).toBe(400)
    await init({ publish: true, compete: true })
    now += 500
    expect(await (await call('/logout', { method: 'POST' })).json()).toEqual({ status: true })
    expect((await call('/iserver/accounts')).status).toBe(400)
    const tickle = await (await call('/tickle')).json()
    expect(tickle).toMatchObject({ hmds: { error: 'no bridge' } })
  })

  it('belongs to one platform at a time', async () => {
    const other = await secondClient()
    const initOther = async (compete: boolean) => {
      const response = await other.call(
        '/iserver/auth/ssodh/init',
        { method: 'POST', headers: json, body: JSON.stringify({ publish: true, compete }) },
        { now },
      )
      return response.json()
    }
    await init({ publish: true, compete: true })
    now += 500
    expect(await initOther(false)).toMatchObject({ authenticated: false, competing: true })
    expect((await call('/iserver/accounts')).status).toBe(200)
    expect(await initOther(true)).toMatchObject({ authenticated: true, competing: false })
    const status = await (await call('/iserver/auth/status')).json()
    expect(status).toMatchObject({ authenticated: false, competing: true })
    expect((await call('/iserver/accounts')).status).toBe(400)
  })
})

describe('other resources', () => {
  it('give history by query', async () => {
    await init({ publish: true, compete: true })
    now += 500
    await call('/iserver/accounts')
    const path = '/iserver/marketdata/history?conid=265598&period=1w&bar=1d'
    const history = await (await call(path)).json()
    expect(history.data).toHaveLength(5)
    expect(sandbox.requests.at(-1)?.querySigning).toBe('omit')
    expect((await call('/iserver/marketdata/history?conid=x')).status).toBe(400)
    expect((await call('/iserver/marketdata/history?conid=1')).status).toBe(400)
  })

  it('record how the query was signed', async () => {
    await init({ publish: true, compete: true })
    now += 500
    await call('/iserver/accounts')
    const base = `${client.credentials.baseUrl}/iserver/marketdata/history`
    const send = (query: string, signQuery: [string, string][]) =>
      client.call(`/iserver/marketdata/history?${query}`, {}, { now, url: base, signQuery })
    const plain: [string, string][] = [
      ['conid', '1'],
      ['period', '1d'],
    ]
    expect((await send('conid=1&period=1d', plain)).status).toBe(200)
    expect(sandbox.requests.at(-1)?.querySigning).toBe('wire')
    expect(
      (await send('conid=1&period=1d&startTime=a%3Ab', [...plain, ['startTime', 'a:b']])).status,
    ).toBe(200)
    expect(sandbox.requests.at(-1)?.querySigning).toBe('decoded')
    const twice = await send('conid=1&period=1d&startTime=a:b', [...plain, ['startTime', 'a%3Ab']])
    expect([twice.status, sandbox.requests.at(-1)?.querySigning]).toEqual([401, 'rfc5849'])
  })

  it('know their methods', async () => {
    expect((await call('/sso/validate')).status).toBe(200)
    expect((await call('/sso/validate', { method: 'POST' })).status).toBe(405)
    expect((await call('/portfolio/accounts', { method: 'HEAD' })).status).toBe(200)
    const missing = await call('/nothing')
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: 'Resource not found', statusCode: 404 },
    ])
  })

  it('echo a body', async () => {
    const response = await call('/sandbox/echo', { method: 'PUT', headers: json, body: '{"a":1}' })
    expect(await response.json()).toMatchObject({ method: 'PUT', body: '{"a":1}' })
  })
})

/** The same person through a second consumer, registered at the portal with the same keys. */
async function secondClient(): Promise<TestClient> {
  const { credentials } = client
  const response = await sandbox.fetch(`${origin}/portal`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({
      consumerKey: 'otherside',
      signaturePublicKey: await publicPem(credentials.signatureKey),
      encryptionPublicKey: await publicPem(credentials.encryptionKey),
      dhParameters: credentials.dhParameters,
    }),
  })
  expect(response.status).toBe(201)
  const other = new TestClient({ ...credentials, ...(await response.json()) }, sandbox.fetch)
  await other.handshake({ now })
  return other
}
