/** A run of vitest by a command of ours: its counts and failures are told, noted, and become the exit status. */
import { run } from './process.mjs'
import { clearReports, failuresOf, readReports, totalsOf } from './reports.mjs'
import { recordResult } from './results.mjs'
import { toolEnv } from './setup.mjs'
import { root } from './workspace.mjs'

export async function runVitest(config: string, args: readonly string[] = []): Promise<void> {
  clearReports()
  const given = ['run', '--config', config, ...args]
  const { code } = await run('vitest', given, { cwd: root, env: toolEnv(), show: true })
  const reports = readReports()
  const { passed, failed } = totalsOf(reports)
  const failures = failuresOf(reports)
  for (const failure of failures) console.log(`FAILED ${failure}`)
  recordResult(passed, code === 0 ? 0 : Math.max(1, failed), failures)
  process.exitCode = code === 0 ? 0 : 1
}
