/** The versions of the runtimes that the tests run in. */
import { join } from 'node:path'
import { run } from './process.mjs'
import { readJson, root } from './workspace.mjs'

/** Of what the machine brings, as `{ chromium, firefox, webkit }`: a name with a version, or that it is unknown. */
export async function machineVersions() {
  const { CHROMIUM_BIN = '/usr/bin/chromium', FIREFOX_BIN = '/usr/bin/firefox-esr' } = process.env
  const [chromium, firefox, webkit] = await Promise.all([
    version(CHROMIUM_BIN, ['--version']),
    version(FIREFOX_BIN, ['--version']),
    // The driver does not say its version, the package does.
    version('dpkg-query', ['-W', 'webkit2gtk-driver']),
  ])
  return {
    chromium: `Chromium ${chromium}`,
    firefox: `Firefox ${firefox}`,
    webkit: `WebKitGTK ${webkit}`,
  }
}

/**
 * Of a dependency of the root.
 *
 * @param {string} name
 * @returns {string}
 */
export function installedVersion(name) {
  return readJson(join(root, 'node_modules', name, 'package.json')).version
}

async function version(command, args) {
  const { code, output } = await run(command, args)
  const found = /\d+\.[\d.]+\w*/.exec(output)?.[0]
  return code === 0 && found !== undefined ? found : 'version unknown'
}
