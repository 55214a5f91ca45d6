import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { createDemo, type Demo } from '../../../apps/demo-web/src/server/demo.ts'
import { BROWSERS } from '../browsers.ts'
import { firstLooks, tour } from './tour.ts'

/** A walk takes ten seconds on a quiet machine. */
const TIMEOUT_MS = 180_000

for (const { name, skipped, launch } of BROWSERS) {
  describe.skipIf(skipped)(`every page and state of the web demo in ${name}`, () => {
    let demo: Demo
    let browser: Browser

    beforeAll(async () => {
      ;[demo, browser] = await Promise.all([createDemo(), launch()])
    })
    afterAll(() => Promise.all([browser?.close(), demo?.close({ timeoutMs: 0 })]))

    it.each(firstLooks(name))(
      'at $viewport.width px, $colorScheme',
      (look) => tour(browser, demo, { name, look }),
      TIMEOUT_MS,
    )
  })
}
