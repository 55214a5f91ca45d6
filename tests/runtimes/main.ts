/**
 * `npm run test:runtimes`: packs every public package as it would be published, and runs one suite on the unpacked
 * files in every runtime. Ends with a table, and with exit 1 when a check failed, when a runtime ran another number of
 * checks than Node, or when the README's table says something else.
 *
 * - `npm run test:runtimes -- deno webkit`: these runtimes only.
 * - `npm run test:runtimes -- --write`: writes the table into the README.
 * - `npm run test:runtimes -- --packed FOLDER`: tests the tarballs of this folder, for instance those of a release.
 */
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { setUpBrowsers } from '../../scripts/lib/browsers.mjs'
import { build, changedOutputs } from '../../scripts/lib/build.mjs'
import { main, PlainError, seconds } from '../../scripts/lib/process.mjs'
import { recordResult } from '../../scripts/lib/results.mjs'
import type { Driver, DriverReport, Given } from './drivers/driver.ts'
import { startServices } from './drivers/services.ts'
import { importCost } from './import-cost.ts'
import { type Runtime, runners, runtimes } from './matrix.ts'
import {
  expectedTests,
  machineDifferences,
  type Row,
  readmeTableProblems,
  skippedIn,
  tableOf,
  writeTable,
} from './readme-table.ts'
import { stagePackages } from './stage.ts'
import { compileSuite, stagedSuite } from './suite.ts'

/** A mistake in a core fails hundreds of checks; the first tell why. */
const SHOWN_IN_FULL = 5
const BROWSERS = ['chromium', 'firefox', 'webkit']

interface Result extends Row {
  readonly passed: number
  readonly problems: readonly string[]
  readonly notes: readonly string[]
}

await main(async () => {
  const began = performance.now()
  const { values, positionals } = readArguments()
  const wanted = select(await runtimes(), positionals)
  if (wanted.some(({ id }) => BROWSERS.includes(id))) await setUpBrowsers()
  await build({ keep: true })
  const tarballs = values.packed && resolve(process.env['INIT_CWD'] ?? '.', values.packed)
  const stage = await stagePackages({ tarballs })
  await compileSuite(stage)
  const results = await runAll(wanted, stage)
  const everything = wanted.length === (await runtimes()).length
  const problems = results.flatMap((result) => result.problems)
  // The suite finds a byte that matters; this finds any.
  const changed = tarballs === undefined ? changedOutputs() : []
  problems.push(...changed.map((file) => `${file} is not what was built: npm run build`))
  const cost = await importCost(stage)
  problems.push(...cost.over.map(({ entry }) => `the import of ${entry} costs too much`))
  if (everything) problems.push(...(await readmeProblems(values.write, results, problems)))
  for (const problem of problems) console.log(`\nFAILED ${problem}`)
  console.log(`\nimport of a pure entry, over an empty module, on Node ${process.versions.node}:`)
  console.log(cost.lines.join('\n'))
  for (const note of results.flatMap(({ notes }) => notes)) console.log(note)
  console.log(`\n${tableOf(results).join('\n')}\n`)
  const passed = sum(results, (result) => result.passed)
  const took = seconds((performance.now() - began) / 1000)
  console.log(`${passed} passed, ${problems.length} failed; ${took} in all, set-up included`)
  recordResult(
    passed,
    problems.length,
    problems.map((problem) => problem.replace('\n', ': ')),
  )
  process.exitCode = problems.length === 0 ? 0 : 1
})

function readArguments(): { values: { write: boolean; packed?: string }; positionals: string[] } {
  try {
    const options = {
      write: { type: 'boolean', default: false },
      packed: { type: 'string' },
    } as const
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    throw new PlainError(
      `${(error as Error).message}\nTaken are: [runtime ...] --write --packed FOLDER`,
    )
  }
}

function select(all: readonly Runtime[], ids: readonly string[]): readonly Runtime[] {
  const unknown = ids.find((id) => !all.some((runtime) => runtime.id === id))
  if (unknown !== undefined) {
    const known = all.map(({ id }) => id).join(', ')
    throw new PlainError(`There is no runtime ${unknown}. There are: ${known}`)
  }
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id))
}

async function runAll(wanted: readonly Runtime[], stage: string): Promise<Result[]> {
  const sandbox = join(stage, 'node_modules/@isoauth/sandbox/dist/node.js')
  const { serve } = await import(pathToFileURL(sandbox).href)
  const { names, ...outside } = await stagedSuite(stage)
  const services = await startServices({ serve, ...outside })
  const { origin, silentOrigin } = services
  const run = runners()
  const results: Result[] = []
  try {
    for (const runtime of wanted) {
      const settings = { origin, silentOrigin, skip: skippedIn(runtime.id) }
      const given = { stage, settings }
      results.push(await runOne(runtime, { runner: run[runtime.id], given, names }))
    }
  } finally {
    await services.close()
  }
  return results
}

/** One runtime: its row of the table, what to say about it, and what is wrong. */
async function runOne(
  { id, name, version = 'unknown' }: Runtime,
  { runner, given, names }: { runner: Driver | undefined; given: Given; names: readonly string[] },
): Promise<Result> {
  const row: Result = {
    name,
    version,
    tests: 'SKIPPED',
    time: '',
    passed: 0,
    problems: [],
    notes: [],
  }
  if (runner === undefined) {
    const note = `${name}: SKIPPED: it is not installed here`
    console.log(note)
    return process.env['CI'] === 'true'
      ? { ...row, problems: [`${name} is missing, and CI has to have it`] }
      : { ...row, notes: [note] }
  }
  const began = performance.now()
  let report: DriverReport
  try {
    report = await runner(given)
  } catch (error) {
    return {
      ...row,
      tests: 'FAILED',
      problems: [`${name}: ${error instanceof Error ? error.stack : error}`],
    }
  }
  const time = seconds((performance.now() - began) / 1000)
  const { passed, skipped, failed, note } = report
  const problems = [
    ...failed.map((one, at) => `${name}: ${one.name}${at < SHOWN_IN_FULL ? `\n${one.why}` : ''}`),
    ...countProblems({ id, name }, [...passed, ...failed.map((one) => one.name)], names),
  ]
  const what = `${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`
  console.log(`${name.padEnd(24)} ${version.padEnd(16)} ${what} (${time})`)
  const tests = failed.length > 0 ? `${failed.length} FAILED` : passed.length
  const notes = note === undefined ? [] : [`${name}: ${note}`]
  return { ...row, tests, time, passed: passed.length, problems, notes }
}

/** A runtime runs what Node runs, but for the skips that are listed for it. */
function countProblems(
  { id, name }: { readonly id: string; readonly name: string },
  reported: readonly string[],
  names: readonly string[],
): string[] {
  // What a driver adds of its own, such as the small page, is no check of the suite.
  const ran = reported.filter((check) => names.includes(check))
  const skipped = skippedIn(id)
  const lost = names.filter((check) => !ran.includes(check) && !skipped.includes(check))
  const expected = expectedTests(id, names)
  return ran.length === expected && lost.length === 0
    ? []
    : [`${name} ran ${ran.length} checks, not ${expected}; not run: ${lost.join(', ') || 'none'}`]
}

async function readmeProblems(
  write: boolean,
  results: readonly Result[],
  problems: readonly string[],
): Promise<string[]> {
  if (write) {
    if (problems.length > 0 || results.some(({ tests }) => tests === 'SKIPPED')) {
      return ['README.md was not written: its table shows every runtime, and all of it passed']
    }
    writeTable(results)
    console.log('\nREADME.md: the table was written')
  }
  for (const difference of await machineDifferences()) console.log(`\nnote: ${difference}`)
  return readmeTableProblems()
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0)
}
