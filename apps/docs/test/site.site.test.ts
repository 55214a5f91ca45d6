/** The built site: no link leads nowhere, and a walk through it in Chromium. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesBelow } from '../../../scripts/lib/workspace.mjs'
import { BROWSERS, picture } from '../../../tests/browser/browsers.ts'
import { errorCodes } from '../src/error-codes.ts'
import { fileOf, type StaticSite, serveSite } from './static-server.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const BASE = '/isoauth/'
const FIRST_PAGE_BYTES = 150 * 1024

const pages = filesBelow(dist, { keep: (path) => path.endsWith('.html') })
const html = new Map(pages.map((file) => [file, readFileSync(file, 'utf8')]))

describe('the files of the site', () => {
  it('has no link that leads nowhere, anchors included', () => {
    const ids = new Map<string, Set<string>>()
    const idsOf = (file: string) => {
      const known = ids.get(file)
      if (known) return known
      const found = [...(html.get(file) ?? '').matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id)
      const made = new Set(found)
      ids.set(file, made)
      return made
    }
    let count = 0
    const broken: string[] = []
    for (const [file, text] of html) {
      const here = `http://site${BASE}${relative(dist, file)}`
      for (const [, href = ''] of text.matchAll(/<a\s[^>]*?href="([^"]+)"/g)) {
        const url = new URL(href.replaceAll('&amp;', '&'), here)
        if (url.origin !== 'http://site') continue
        count += 1
        const target = fileOf(dist, BASE, url.pathname)
        const anchor = decodeURIComponent(url.hash.slice(1))
        if (target === undefined || (anchor !== '' && !idsOf(target).has(anchor))) {
          broken.push(`${relative(dist, file)}: ${href}`)
        }
      }
    }
    expect(count).toBeGreaterThan(1000)
    expect([...new Set(broken)]).toEqual([])
  })

  it('loads nothing from elsewhere', () => {
    const foreign = [...html].flatMap(([file, text]) =>
      [
        ...text.matchAll(
          /<(?:script|link|img|iframe)\s[^>]*?(?:src|href)="((?:https?:)?\/\/[^"]+)"/g,
        ),
      ].map(([, address]) => `${relative(dist, file)}: ${address}`),
    )
    expect(foreign).toEqual([])
  })

  it('has a page for every error code, at the address that the error tells', () => {
    const missing = errorCodes().filter(
      ({ code }) => !existsSync(join(dist, 'errors', `${code.toLowerCase()}.html`)),
    )
    expect(missing).toEqual([])
    expect(errorCodes().length).toBeGreaterThan(90)
  })

  it('lists its pages in llms.txt', () => {
    const text = readFileSync(join(dist, 'llms.txt'), 'utf8')
    const addresses = [...text.matchAll(/\(https:\/\/isoauth\.github\.io([^)]*)\)/g)]
    expect(addresses.length).toBeGreaterThan(100)
    const missing = addresses.filter(([, path = '']) => fileOf(dist, BASE, path) === undefined)
    expect(missing).toEqual([])
  })
})

const [chromium] = BROWSERS

describe.skipIf(chromium?.skipped)('the site in Chromium', () => {
  let site: StaticSite
  let browser: Browser
  let page: Page
  const asked: string[] = []
  const errors: string[] = []

  beforeAll(async () => {
    site = await serveSite(dist, BASE)
    browser = await (chromium as (typeof BROWSERS)[number]).launch()
    const context = await browser.newContext()
    page = await context.newPage()
    context.on('request', (request) => asked.push(request.url()))
    page.on('pageerror', (error) => errors.push(String(error)))
  })
  afterAll(() => Promise.all([browser?.close(), site?.close()]))

  const visit = (path: string) =>
    page.goto(`${site.origin}${BASE}${path}`, { waitUntil: 'networkidle' })

  it('has a first page that is small', async () => {
    asked.length = 0
    await visit('')
    const files = [...new Set(asked)].map((url) => fileOf(dist, BASE, new URL(url).pathname))
    const sizes = files.map((file) => (file ? gzipSync(readFileSync(file)).length : 0))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(files.filter((file) => file?.includes('Playground'))).toEqual([])
    expect(total).toBeGreaterThan(10_000)
    expect(total).toBeLessThan(FIRST_PAGE_BYTES)
    console.log(`first page: ${(total / 1024).toFixed(1)} kB gzip in ${files.length} files`)
    await picture(page, 'home')
  })

  it('finds an error code by the search', async () => {
    await visit('')
    await page.keyboard.press('Control+k')
    await page.locator('#localsearch-input').fill('IBKR_OAUTH1_LST_SIGNATURE_MISMATCH')
    const found = page.locator('.VPLocalSearchBox .result').filter({ hasText: 'MISMATCH' }).first()
    await found.waitFor()
    await picture(page, 'search')
    await page.keyboard.press('Escape')
  })

  it('signs and signs on in the playground, and no request leaves the page', async () => {
    await visit('playground')
    await page.getByRole('button', { name: 'Run the handshake' }).waitFor()
    asked.length = 0
    await page.getByRole('button', { name: 'Run the handshake' }).click()
    await page.locator('[data-result=handshake]').waitFor()
    expect(await page.locator('[data-result=handshake]').textContent()).toMatch(
      /live_session_token: 200.*portfolio\/accounts: 200.*Accounts: \[/s,
    )

    const send = page.getByRole('button', { name: 'Send and inspect' })
    const result = page.locator('[data-result=inspection]')
    await page.getByRole('button', { name: 'Sign', exact: true }).click()
    const header = page.getByLabel('Authorization header')
    await expect.poll(() => header.inputValue()).toContain('oauth_signature=')
    await page.getByLabel('Path and query').fill('/sso/validate')
    await send.click()
    await result.waitFor()
    expect(await result.textContent()).toMatch(/401.*failed: signature/s)
    await picture(page, 'inspector')

    await page.getByRole('button', { name: 'Start a login' }).click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.locator('[data-result=sign-on]').waitFor()
    expect(await page.locator('[data-result=sign-on]').textContent()).toContain('revoke')
    await page.getByRole('button', { name: 'Start a login' }).click()
    await page.getByRole('button', { name: 'Refuse' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('ULTRACART_SSO_CALLBACK_REFUSED')
    await picture(page, 'playground')
    expect(asked).toEqual([])
  })

  it.each(['', 'playground', 'guides/first-party', 'errors/ibkr_oauth1_unauthorized', 'security'])(
    'is accessible at /%s, light and dark',
    async (path) => {
      await visit(path)
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') })
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        await page.evaluate(
          (isDark) => document.documentElement.classList.toggle('dark', isDark),
          scheme === 'dark',
        )
        await page.waitForTimeout(500)
        const found = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: {
              run(): Promise<{
                violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
              }>
            }
          }
          const { violations } = await axe.run()
          return violations.map(
            ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
          )
        })
        expect([scheme, found]).toEqual([scheme, []])
      }
      if (path === 'guides/first-party') await picture(page, 'guide-dark')
    },
  )

  it('asked no other host for anything, and had no error', () => {
    expect(asked.filter((url) => !url.startsWith(site.origin) && !url.startsWith('data:'))).toEqual(
      [],
    )
    expect(errors).toEqual([])
  })
})
