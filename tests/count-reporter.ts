/** A Vitest reporter that leaves what each runtime counted in `.reports/RUNTIME.json`, for `npm test` to compare. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** What ran in one runtime. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
  /** Tests that run everywhere or nowhere. */
  portable: number
  /** When it ran: an older one was replayed from the cache. */
  at: number
}

const folder = join(import.meta.dirname, '../.reports')

export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const runtimes = new Map<string, Counts>()
    for (const module of modules) {
      const name = nameOf(module)
      const counts = runtimes.get(name) ?? {
        ...{ passed: 0, failed: errors.length, skipped: 0, portable: 0, at: Date.now() },
      }
      count(module, counts)
      runtimes.set(name, counts)
    }
    for (const [name, counts] of runtimes) writeCounts(name, counts)
  }
}

/** Files of Node alone are counted by themselves: they run beside the portable ones, not with them. */
function nameOf({ project, moduleId }: TestModule): string {
  const name = project.name.replace(/ \(.*\)$/, '') || 'long'
  return name === 'node' && isOfNode(moduleId) ? 'node-only' : name
}

const isOfNode = (moduleId: string): boolean => moduleId.endsWith('.node.test.ts')

export function writeCounts(name: string, counts: Counts): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(counts))
}

function count(module: TestModule, counts: Counts): void {
  const tests = [...module.children.allTests()]
  // A file that does not load has no tests to count; it fails as one.
  if (module.state() === 'failed' && tests.length === 0) counts.failed += 1
  for (const test of tests) {
    const { state } = test.result()
    counts[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1
    if (!isOfNode(module.moduleId)) counts.portable += 1
  }
}
