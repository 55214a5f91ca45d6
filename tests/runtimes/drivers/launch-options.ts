/** How the machine's own Chromium and Firefox are started by Playwright. */
import { env } from 'node:process'

import type { LaunchOptions } from 'playwright'

type Options = LaunchOptions & { readonly executablePath: string }

export const chromiumOptions: Options = {
  executablePath: env['CHROMIUM_BIN'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export const firefoxOptions: Options = {
  executablePath: env['FIREFOX_BIN'] ?? '/usr/bin/firefox-esr',
  // Debian's own build speaks WebDriver BiDi; without the channel Playwright expects its patched one.
  channel: 'moz-firefox',
}
