/** Runs vitest and returns what it counted by runtime. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './process.mjs'
import { toolEnv } from './setup.mjs'
import { notes, readNote, root } from './workspace.mjs'

const reporter = './scripts/lib/runtime-reporter.mjs'

/** `{ ok, runtimes, failed, passed, skipped }`; `name` tells the reports of several runs apart. */
export async function vitest(name, args) {
  const report = join(notes, `${name}.json`)
  rmSync(report, { force: true })
  const { code } = await run(
    'vitest',
    ['run', '--reporter=default', `--reporter=${reporter}`, ...args],
    { cwd: root, env: { ...toolEnv(), ISOAUTH_TEST_REPORT: report }, show: true },
  )
  const { runtimes = {}, unhandledErrors = 0 } = readNote(name) ?? {}
  const sum = (key) => Object.values(runtimes).reduce((total, counts) => total + counts[key], 0)
  return {
    ok: code === 0,
    runtimes,
    passed: sum('passed'),
    failed: sum('failed') + unhandledErrors,
    skipped: sum('skipped'),
  }
}
