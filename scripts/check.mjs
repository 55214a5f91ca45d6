/** `npm run check`: everything but the tests. Runs all of it whatever fails, and names each with its time. */
import { basename, join } from 'node:path'
import { build } from './lib/build.mjs'
import { main, PlainError, run, seconds } from './lib/process.mjs'
import { recordResult } from './lib/results.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { publicPackages, root } from './lib/workspace.mjs'

/** As many at once as do not slow each other down on the smallest machine of CI. */
const AT_ONCE = 2

/**
 * Each gives its problems as lines; none is a pass. `{ problems, note }` says something beside, and `{ skipped }` why
 * it cannot be done here. The slowest come first. The gates are imported when they run: what they need of others
 * comes with the set-up.
 */
const afterBuild = [
  ['API pages are fresh', async () => (await import('./docs.mjs')).staleDocs()],
  ['types of the tests', () => tool('tsc', ['-p', 'tsconfig.tests.json'])],
  ['unused files, exports, dependencies', () => tool('knip', ['--no-progress'])],
  ...publicPackages().map(({ dir }) => [`package ${basename(dir)}`, () => packaging(dir)]),
  ...['typescript-5.6', 'typescript'].flatMap((compiler) =>
    ['dom', 'node', 'neither'].map((types) => [
      `declarations, ${compiler === 'typescript' ? 'typescript 6' : compiler}, types: ${types}`,
      () => compileConsumer(compiler, types),
    ]),
  ),
  ['JSR, dry run', async () => (await import('./gates/deno.mjs')).jsrDryRun()],
  ['deno check, sources', async () => (await import('./gates/deno.mjs')).denoChecksSources()],
  ['deno check, built', async () => (await import('./gates/deno.mjs')).denoChecksBuilt()],
  ['format and lint', () => tool('biome', ['check', '--error-on-warnings', '.'])],
  [
    'no runtime-specific names',
    async () => (await import('./lint-isomorphic.mjs')).lintIsomorphic(),
  ],
  ['nothing runs at load', async () => (await import('./gates/load.mjs')).loadProblems()],
  ['sizes', () => tool('size-limit', [])],
  ['every entry has a size', async () => (await import('./gates/budgets.mjs')).budgetProblems()],
  [
    'entries and names are documented',
    async () => (await import('./gates/documented-entries.mjs')).documentedEntryProblems(),
  ],
  [
    'error codes are in the READMEs',
    async () => (await import('./gates/readme-codes.mjs')).readmeCodeProblems(),
  ],
  [
    'runtimes in the README',
    async () => (await import('./lib/runtime-table.mjs')).readmeTableProblems(),
  ],
  ['jsr.json is package.json', async () => (await import('./jsr.mjs')).staleJsr()],
  ['changesets', async () => (await import('./gates/changesets.mjs')).changesetProblems()],
  ['tracked files', async () => (await import('./gates/tracked-files.mjs')).trackedFileProblems()],
  ['lockfile', async () => (await import('./gates/lockfile.mjs')).lockfileProblems()],
  ['no dependency twice', async () => (await import('./gates/duplicates.mjs')).duplicates()],
  ['licences', async () => (await import('./gates/licences.mjs')).licenceProblems()],
]

await main(async () => {
  const began = performance.now()
  await setUp({ engines: true })
  const results = [await check(['build', buildAll])]
  const queue = [...afterBuild]
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      results.push(await check(next))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))

  const failures = results.filter(({ state }) => state === 'FAIL')
  const passed = results.filter(({ state }) => state === 'ok').length
  for (const { name, problems } of failures) console.log(`\n── ${name}\n${problems.join('\n')}`)
  const took = seconds((performance.now() - began) / 1000)
  console.log(`\n${passed} of ${results.length} checks passed (${took})`)
  recordResult(passed, failures.length)
  process.exitCode = failures.length === 0 ? 0 : 1
})

async function check([name, work]) {
  const began = performance.now()
  const { problems = [], skipped, note } = await outcome(work)
  const missing = skipped !== undefined && process.env.CI === 'true'
  if (missing) problems.push(`${skipped}; with CI=true nothing may be left out`)
  const state = problems.length > 0 ? 'FAIL' : skipped === undefined ? 'ok' : 'SKIPPED'
  const took = seconds((performance.now() - began) / 1000).padStart(7)
  const more = skipped ?? note
  console.log(`${state.padEnd(7)} ${name.padEnd(46)} ${took}${more ? `  ${more}` : ''}`)
  return { name, state, problems }
}

async function outcome(work) {
  try {
    const result = await work()
    return Array.isArray(result) ? { problems: result } : result
  } catch (error) {
    return {
      problems: [error instanceof PlainError ? error.message : String(error?.stack ?? error)],
    }
  }
}

async function buildAll() {
  await build()
  return []
}

async function tool(command, args, cwd = root) {
  const { code, output } = await run(command, args, { cwd, env: toolEnv() })
  return code === 0 ? [] : [output.trim() || `${command} ended with ${code}`]
}

/** A user's program, compiled against the built declarations without skipping any of them. */
function compileConsumer(compiler, types) {
  const folder = join(root, 'tests/types')
  const tsc = join(folder, 'node_modules', compiler, 'bin/tsc')
  return tool(process.execPath, [tsc, '-p', `tsconfig.${types}.json`], folder)
}

/** One after the other: both pack the folder. */
async function packaging(dir) {
  return [
    ...(await tool('publint', ['--strict'], dir)),
    ...(await tool('attw', ['--pack', '.', '--profile', 'esm-only', '--no-emoji'], dir)),
  ]
}
