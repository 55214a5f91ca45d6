/** Tabs of one browser as a fleet: Web Locks and `localStorage`, one sign-in, one opening, one keeper. */
import { join } from 'node:path'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolve } from '../../../vitest.config.ts'
import { BROWSERS } from '../browsers.ts'

const TABS = 4
const CALLERS = 25
const INTERVAL_MS = 2000

/** What `page.ts` puts there. */
interface Tab {
  start(credentials: object, intervalMs: number): Promise<void>
  call(callers: number): Promise<readonly number[]>
  health(): { readonly isKeeper: boolean; readonly state: string; readonly events: string[] }
}

/** The packages from their sources, as in the other tests. */
async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [
      {
        name: 'sources',
        setup({ onResolve }) {
          onResolve({ filter: /^@isoauth\// }, ({ path }) => {
            const found = resolve.alias.find(({ find }) => find.test(path))
            return found && { path: path.replace(found.find, found.replacement) }
          })
        },
      },
    ],
  })
  return outputFiles[0]?.text ?? ''
}

for (const { name, skipped, launch } of BROWSERS) {
  describe.skipIf(skipped)(`tabs of ${name}`, () => {
    let browser: Browser
    let server: SandboxServer

    beforeAll(async () => {
      const script = await bundlePage()
      server = await serve({
        pages(request) {
          const { pathname } = new URL(request.url)
          const typed = (type: string) => ({ headers: { 'content-type': type } })
          if (pathname === '/tab.js') return new Response(script, typed('text/javascript'))
          if (pathname !== '/tab') return undefined
          return new Response('<script type="module" src="/tab.js"></script>', typed('text/html'))
        },
      })
      browser = await launch()
    })
    afterAll(async () => {
      await browser?.close()
      await server?.close()
    })

    it('share one sign-in and one session, and when the tab that keeps it is closed another one does', async () => {
      const context = await browser.newContext()
      let tabs = await Promise.all(Array.from({ length: TABS }, () => context.newPage()))
      await Promise.all(tabs.map((tab) => tab.goto(`${server.origin}/tab`)))
      const { oauth1 } = server.sandbox.credentials.ibkr
      await onAll(tabs, (tab) =>
        tab.evaluate(
          ([credentials, intervalMs]) =>
            (globalThis as unknown as Tab).start(credentials, intervalMs),
          [oauth1, INTERVAL_MS] as const,
        ),
      )
      const callAll = () =>
        onAll(tabs, (tab) =>
          tab.evaluate((callers) => (globalThis as unknown as Tab).call(callers), CALLERS),
        )
      const healths = () =>
        onAll(tabs, (tab) => tab.evaluate(() => (globalThis as unknown as Tab).health()))
      const keepers = async () => (await healths()).filter(({ isKeeper }) => isKeeper).length
      const { counts } = server.sandbox

      expect(await callAll()).toEqual(Array(TABS).fill([200]))
      await expect.poll(keepers, { timeout: 20_000 }).toBe(1)
      expect([counts.handshakes, counts.brokerageInits]).toEqual([1, 1])

      const keeper = tabs[(await healths()).findIndex(({ isKeeper }) => isKeeper)]
      await keeper?.close()
      tabs = tabs.filter((tab) => tab !== keeper)
      const before = counts.tickles
      await expect.poll(keepers, { timeout: 40_000, interval: 500 }).toBe(1)
      await expect.poll(() => counts.tickles, { timeout: 10_000 }).toBeGreaterThan(before)
      expect(await callAll()).toEqual(Array(TABS - 1).fill([200]))
      expect([counts.handshakes, counts.brokerageInits]).toEqual([1, 1])
      for (const { events, state } of await healths()) {
        expect(state).toBe('open')
        expect(events).not.toContain('lost')
      }
      await context.close()
    }, 120_000)
  })
}

function onAll<T>(tabs: readonly Page[], work: (tab: Page) => Promise<T>): Promise<T[]> {
  return Promise.all(tabs.map(work))
}
