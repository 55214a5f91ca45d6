/** The Durable Object that keeps the session, under miniflare with its storage on disk: alarms, callers, and its end. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../tests/support/free-port.ts'
import { localVariables } from '../src/local/variables.ts'
import { type BrowserLike, browserLike, text } from './browser-like.ts'
import { startUpstream, type Upstream } from './upstream.ts'

const CALLERS = 100
/** The broker ends a session after five to six minutes without a tickle; one is due each minute. */
const NEXT_TICKLE_MS = 75_000

let upstream: Upstream
let folder: string

beforeAll(async () => {
  upstream = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'isoauth-edge-'))
})
afterAll(async () => {
  upstream.close()
  await rm(folder, { recursive: true })
})

async function start() {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const variables = localVariables(upstream.sandbox.credentials, origin)
  const options = {
    port,
    modules: true,
    scriptPath: join(import.meta.dirname, '../dist/worker.mjs'),
    compatibilityDate: '2026-03-01',
    compatibilityFlags: ['enable_request_signal'],
    durableObjects: {
      TOKEN_VAULT: { className: 'TokenVault', useSQLite: true },
      SESSION_KEEPER: { className: 'SessionKeeper', useSQLite: true },
    },
    durableObjectsPersist: folder,
    bindings: { ...variables, ISOAUTH_EDGE_KEEP_SESSION: 'leave' },
  }
  const miniflare = new Miniflare(options)
  await miniflare.ready
  const browser = browserLike(origin)
  const cookie = await browser.signIn(port, variables['ISOAUTH_EDGE_DEVELOPMENT_CODE'] ?? '')
  return {
    callAll: () => callAll(browser, { port, cookie }),
    /** Every object and isolate is gone; what is stored stays. */
    restart: () =>
      miniflare.setOptions({ ...options, bindings: { ...options.bindings, AGAIN: '1' } }),
    async stop() {
      browser.close()
      await miniflare.dispose()
    },
  }
}

async function callAll(
  browser: BrowserLike,
  { port, cookie }: { readonly port: number; readonly cookie: string },
): Promise<readonly unknown[]> {
  const calls = Array.from({ length: CALLERS }, async () => {
    const answer = await browser.send('/api/iserver/accounts', { port, headers: { cookie } })
    await text(answer)
    return answer.statusCode
  })
  return [...new Set(await Promise.all(calls))]
}

it('100 callers: one sign-in, one session, kept by its alarm, also when the object was evicted', async () => {
  const { counts } = upstream.sandbox
  const edge = await start()
  try {
    expect(await edge.callAll()).toEqual([200])
    expect([counts.handshakes, counts.brokerageInits, counts.tickles]).toEqual([1, 1, 1])

    // Nobody calls now: the alarm is stored, and the new object finds the session open and the token in the vault.
    await edge.restart()
    await expect.poll(() => counts.tickles, { timeout: NEXT_TICKLE_MS, interval: 500 }).toBe(2)
    expect(await edge.callAll()).toEqual([200])
    expect([counts.handshakes, counts.brokerageInits]).toEqual([1, 1])

    // The session ends by itself, and nobody calls: the next step opens it again.
    upstream.sandbox.broker.play({ kind: 'lose' })
    await expect
      .poll(() => counts.brokerageInits, { timeout: NEXT_TICKLE_MS, interval: 500 })
      .toBe(2)
    await expect.poll(() => edge.callAll(), { timeout: 10_000 }).toEqual([200])
    expect(counts.handshakes).toBe(1)
  } finally {
    await edge.stop()
  }
}, 300_000)
