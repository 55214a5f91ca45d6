/**
 * `npm run test:consumers`: releases every package to a registry of our own, and installs and uses what came of it as
 * users would: package managers, TypeScript, CommonJS, bundlers in Chromium and in workerd, and the programs of `examples/`.
 *
 *     npm run test:consumers -- --write-files    writes the lists of what each tarball holds, and ends
 *     npm run release:try                        the release alone (--release), and prints its changelogs
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUpBrowsers } from '../../scripts/lib/browsers.mjs'
import { setUpRedis } from '../../scripts/lib/debian-packages.mjs'
import { main, PlainError, run, seconds } from '../../scripts/lib/process.mjs'
import { notesOf } from '../../scripts/lib/release-notes.mjs'
import { recordResult } from '../../scripts/lib/results.mjs'
import { toolEnv } from '../../scripts/lib/setup.mjs'
import { root } from '../../scripts/lib/workspace.mjs'
import { aloneWorks } from './driver/alone.ts'
import { commonJsWorks } from './driver/commonjs.ts'
import type { Context, Work } from './driver/context.ts'
import { exampleWorks } from './driver/examples.ts'
import { packageManagers } from './driver/managers.ts'
import { pageWorks } from './driver/pages.ts'
import { packRelease, publishRelease, type Release } from './driver/release.ts'
import { startSandboxes } from './driver/sandboxes.ts'
import { createTable } from './driver/table.ts'
import { checkFiles, writeFiles } from './driver/tarballs.ts'
import { inTemporaryFolder, startServer } from './driver/temporary.ts'
import { installTogether } from './driver/together.ts'
import { typesWorks } from './driver/types.ts'
import { workerWorks } from './driver/workers.ts'

/** As many at once as do not slow each other down on the smallest machine of CI. */
const AT_ONCE = 2

await main(async () => {
  const began = performance.now()
  const values = readArguments()
  const isRelease = values.release || values['write-files']
  const missing = isRelease
    ? []
    : [...(await setUpBrowsers({ only: ['chromium'] })), ...(await setUpRedis())]
  const table = await inTemporaryFolder(async (folder, signal) => {
    const context = { folder, signal, table: createTable({ signal }) }
    const release = await packRelease(context)
    if (release !== undefined && values['write-files']) writeFiles(release.tarballs)
    else if (release !== undefined && values.release) {
      await checkFiles(context, release.tarballs)
      await publishRelease(context, release, await startRegistry(context))
      printNotes(release)
    } else if (release !== undefined) await tryRelease(context, release, missing)
    return context.table
  })
  if (table === undefined) return
  table.print()
  const [passed, failed] = [table.count('passed'), table.count('FAILED')]
  console.log(
    `\n${passed} passed, ${failed} failed, ${table.count('SKIPPED')} skipped ` +
      `(${seconds((performance.now() - began) / 1000)}, set-up included)`,
  )
  recordResult(passed, failed, table.failures())
  process.exitCode = failed === 0 ? 0 : 1
})

function readArguments() {
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({ options: { 'write-files': flag, release: flag } }).values
  } catch (error) {
    throw new PlainError(`${(error as Error).message}\nTaken are: --write-files --release`)
  }
}

/** What cannot be tried without what failed is left out: the failure stands in the table. */
async function tryRelease(
  context: Context,
  release: Release,
  missing: readonly string[],
): Promise<void> {
  const { copy, tarballs } = release
  await checkFiles(context, tarballs)
  const registry = await startRegistry(context)
  if (!(await publishRelease(context, release, registry))) return
  const managers = packageManagers(registry)
  const npm = managers.find(({ name }) => name === 'npm')
  if (npm === undefined) throw new PlainError('npm is not among the package managers')
  npm.version = (await run('npm', ['--version'])).stdout.trim()
  const works: Work[] = []
  if (await startSandboxes(context, { npm, tarballs, lanes: AT_ONCE })) {
    works.push(
      ...exampleWorks(context, { copy, managers, missing }),
      ...aloneWorks(context, managers, tarballs),
    )
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

/** What users will read of each package. */
function printNotes({ copy, tarballs }: Release): void {
  for (const { name, version } of tarballs) {
    const changelog = readFileSync(join(copy, 'packages', basename(name), 'CHANGELOG.md'), 'utf8')
    console.log(`\n══ ${name} ${version}\n\n${notesOf(changelog, version)}`)
  }
}

function startRegistry({ folder, signal }: Context): Promise<string> {
  const storage = join(folder, 'registry')
  mkdirSync(storage)
  const program = join(root, 'tests/consumers/registry.ts')
  const args = [program, storage]
  return startServer('tsx', args, { cwd: storage, env: toolEnv(), signal })
}

/** Each work is told its lane: what two at once would take from each other is there once for each lane. */
async function atOnce(works: readonly Work[]): Promise<void> {
  const queue = [...works]
  const worker = async (_: unknown, lane: number) => {
    for (let work = queue.shift(); work !== undefined; work = queue.shift()) await work(lane)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
