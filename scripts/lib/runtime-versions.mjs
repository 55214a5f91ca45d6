/** The versions of the runtimes that the tests ran in, for the summary. */
import { join } from 'node:path'
import { run } from './process.mjs'
import { readJson, root } from './workspace.mjs'

export async function runtimeVersions() {
  const { CHROMIUM_BIN = '/usr/bin/chromium', FIREFOX_BIN = '/usr/bin/firefox-esr' } = process.env
  const [chromium, firefox, webkit] = await Promise.all([
    version(CHROMIUM_BIN, ['--version']),
    version(FIREFOX_BIN, ['--version']),
    // The driver does not say its version, the package does.
    version('dpkg-query', ['-W', 'webkit2gtk-driver']),
  ])
  return {
    node: `Node ${process.versions.node}`,
    'edge-light': `@edge-runtime/vm ${installedVersion('@edge-runtime/vm')}`,
    workerd: `vitest-pool-workers ${installedVersion('@cloudflare/vitest-pool-workers')}`,
    chromium: `Chromium ${chromium}`,
    firefox: `Firefox ${firefox}`,
    webkit: `WebKitGTK ${webkit}`,
  }
}

async function version(command, args) {
  const { code, output } = await run(command, args)
  const found = /\d+\.[\d.]+\w*/.exec(output)?.[0]
  return code === 0 && found !== undefined ? found : 'version unknown'
}

/** Of a dependency of the root. */
export function installedVersion(name) {
  return readJson(join(root, 'node_modules', name, 'package.json')).version
}
