/** The browsers that the machine's packages offer, driven by Playwright. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { type Browser, chromium, firefox, type Page } from 'playwright'
import { chromiumOptions, firefoxOptions } from '../runtimes/drivers/launch-options.ts'

export interface RealBrowser {
  readonly name: string
  /** Not installed; on CI it is opened all the same, and fails. */
  readonly skipped: boolean
  launch(): Promise<Browser>
}

export const BROWSERS: readonly RealBrowser[] = [
  {
    name: 'Chromium',
    skipped: isMissing('Chromium', chromiumOptions.executablePath),
    launch: () => chromium.launch(chromiumOptions),
  },
  {
    name: 'Firefox',
    skipped: isMissing('Firefox', firefoxOptions.executablePath),
    launch: () => firefox.launch(firefoxOptions),
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
