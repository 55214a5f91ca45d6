/**
 * `npm run check`: everything but the tests, each a task of turbo. Runs all of it whatever fails; what passed before
 * and has not changed since is replayed from turbo's cache.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { turbo } from './lib/build.mjs'
import { main, PlainError, seconds } from './lib/process.mjs'
import { recordResult } from './lib/results.mjs'
import { setUp } from './lib/setup.mjs'
import { publicPackages, readJson, root } from './lib/workspace.mjs'

/** As many at once as do not slow each other down on the smallest machine of CI. */
const AT_ONCE = 2
const SUMMARIES = join(root, '.turbo/runs')

await main(async () => {
  const began = performance.now()
  await setUp({ engines: true })
  const before = summaries()
  await turbo(
    [
      ...['run', 'build', ...tasks(), '--continue=dependencies-successful', '--summarize'],
      ...[`--concurrency=${AT_ONCE}`, '--log-order=grouped', '--output-logs=new-only'],
      '--no-update-notifier',
    ],
    { show: true },
  )
  const [file] = summaries().filter((name) => !before.includes(name))
  if (file === undefined) throw new PlainError('turbo left no summary of what it ran')
  const { passed, failed, replayed, lines, failures } = read(readJson(join(SUMMARIES, file)))
  console.log(`\n${lines.join('\n')}`)
  const took = seconds((performance.now() - began) / 1000)
  console.log(
    `\n${passed} of ${passed + failed} checks passed, ${replayed} of them replayed (${took})`,
  )
  recordResult(passed, failed, failures)
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1
})

/** Every task of these workspace packages and of the root, by its name. */
function tasks() {
  const scriptsOf = (folder) => Object.keys(readJson(join(root, folder, 'package.json')).scripts)
  const ofPackages = publicPackages().flatMap(({ manifest }) => Object.keys(manifest.scripts))
  return [
    ...new Set([
      ...['lint', 'typecheck', 'unused', 'sizes', 'jsr:check', 'readme-table'],
      ...[...ofPackages, ...scriptsOf('tests/types'), ...scriptsOf('tests/gates')],
    ]),
  ]
}

function summaries() {
  try {
    return readdirSync(SUMMARIES)
  } catch {
    return []
  }
}

/** A task that could not begin, for what it needs failed, has failed too. */
function read({ tasks: all }) {
  const results = all.map(({ taskId, cache, execution }) => ({
    name: taskId.replace('@isoauth/', '').replace('//#', ''),
    isOk: execution?.exitCode === 0 || cache.status === 'HIT',
    isReplayed: cache.status === 'HIT',
    took: execution ? (execution.endTime - execution.startTime) / 1000 : 0,
  }))
  return {
    passed: results.filter(({ isOk }) => isOk).length,
    failed: results.filter(({ isOk }) => !isOk).length,
    failures: results.filter(({ isOk }) => !isOk).map(({ name }) => name),
    replayed: results.filter(({ isReplayed }) => isReplayed).length,
    lines: results
      .filter(({ isReplayed }) => !isReplayed)
      .map(
        ({ name, isOk, took }) =>
          `${isOk ? 'ok  ' : 'FAIL'} ${name.padEnd(44)} ${seconds(took).padStart(7)}`,
      ),
  }
}
