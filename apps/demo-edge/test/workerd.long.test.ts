/** The built Worker under workerd: one isolate, and many that share one Durable Object. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BrowserLike, text } from './browser-like.ts'
import { checkServed } from './edge-over-sockets.ts'
import { checkIsolates } from './isolates.ts'
import { type Running, runWorkerd } from './running-workerd.ts'
import { CERTS_PATH, startUpstream, type Upstream } from './upstream.ts'

const ACCOUNTS = '/api/portfolio/accounts'
const LST_PATH = '/oauth/live_session_token'
const NOBODYS_COOKIE = '__Host-isoauth-edge=A'

let upstream: Upstream
let running: Running

beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
afterEach(() => running?.stop())

async function start(
  ...args: Parameters<typeof runWorkerd> extends [unknown, ...infer A] ? A : never
) {
  running = await runWorkerd(upstream.sandbox, ...args)
  return { ...running, port: running.ports[0] as number }
}

const handshakes = () => upstream.sandbox.counts.handshakes

describe('one isolate', () => {
  it('serves the page, the session and the calls of the list, and streams', async () => {
    const { port, browser, code } = await start('local')
    await checkServed({ upstream, browser, port, code })
  })

  it('opens a session for the first calls that need one, once, where it is to be kept', async () => {
    const { port, browser, code } = await start('local', { ISOAUTH_EDGE_KEEP_SESSION: 'leave' })
    const cookie = await browser.signIn(port, code)
    const before = upstream.sandbox.counts.brokerageInits
    const calls = Array.from({ length: 20 }, () =>
      browser.send('/api/iserver/accounts', { port, headers: { cookie } }),
    )
    for (const answer of await Promise.all(calls)) {
      expect(await text(answer)).toContain('DU1234567')
      expect(answer.statusCode).toBe(200)
    }
    expect(upstream.sandbox.counts.brokerageInits - before).toBe(1)
  })

  it('finishes the handshake for the others when the request that began it leaves', async () => {
    const { port, browser, code } = await start('local')
    const cookie = await browser.signIn(port, code)
    const before = handshakes()
    const held = upstream.hold(LST_PATH)
    const leaving = new AbortController()
    const send = (signal?: AbortSignal) =>
      browser.send(ACCOUNTS, { port, headers: { cookie }, ...(signal && { signal }) })
    const first = send(leaving.signal).catch(() => 'left')
    await held.seen
    const others = [send(), send()]
    await untilRead(browser, port)
    leaving.abort()
    expect(await first).toBe('left')
    held.release()
    for (const answer of await Promise.all(others)) {
      await text(answer)
      expect(answer.statusCode).toBe(200)
    }
    expect(handshakes() - before).toBe(1)
  })

  it('gives a session for an identity token of the platform, whose keys it fetches', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    upstream.certs.keys = [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }]
    const origin = new URL(upstream.sandbox.credentials.ibkr.oauth1.baseUrl).origin
    const { port, browser } = await start('local', {
      ISOAUTH_EDGE_DEVELOPMENT_CODE: '',
      ISOAUTH_EDGE_IDENTITY_ISSUER: 'https://team.example',
      ISOAUTH_EDGE_IDENTITY_AUDIENCE: 'edge',
      ISOAUTH_EDGE_IDENTITY_JWKS_URL: origin + CERTS_PATH,
    })
    const signIn = async (audience: string) => {
      const token = await new SignJWT({ email: 'mara@example.com' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setSubject('person-1')
        .setIssuer('https://team.example')
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey)
      const headers = { 'cf-access-jwt-assertion': token }
      const answer = await browser.send('/session', { port, method: 'POST', headers })
      await text(answer)
      return answer
    }
    const [cookie] = (await signIn('edge')).headers['set-cookie'] ?? []
    const headers = { cookie: cookie?.split(';')[0] ?? '' }
    const accounts = await browser.send(ACCOUNTS, { port, headers })
    expect(await text(accounts)).toContain('SANDBOX Account')
    expect((await signIn('other')).statusCode).toBe(403)
  })

  it('serves nothing while a setting is wrong, and names it in the log alone', async () => {
    const ISOAUTH_IBKR_OAUTH1_BASE_URL = 'https://api.ibkr.com/v1/api'
    const { port, browser, said } = await start('local', { ISOAUTH_IBKR_OAUTH1_BASE_URL })
    const answer = await browser.send('/', { port })
    expect(answer.statusCode).toBe(503)
    expect(await text(answer)).not.toContain('ISOAUTH_')
    await expect.poll(() => said.join('\n')).toContain('EDGE_UPSTREAM_REFUSED')
  })
})

describe('eight isolates', () => {
  it('make one handshake for 200 requests of the page that all come at once', async () => {
    await checkIsolates(upstream, await start('many'), 200)
  })

  it('are spared the attempt when a handshake fails, and go on when the pause is over', async () => {
    const { port: first, ports, browser, code } = await start('many')
    const cookie = await browser.signIn(first, code)
    const before = { ...upstream.sandbox.counts }
    upstream.sandbox.fault({ path: LST_PATH, kind: 'status', status: 503, times: 1 })
    const held = upstream.hold(LST_PATH)
    const sent = ports.map((port) => browser.send(ACCOUNTS, { port, headers: { cookie } }))
    await held.seen
    for (const port of ports) await untilRead(browser, port)
    held.release()
    const answers = await Promise.all(sent)
    for (const answer of answers) await text(answer)
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(502))
    const { counts } = upstream.sandbox
    expect(counts.handshakeAttempts - before.handshakeAttempts).toBe(1)
    // A failure that passes holds back for about a second.
    const statuses = async () => {
      const sent = ports.map((port) => browser.send(ACCOUNTS, { port, headers: { cookie } }))
      const later = await Promise.all(sent)
      for (const answer of later) await text(answer)
      return later.map(({ statusCode }) => statusCode)
    }
    await expect.poll(statuses, { interval: 200 }).toEqual(Array(8).fill(200))
    expect(counts.handshakeAttempts - before.handshakeAttempts).toBe(2)
  })
})

/**
 * Until an isolate has read what was sent to it before, and has got with it as far as the check of the cookie: it answers
 * later requests that end there.
 */
async function untilRead(browser: BrowserLike, port: number): Promise<void> {
  for (let later = 0; later < 5; later++) {
    const answer = await browser.send(ACCOUNTS, { port, headers: { cookie: NOBODYS_COOKIE } })
    await text(answer)
    expect(answer.statusCode).toBe(401)
  }
}
