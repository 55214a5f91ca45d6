/** One browser for the tests of a `describe`; what a test opened in it is closed with the test. */
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { RealBrowser } from './browsers.ts'

export interface UsedBrowser {
  /** Once it runs. */
  readonly browser: Browser
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>
}

export function useBrowser(launch: RealBrowser['launch']): UsedBrowser {
  let browser: Browser | undefined
  const contexts: BrowserContext[] = []
  const running = () => {
    if (browser === undefined) throw new Error('The browser does not run yet.')
    return browser
  }
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
  })
  return {
    get browser() {
      return running()
    },
    async newContext(options) {
      const context = await running().newContext(options)
      contexts.push(context)
      return context
    },
  }
}
