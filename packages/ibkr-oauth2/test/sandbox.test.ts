/** Whole flows against the sandbox, which verifies every assertion, claim, body and scope. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createSandbox, type SandboxOptions } from '@isoauth/sandbox'
import { describe, expect, it } from 'vitest'
import { keys, NOW_MS } from '../../../tests/support/oauth2-vectors.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { failure } from './support.ts'

const ORIGIN = 'http://127.0.0.1:8787'
const oauth2 = {
  baseUrl: ORIGIN,
  clientId: 'ExampleAdvisor-TEST',
  keyId: 'main',
  privateKey: keys.main3072.pkcs8Pem,
  credential: 'exampleuser1',
  ip: '127.0.0.1',
}

async function start(options: object = {}, sandboxOptions: Partial<SandboxOptions> = {}) {
  const time = { now: NOW_MS }
  const now = () => time.now
  // The part for OAuth 1.0a is unused here.
  const credentials = { ibkr: { ...testCredentials.ibkr, oauth2 } }
  const sandbox = await createSandbox({ origin: ORIGIN, credentials, now, ...sandboxOptions })
  const events: unknown[] = []
  const client = createIbkrOAuth2({
    ...oauth2,
    scope: 'echo.read echo.write',
    fetch: sandbox.fetch as never,
    now,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { sandbox, client, events, time }
}

describe('against the sandbox', () => {
  it('both echo calls go through with one token', async () => {
    const { sandbox, client } = await start()
    expect(await client.echoHttps()).toMatchObject({ securityPolicy: 'HTTPS' })
    expect(await client.echoSignedJwt()).toMatchObject({
      requestMethod: 'POST',
      securityPolicy: 'SIGNED_JWT',
    })
    expect(sandbox.counts.tokenCalls).toBe(1)
    expect(sandbox.requests.flatMap(({ checks }) => checks).filter(({ ok }) => !ok)).toEqual([])
  })

  it.each([
    ['jti and client_id', { includeJti: true, includeClientId: true }],
    ['the URL as audience', { audience: `${ORIGIN}/oauth2/api/v1/token` }],
    ['an assertion of 300 s', { assertionLifetimeSeconds: 300 }],
    ['PKCS#1', { privateKey: keys.main3072.pkcs1Pem }],
    ['a JWK', { privateKey: keys.main3072.privateJwk }],
  ])('takes %s', async (_, options) => {
    const { client } = await start(options)
    expect(await client.echoHttps()).toMatchObject({ requestMethod: 'GET' })
  })

  it('1,000 callers make one token call', async () => {
    const { sandbox, client } = await start()
    await Promise.all(Array.from({ length: 1000 }, () => client.accessToken()))
    expect(sandbox.counts.tokenCalls).toBe(1)
  })

  it.each([-600_000, 600_000])('a clock %d ms off costs one extra request', async (offMs) => {
    const { sandbox, client, time, events } = await start({ now: () => time.now + offMs })
    await client.echoSignedJwt()
    expect(sandbox.counts.tokenCalls).toBe(2)
    expect(events).toEqual([{ type: 'clock-repaired', differenceMs: -offMs }])
  })

  describe('a token call that is repeated', () => {
    skipWaits(1500)

    it('sends no assertion twice, not even within one second', async () => {
      const { sandbox, client } = await start({}, { refuseRepeatedAssertions: true })
      sandbox.fault({ path: '/oauth2/api/v1/token', kind: 'status', status: 503, times: 2 })
      expect((await client.accessToken()).scope).toBe('echo.read echo.write')
      expect(sandbox.counts.tokenCalls).toBe(3)
    })
  })

  it('renews in time, whatever the life', async () => {
    for (const accessTokenLifetimeSeconds of [599, 86_399]) {
      const { sandbox, client, time } = await start({}, { accessTokenLifetimeSeconds })
      for (let call = 0; call < 3; call++) {
        expect(await client.echoHttps()).toMatchObject({ requestMethod: 'GET' })
        time.now += accessTokenLifetimeSeconds * 1000 - 1
      }
      expect(sandbox.counts.tokenCalls).toBe(3)
    }
  })

  it('repairs a 401 of the gateway once', async () => {
    const { sandbox, client, time } = await start()
    await client.accessToken()
    time.now += 60_000
    sandbox.fault({ path: '/gw/api/v1/echo/https', kind: 'status', status: 401, times: 5 })
    expect(await failure(() => client.echoHttps())).toMatchObject({
      code: 'IBKR_OAUTH2_UNAUTHORIZED',
    })
    expect(sandbox.counts.tokenCalls).toBe(2)
    expect(sandbox.requests.filter(({ path }) => path.endsWith('/echo/https'))).toHaveLength(2)
  })

  it.each([
    ['another key', { privateKey: keys.next4096.pkcs8Pem }, 'ASSERTION_REFUSED', 400],
    ['another key id', { keyId: 'next' }, 'ASSERTION_REFUSED', 400],
    ['another client', { clientId: 'another' }, 'ASSERTION_REFUSED', 400],
    ['another audience', { audience: '/tokens' }, 'ASSERTION_REFUSED', 400],
  ])('tells of %s', async (_, options, code, status) => {
    const { client } = await start(options)
    expect(await failure(() => client.accessToken())).toMatchObject({
      code: `IBKR_OAUTH2_${code}`,
      status,
      title: 'Bad Request',
    })
  })

  it('tells of a scope that was not granted', async () => {
    const { client, events } = await start({}, { scopes: ['echo.read'] })
    const outcome = await failure(() => client.echoSignedJwt())
    expect([
      'IBKR_OAUTH2_FORBIDDEN',
      'IBKR_OAUTH2_ASSERTION_REFUSED',
      'IBKR_OAUTH2_REFUSED',
    ]).toContain(outcome['code'])
    if (outcome['code'] === 'IBKR_OAUTH2_FORBIDDEN') {
      expect(events).toContainEqual({
        type: 'scope-reduced',
        granted: 'echo.read',
        missing: ['echo.write'],
      })
    }
  })

  it.each([
    ['html', 'IBKR_OAUTH2_FORBIDDEN'],
    ['truncated', 'IBKR_OAUTH2_RESPONSE_INVALID'],
  ] as const)('the fault %s is a coded error', async (kind, code) => {
    const { sandbox, client } = await start()
    sandbox.fault({ path: '/oauth2/api/v1/token', kind, times: 9 })
    expect((await failure(() => client.accessToken()))['code']).toBe(code)
  })
})
