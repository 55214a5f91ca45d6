/** The browsers of the test suite, from the machine's own packages: never downloaded, never needed. */
import { existsSync } from 'node:fs'
import { installMissing, onPath } from './debian-packages.mjs'

/** What each runtime needs on the machine: a file, and the Debian packages that bring it. */
function browsers() {
  const { CHROMIUM_BIN, FIREFOX_BIN, DISPLAY } = process.env
  return [
    {
      name: 'chromium',
      there: existsSync(CHROMIUM_BIN ?? '/usr/bin/chromium'),
      from: ['chromium'],
    },
    {
      name: 'firefox',
      there: existsSync(FIREFOX_BIN ?? '/usr/bin/firefox-esr'),
      from: ['firefox-esr'],
    },
    {
      name: 'webkit',
      there: onPath('WebKitWebDriver') && (Boolean(DISPLAY) || onPath('Xvfb')),
      from: ['webkit2gtk-driver', 'xvfb'],
    },
  ]
}

/**
 * Installs missing browsers by apt where that is possible, all or those named in `only`; returns those still missing,
 * said in one line.
 *
 * @param {{ only?: string[] }} [options]
 * @returns {Promise<string[]>}
 */
export async function setUpBrowsers({ only } = {}) {
  const absent = () =>
    browsers().filter(({ name, there }) => !there && (only?.includes(name) ?? true))
  return await installMissing('browsers', absent)
}
