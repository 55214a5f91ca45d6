/** The browsers that the machine's packages offer, driven by Playwright. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { type Browser, chromium, firefox, type Page } from 'playwright'

export interface RealBrowser {
  readonly name: string
  /** Not installed; on CI it is opened all the same, and fails. */
  readonly skipped: boolean
  launch(): Promise<Browser>
}

const chromiumPath = env['CHROMIUM_BIN'] ?? '/usr/bin/chromium'
const firefoxPath = env['FIREFOX_BIN'] ?? '/usr/bin/firefox-esr'

export const BROWSERS: readonly RealBrowser[] = [
  {
    name: 'Chromium',
    skipped: isMissing('Chromium', chromiumPath),
    launch: () =>
      chromium.launch({
        executablePath: chromiumPath,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      }),
  },
  {
    name: 'Firefox',
    skipped: isMissing('Firefox', firefoxPath),
    // Debian's own build speaks WebDriver BiDi; without the channel Playwright expects its patched one.
    launch: () => firefox.launch({ channel: 'moz-firefox', executablePath: firefoxPath }),
  },
]

/** Keeps a picture of the page where `ISOAUTH_SCREENSHOTS` names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = env['ISOAUTH_SCREENSHOTS']
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

function isMissing(name: string, path: string): boolean {
  if (existsSync(path) || env['CI'] === 'true') return false
  console.warn(`SKIPPED: ${name}: ${path} is not installed`)
  return true
}
