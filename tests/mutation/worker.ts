/**
 * Runs the tests of one package again and again, each time with another mutant in place of the source. The sources on
 * disk stay as they are: the mutant is put in when a module is loaded.
 *
 * A message is a mutant, or `null` for the sources as they are; the answer is the name of a test that failed, or `null`.
 */
import { join } from 'node:path'
import { env, exit } from 'node:process'
import { createVitest, type TestModule, type TestSpecification } from 'vitest/node'
import { root } from '../../scripts/lib/workspace.mjs'
import { resolve } from '../../vitest.config.ts'
import { createLikelyFirst } from './likely-first.ts'
import type { Mutant } from './mutants.ts'

const [name, mode] = process.argv.slice(2) as [string, string]
env['NO_COLOR'] = '1'
let mutant: Mutant | null = null
const likelyFirst = createLikelyFirst()

const vitest = await createVitest(
  'test',
  {
    root,
    config: false,
    environment: 'node',
    ...kindOfTests(mode),
    watch: false,
    bail: 1,
    isolate: false,
    maxWorkers: 2,
    sequence: {
      sequencer: class {
        shard = async (files: TestSpecification[]) => files
        sort = async (files: TestSpecification[]) => sorted(files)
      },
    },
    reporters: [{}],
    // As in `vitest.config.ts`; what hangs is ended sooner, by the time limit of the run.
    testTimeout: 120_000,
  },
  {
    resolve,
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        transform(code, id) {
          if (mutant === null || id !== join(root, mutant.file)) return undefined
          return code.slice(0, mutant.start) + mutant.replacement + code.slice(mutant.end)
        },
      },
    ],
  },
)
const specifications = await vitest.globTestSpecifications()

process.on('message', (asked: Mutant | null) => void answer(asked))
process.on('disconnect', () => exit(0))
process.send?.('ready')

/** As in `vitest.config.ts`: the files of a kind share a realm. */
function kindOfTests(mode: string) {
  const folder = `packages/${name}/test/**`
  const nodeOnly = `${folder}/*.node.test.ts`
  const long = `${folder}/*.long.test.ts`
  return mode === 'portable'
    ? { include: [`${folder}/*.test.ts`], exclude: [nodeOnly, long] }
    : { include: [nodeOnly], exclude: [long] }
}

function sorted(files: readonly TestSpecification[]): TestSpecification[] {
  const { file: source } = mutant ?? { file: '' }
  const order = likelyFirst.order(
    files.map(({ moduleId }) => moduleId),
    source,
  )
  return [...files].sort((a, b) => order.indexOf(a.moduleId) - order.indexOf(b.moduleId))
}

async function answer(asked: Mutant | null): Promise<void> {
  if (mutant !== null) vitest.invalidateFile(join(root, mutant.file))
  mutant = asked
  if (mutant !== null) vitest.invalidateFile(join(root, mutant.file))
  // A package may have tests of one kind only.
  if (specifications.length === 0) return void process.send?.({ failure: '' })
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
  for (const module of testModules) {
    if (mutant === null) likelyFirst.took(module.moduleId, module.diagnostic().duration)
    else if (module.state() === 'failed') likelyFirst.noticed(module.moduleId, mutant.file)
  }
  process.send?.({ failure: failureIn(testModules) ?? String(unhandledErrors[0] ?? '') })
}

function failureIn(modules: readonly TestModule[]): string | undefined {
  for (const module of modules) {
    for (const test of module.children.allTests('failed')) return test.fullName
    if (module.errors().length > 0) return module.relativeModuleId
  }
  return undefined
}
