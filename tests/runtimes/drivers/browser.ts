/** The suite in a page: unpacked files as they are, found by an import map, no bundler. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LaunchOptions } from 'playwright'
import type { Driver } from './driver.ts'
import { chromiumOptions, firefoxOptions } from './launch-options.ts'
import { servePages } from './pages.ts'
import { type Browser, launchWebKit } from './webkit.ts'

interface Vector {
  readonly id: string
  readonly expected: { readonly omit: { readonly authorizationRealmFirst: string } }
}

const SUITE_TIMEOUT_MS = 120_000
const PAGE_TIMEOUT_MS = 15_000
const SMALL_PAGE = 'the page of 20 lines without a bundler'

/** What the small page shows once it has signed. */
const SIGNED = "/^Authorization: .*/.exec(document.querySelector('output').value)?.[0]"

/** A runtime that opens a browser, runs the suite in one page, and has the small page sign in another. */
function browser(launch: () => Promise<Browser>): Driver {
  return async ({ stage, settings }) => {
    const pages = await servePages({ stage, settings })
    let opened: Browser | undefined
    try {
      opened = await launch()
      await opened.open(`${pages.origin}/suite.html`)
      const report = JSON.parse(await until(opened, 'globalThis.report', SUITE_TIMEOUT_MS))
      await opened.open(`${pages.origin}/page/`)
      const signed = await until(opened, SIGNED, PAGE_TIMEOUT_MS)
      if (signed === expectedHeader(stage))
        return { ...report, note: `${SMALL_PAGE} signs a request` }
      const failed = [...report.failed, { name: SMALL_PAGE, why: `it made ${signed}` }]
      return { ...report, failed }
    } finally {
      await opened?.close()
      await pages.close()
    }
  }
}

export const chromium = browser(() => launchByPlaywright('chromium', chromiumOptions))
export const firefox = browser(() => launchByPlaywright('firefox', firefoxOptions))
export const webkit = browser(launchWebKit)

/** The small page signs the request of this vector. */
function expectedHeader(stage: string): string {
  const { vectors }: { vectors: Vector[] } = JSON.parse(
    readFileSync(join(stage, 'vectors/ibkr-oauth1.json'), 'utf8'),
  )
  const vector = vectors.find(({ id }) => id === 'get-accounts')
  return `Authorization: ${vector?.expected.omit.authorizationRealmFirst}`
}

async function launchByPlaywright(
  name: 'chromium' | 'firefox',
  options: LaunchOptions,
): Promise<Browser> {
  // Imported when needed: the other runtimes run without it.
  const playwright = await import('playwright')
  const launched = await playwright[name].launch(options)
  const page = await launched.newPage()
  return {
    open: (url) => page.goto(url),
    evaluate: (expression) => page.evaluate(expression),
    close: () => launched.close(),
  }
}

/** Asks the page until the expression is truthy; ends at once where the page says that it is broken. */
async function until(
  { evaluate }: Browser,
  expression: string,
  timeoutMs: number,
): Promise<string> {
  for (const end = Date.now() + timeoutMs; ; ) {
    const value = await evaluate(expression)
    if (value) return String(value)
    const broken = await evaluate('globalThis.broken')
    if (broken) throw new Error(`the page does not load: ${broken}`)
    if (Date.now() > end) throw new Error(`${expression} did not come within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
