/**
 * `npm run test:consumers`: releases every package to a registry of our own, and installs and uses what came of it as
 * users would: package managers, TypeScript, CommonJS, bundlers in Chromium and in workerd.
 *
 *     npm run test:consumers -- --write-files    writes the lists of what each tarball holds, and ends
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { aloneWorks } from './consumers/alone.mjs'
import { commonJsWorks } from './consumers/commonjs.mjs'
import { packageManagers } from './consumers/managers.mjs'
import { pageWorks } from './consumers/pages.mjs'
import { packRelease, publishRelease } from './consumers/release.mjs'
import { startSandboxes } from './consumers/sandboxes.mjs'
import { createTable } from './consumers/table.mjs'
import { checkFiles, writeFiles } from './consumers/tarballs.mjs'
import { inTemporaryFolder, startServer } from './consumers/temporary.mjs'
import { installTogether } from './consumers/together.mjs'
import { typesWorks } from './consumers/types.mjs'
import { workerWorks } from './consumers/workers.mjs'
import { setUpBrowsers } from './lib/browsers.mjs'
import { main, run, seconds } from './lib/process.mjs'
import { recordResult } from './lib/results.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

/** As many at once as do not slow each other down on the smallest machine of CI. */
const AT_ONCE = 2

await main(async () => {
  const began = performance.now()
  const { values } = parseArgs({ options: { 'write-files': { type: 'boolean', default: false } } })
  await setUp({ engines: true })
  const missing = await setUpBrowsers({ only: ['chromium'] })
  const table = await inTemporaryFolder(async (folder, signal) => {
    const context = { folder, signal, table: createTable({ signal }) }
    const release = await packRelease(context)
    if (release !== undefined && values['write-files']) writeFiles(release.tarballs)
    else if (release !== undefined) await tryRelease(context, release, missing)
    return context.table
  })
  table.print()
  const [passed, failed] = [table.count('passed'), table.count('FAILED')]
  console.log(
    `\n${passed} passed, ${failed} failed, ${table.count('SKIPPED')} skipped ` +
      `(${seconds((performance.now() - began) / 1000)}, set-up included)`,
  )
  recordResult(passed, failed)
  process.exitCode = failed === 0 ? 0 : 1
})

/** What cannot be tried without what failed is left out: the failure stands in the table. */
async function tryRelease(context, release, missing) {
  const { tarballs } = release
  await checkFiles(context, tarballs)
  const registry = await startRegistry(context)
  if (!(await publishRelease(context, release, registry))) return
  const managers = packageManagers(registry)
  const npm = managers.find(({ name }) => name === 'npm')
  npm.version = (await run('npm', ['--version'])).stdout.trim()
  const works = []
  if (await startSandboxes(context, npm, tarballs, AT_ONCE)) {
    works.push(...aloneWorks(context, managers, tarballs))
  }
  const project = await installTogether(context, npm, tarballs)
  if (project !== undefined) {
    works.push(
      ...typesWorks(context, project),
      ...commonJsWorks(context, project, tarballs),
      ...pageWorks(context, project, missing),
      ...workerWorks(context, project),
    )
  }
  await atOnce(works)
}

function startRegistry({ folder, signal }) {
  const storage = join(folder, 'registry')
  mkdirSync(storage)
  const program = join(root, 'tests/consumers/registry.mjs')
  const args = [program, storage]
  return startServer(process.execPath, args, { cwd: storage, env: toolEnv(), signal })
}

/** Each work is told its lane: what two at once would take from each other is there once for each lane. */
async function atOnce(works) {
  const queue = [...works]
  const worker = async (_, lane) => {
    for (let work = queue.shift(); work !== undefined; work = queue.shift()) await work(lane)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
