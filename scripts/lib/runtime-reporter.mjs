/** A Vitest reporter that counts by runtime and writes the counts to the file in `ISOAUTH_TEST_REPORT`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export default class RuntimeReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const runtimes = {}
    for (const module of modules) {
      const name = module.project.name.replace(/ \(.*\)$/, '') || 'node'
      runtimes[name] ??= { passed: 0, failed: 0, skipped: 0, portable: 0, modules: 0 }
      const counts = runtimes[name]
      counts.modules += 1
      // A file that does not load has no tests to count; it fails as one.
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0)
        counts.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1
        if (!module.moduleId.endsWith('.node.test.ts')) counts.portable += 1
      }
    }
    const file = process.env.ISOAUTH_TEST_REPORT
    if (file === undefined) return
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify({ runtimes, unhandledErrors: unhandledErrors.length }))
  }
}
