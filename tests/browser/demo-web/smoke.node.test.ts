import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemo, type Demo } from '../../../apps/demo-web/src/server/demo.ts'
import { BROWSERS } from '../browsers.ts'
import { watchPage } from './watched-page.ts'

const [chromium] = BROWSERS

describe.skipIf(chromium?.skipped)('the web demo in Chromium', () => {
  let demo: Demo
  let browser: Browser

  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([createDemo(), chromium?.launch() as Promise<Browser>])
  })
  afterAll(() => Promise.all([browser?.close(), demo?.close({ timeoutMs: 0 })]))

  it('runs the handshake to green, and finds a fault, without leaving its origin', async () => {
    const context = await browser.newContext()
    const watched = await watchPage(context, demo.origin)
    const { page } = watched
    const { headers } = await fetch(demo.origin).then(({ headers: all }) => ({ headers: all }))
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    await page.goto(demo.origin)
    await page.getByRole('button', { name: 'Run all' }).click()
    await page.getByText('All 12 steps succeeded.').waitFor()
    expect(await page.locator('.step[data-state=done]').count()).toBe(12)

    await page.getByRole('link', { name: 'Inspector' }).click()
    await page.getByLabel('An example').selectOption({ label: 'Prefix joined with &' })
    await page.getByRole('button', { name: 'Load' }).click()
    await page.locator('[data-finding=prefix-ampersand]').waitFor()

    expect(watched.trouble).toEqual({ foreign: [], errors: [] })
    expect(await watched.violations()).toEqual([])
    expect(await watched.layoutShift()).toBe(0)
    await context.close()
  })
})
