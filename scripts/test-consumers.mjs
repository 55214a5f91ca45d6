/**
 * `npm run test:consumers`: releases every package to a registry of our own, and installs and uses what came of it as
 * users would: five package managers, TypeScript, CommonJS, bundlers in Chromium and in workerd.
 *
 *     npm run test:consumers -- --write-files    writes the lists of what each tarball holds, and ends
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { packRelease, publishRelease } from './consumers/release.mjs'
import { createTable } from './consumers/table.mjs'
import { inTemporaryFolder, startServer } from './consumers/temporary.mjs'
import { main, PlainError, seconds } from './lib/process.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

await main(async () => {
  await setUp({ engines: true })
  await inTemporaryFolder(async (folder, signal) => {
    const table = createTable({ signal })
    const context = { folder, table, signal }
    const release = await packRelease(context)
    mkdirSync(join(folder, 'registry'))
    const registry = await startServer(
      process.execPath,
      [join(root, 'tests/consumers/registry.mjs'), join(folder, 'registry')],
      { cwd: folder, env: toolEnv(), signal },
    )
    await publishRelease(context, release, registry)
    table.print()
  })
})
