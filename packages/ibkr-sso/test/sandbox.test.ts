/** Whole flows against the sandbox: token, session or link, trading API, portal. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso, withLandingAction } from '@isoauth/ibkr-sso'
import { createSandbox, type SandboxOptions } from '@isoauth/sandbox'
import { expect, it } from 'vitest'
import { NOW_MS } from '../../../tests/support/oauth2-vectors.ts'
import { credentials, ORIGIN, oauth2, user } from '../../../tests/support/vector-sandbox.ts'
import { failure } from './support.ts'

async function start(options: object = {}, sandboxOptions: Partial<SandboxOptions> = {}) {
  const time = { now: NOW_MS }
  const now = () => time.now
  const sandbox = await createSandbox({ origin: ORIGIN, credentials, now, ...sandboxOptions })
  const fetch = sandbox.fetch as never
  const authority = createIbkrOAuth2({
    ...oauth2,
    scope: ['sso-sessions.write', 'sso-browser-sessions.write'],
    fetch,
    now,
    ...options,
  })
  const events: unknown[] = []
  const onEvent = (event: unknown) => void events.push(event)
  const sso = createIbkrSso({ oauth2: authority, baseUrl: ORIGIN, fetch, now, onEvent, ...options })
  return { sandbox, sso, authority, events, time }
}

/** The same with a session. */
async function open(afterMs = 0) {
  const started = await start()
  const session = await started.sso.createSession(user)
  started.time.now += afterMs
  return { ...started, session }
}

it('goes from the key to the trading API', async () => {
  const { sandbox, session, events } = await open()
  const response = await session.fetch('/portfolio/accounts')
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject([{ id: expect.any(String) }])
  expect((await session.fetch('/tickle', { method: 'POST' })).status).toBe(200)
  expect(sandbox.counts).toMatchObject({ tokenCalls: 1, ssoSessionCalls: 1 })
  expect(sandbox.requests.flatMap(({ checks }) => checks).filter(({ ok }) => !ok)).toEqual([])
  expect(events).toEqual([{ type: 'address-not-public', option: 'ip' }])
})

it('opens a new session where the bearer is over, with the same access token', async () => {
  const { sandbox, session } = await open(3_600_000)
  expect((await session.fetch('/portfolio/accounts')).status).toBe(200)
  expect(sandbox.counts).toMatchObject({ tokenCalls: 1, ssoSessionCalls: 2 })
})

it('repairs both layers, each once', async () => {
  const { sandbox, session } = await open(3_600_000)
  sandbox.fault({ path: '/gw/api/v1/sso-sessions', kind: 'status', status: 401 })
  expect((await session.fetch('/portfolio/accounts')).status).toBe(200)
  expect(sandbox.counts).toMatchObject({ tokenCalls: 2, ssoSessionCalls: 3 })
})

it('ends when the trading API answers 401 for ever', async () => {
  const { sandbox, session } = await open(60_000)
  sandbox.fault({ path: '/portfolio/accounts', kind: 'status', status: 401, times: 9 })
  expect((await session.fetch('/portfolio/accounts')).status).toBe(401)
  expect(sandbox.counts).toMatchObject({ tokenCalls: 1, ssoSessionCalls: 2 })
  expect(sandbox.requests.filter(({ path }) => path.endsWith('/accounts'))).toHaveLength(2)
})

it('learns the clock with the token, so that the signed body is right', async () => {
  const time = { now: NOW_MS }
  const { sandbox, sso } = await start({ now: () => time.now - 600_000 })
  await sso.createSession(user)
  expect(sandbox.counts).toMatchObject({ tokenCalls: 2, ssoSessionCalls: 1 })
})

it('makes a link that the portal opens once, on the page asked for', async () => {
  const { sandbox, sso, time } = await start()
  const { url, expiresAtMs } = await sso.createBrowserSession(user)
  expect(expiresAtMs).toBe(NOW_MS + 50_000)
  const landing = withLandingAction(url, 'TransferFunds', { type: 'DEPOSIT', currency: 'EUR' })
  const opened = await sandbox.fetch(landing.href, { redirect: 'manual' })
  expect(opened.status).toBeLessThan(400)
  const again = await sandbox.fetch(landing.href, { redirect: 'manual' })
  expect(again.status).toBeGreaterThanOrEqual(400)
  const second = await sso.createBrowserSession(user)
  time.now += 50_000
  const late = await failure(() => withLandingAction(second.url, 'TransferFunds', {}))
  expect(late).toMatchObject({ code: 'IBKR_SSO_LINK_EXPIRED' })
})

it.each([
  ['an unknown user', { credential: 'nobody' }, 'IBKR_SSO_UNAUTHORIZED'],
  ['another address', { ip: '192.0.2.7' }, 'IBKR_SSO_UNAUTHORIZED'],
])('tells of %s, after one repair', async (_, change, code) => {
  const { sso } = await start()
  const error = await failure(() => sso.createSession({ ...user, ...change }))
  expect(error['code']).toBe(code)
  expect(error['title']).toEqual(expect.any(String))
})

it('tells of a scope that is missing', async () => {
  const { sso } = await start({ scope: 'sso-browser-sessions.write' })
  expect(await failure(() => sso.createSession(user))).toMatchObject({
    code: 'IBKR_SSO_FORBIDDEN',
    status: 403,
  })
})
