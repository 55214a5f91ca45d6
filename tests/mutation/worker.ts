/**
 * Runs the tests of one package again and again, each time with another mutant in place of the source. The sources on
 * disk stay as they are: the mutant is put in when a module is loaded.
 *
 * A message is a mutant, or `null` for the sources as they are, with the test files to run first; the answer is the name
 * of a test that failed, empty where none did, and its file.
 */
import { join } from 'node:path'
import { env, exit } from 'node:process'
import { createVitest, type TestModule, type TestSpecification } from 'vitest/node'
import { root } from '../../scripts/lib/workspace.mjs'
import { resolve } from '../../vitest.config.ts'
import type { Mutant } from './mutants.ts'
import type { Answer, Question } from './test-run.ts'

const [name, mode] = process.argv.slice(2) as [string, string]
env['NO_COLOR'] = '1'
let mutant: Mutant | null = null
let likely: readonly string[] = []
const durations = new Map<string, number>()

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
    maxWorkers: 1,
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

process.on('message', (question: Question) => void answer(question))
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

/** The likely files first, then the quickest. */
function sorted(files: readonly TestSpecification[]): TestSpecification[] {
  const rank = ({ moduleId }: TestSpecification) => {
    const at = likely.indexOf(moduleId)
    return at === -1 ? likely.length + (durations.get(moduleId) ?? 0) : at
  }
  return [...files].sort((a, b) => rank(a) - rank(b))
}

async function answer(question: Question): Promise<void> {
  if (mutant !== null) vitest.invalidateFile(join(root, mutant.file))
  mutant = question.mutant
  likely = question.likely
  if (mutant !== null) vitest.invalidateFile(join(root, mutant.file))
  // A package may have tests of one kind only.
  if (specifications.length === 0) return send({ failure: '' })
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
  if (mutant === null) {
    for (const module of testModules) durations.set(module.moduleId, module.diagnostic().duration)
  }
  send(failureIn(testModules) ?? { failure: String(unhandledErrors[0] ?? '') })
}

function send(answer: Answer): void {
  process.send?.(answer)
}

function failureIn(modules: readonly TestModule[]): Answer | undefined {
  for (const module of modules) {
    const file = module.moduleId
    for (const test of module.children.allTests('failed')) return { failure: test.fullName, file }
    if (module.errors().length > 0) return { failure: module.relativeModuleId, file }
  }
  return undefined
}
