/** A page of the machine's Chromium, which talks to this machine alone. */
import type { Page } from 'playwright'
import { PlainError } from '../../../scripts/lib/process.mjs'

/** Less is short on a machine that is busy. */
const WAIT_MS = 60_000
const CHROMIUM = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium'

/** Does the work with a new page; fails where the page failed, said so on its console, or asked another machine for something. */
export async function inChromium<T>(
  signal: AbortSignal,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const { chromium } = await import('playwright')
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const close = () => browser.close().catch(() => {})
  signal.addEventListener('abort', close, { once: true })
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(WAIT_MS)
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      // A browser asks for an icon by itself.
      const isIcon = message.location().url.endsWith('/favicon.ico')
      if (message.type() === 'error' && !isIcon) problems.push(message.text())
    })
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url())
      const isHere = hostname === '127.0.0.1' || ['data:', 'blob:'].includes(protocol)
      if (!isHere) problems.push(`it asked ${hostname} for something`)
    })
    const value = await work(page).catch((error) => {
      throw new PlainError([error.message, ...problems].join('\n'))
    })
    if (problems.length > 0) throw new PlainError(problems.join('\n'))
    return value
  } finally {
    signal.removeEventListener('abort', close)
    await close()
  }
}
