/** A Vitest reporter that leaves what each runtime counted in `.reports/RUNTIME.json`, for `npm test` to compare. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import { firstLine } from '../scripts/lib/results.mjs'

/** What ran in one runtime. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
  /** Tests that run everywhere or nowhere. */
  portable: number
  /** When it ran: an older one was replayed from the cache. */
  at: number
  /** A line for each that failed: `FILE > TEST: the first line of the reason`. */
  failures: string[]
}

const root = join(import.meta.dirname, '..')

export class CountReporter implements Reporter {
  readonly #folder: string | undefined

  constructor(folder?: string) {
    this.#folder = folder
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const runtimes = new Map<string, Counts>()
    for (const module of modules) {
      const name = nameOf(module)
      const counts = runtimes.get(name) ?? {
        ...{ passed: 0, failed: errors.length, skipped: 0, portable: 0, at: Date.now() },
        failures: errors.map((error) => `outside of the tests: ${firstLine(error)}`),
      }
      count(module, counts)
      runtimes.set(name, counts)
    }
    for (const [name, counts] of runtimes) writeCounts(name, counts, this.#folder)
  }
}

/** Files of Node alone are counted by themselves: they run beside the portable ones, not with them. */
function nameOf({ project, moduleId }: TestModule): string {
  const name = project.name.replace(/(-alone)?( \(.*\))?$/, '') || 'long'
  return name === 'node' && isOfNode(moduleId) ? 'node-only' : name
}

const isOfNode = (moduleId: string): boolean => moduleId.endsWith('.node.test.ts')

export function writeCounts(name: string, counts: Counts, folder = join(root, '.reports')): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(counts))
}

function count(module: TestModule, counts: Counts): void {
  const tests = [...module.children.allTests()]
  const file = relative(root, module.moduleId)
  const tell = ([error]: readonly SerializedError[], name = '') => {
    counts.failed += 1
    counts.failures.push(`${file}${name && ` > ${name}`}: ${firstLine(error)}`)
  }
  // A file that does not load has no tests to count, and a hook that fails skips those around it: each fails as one.
  const groups = [...module.children.allSuites()].map(
    (suite) => [suite.errors(), suite.fullName] as const,
  )
  for (const [errors, name] of [[module.errors(), ''] as const, ...groups]) {
    if (errors.length > 0) tell(errors, name)
  }
  for (const test of tests) {
    const { state, errors } = test.result()
    if (state === 'failed') tell(errors, test.fullName)
    else counts[state === 'passed' ? state : 'skipped'] += 1
    if (!isOfNode(module.moduleId)) counts.portable += 1
  }
}
