import { expect } from '@playwright/test'
import { test } from './test.ts'

for (const round of ['one', 'two']) {
  test(`a browser opens the portal of a sandbox of its own: ${round}`, async ({ page, server }) => {
    expect(server.sandbox.requests).toEqual([])
    await page.goto(`${server.origin}/portal`)
    await expect(page.locator('form').first()).toBeVisible()
    expect(server.sandbox.requests.map(({ path }) => path)).toContain('/portal')
  })
}
