/** `npm run check`: everything but the tests. Runs all of it whatever fails, and names each with its time. */
import { basename, join } from 'node:path'
import { staleDocs } from './docs.mjs'
import { build } from './lib/build.mjs'
import {
  changesetProblems,
  licenseProblems,
  lockfileProblems,
  trackedFileProblems,
} from './lib/hygiene.mjs'
import { main, PlainError, run, seconds } from './lib/process.mjs'
import { recordResult } from './lib/results.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { publicPackages, root } from './lib/workspace.mjs'

/** As many at once as do not slow each other down on the smallest machine of CI. */
const AT_ONCE = 2

/** Each gives its problems as lines; none is a pass. */
const afterBuild = [
  ['format and lint', () => tool('biome', ['check', '--error-on-warnings', '.'])],
  // Imported when they run: these need TypeScript, which the set-up brings.
  [
    'no runtime-specific names',
    async () => (await import('./lint-isomorphic.mjs')).lintIsomorphic(),
  ],
  ['types of the tests', () => tool('tsc', ['-p', 'tsconfig.tests.json'])],
  ...['typescript-5.6', 'typescript'].flatMap((compiler) =>
    ['dom', 'node', 'neither'].map((types) => [
      `declarations, ${compiler === 'typescript' ? 'typescript 6' : compiler}, types: ${types}`,
      () => compileConsumer(compiler, types),
    ]),
  ),
  ...publicPackages().map(({ dir }) => [`package ${basename(dir)}`, () => packaging(dir)]),
  ['sizes', () => tool('size-limit', [])],
  ['unused files, exports, dependencies', () => tool('knip', ['--no-progress'])],
  ['changesets', () => changesetProblems()],
  ['API pages are fresh', () => staleDocs()],
  [
    'error codes are in the READMEs',
    async () => (await import('./lib/readme-codes.mjs')).readmeCodeProblems(),
  ],
  [
    'runtimes in the README',
    async () => (await import('./lib/runtime-table.mjs')).readmeTableProblems(),
  ],
  ['tracked files', () => trackedFileProblems()],
  ['lockfile', () => lockfileProblems()],
  ['licences', () => licenseProblems()],
]

await main(async () => {
  const began = performance.now()
  await setUp()
  const failures = []
  await check(['build', buildAll], failures)
  const queue = [...afterBuild]
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await check(next, failures)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))

  for (const { name, problems } of failures) console.log(`\n── ${name}\n${problems.join('\n')}`)
  const total = afterBuild.length + 1
  const took = seconds((performance.now() - began) / 1000)
  console.log(`\n${total - failures.length} of ${total} checks passed (${took})`)
  recordResult(total - failures.length, failures.length)
  process.exitCode = failures.length === 0 ? 0 : 1
})

async function check([name, work], failures) {
  const began = performance.now()
  let problems
  try {
    problems = await work()
  } catch (error) {
    problems = [error instanceof PlainError ? error.message : String(error?.stack ?? error)]
  }
  const state = problems.length === 0 ? 'ok  ' : 'FAIL'
  console.log(
    `${state} ${name.padEnd(48)} ${seconds((performance.now() - began) / 1000).padStart(7)}`,
  )
  if (problems.length > 0) failures.push({ name, problems })
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
