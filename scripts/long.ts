/** `npm run test:long`: the tests that take minutes, in Node. Arguments go to vitest. */
import { build } from './lib/build.mjs'
import { setUpRedis } from './lib/debian-packages.mjs'
import { main, run } from './lib/process.mjs'
import { clearReports, failuresOf, readReports, totalsOf } from './lib/reports.mjs'
import { recordResult } from './lib/results.mjs'
import { toolEnv } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

await main(async () => {
  await setUpRedis()
  await build()
  clearReports()
  const args = ['run', '--config', 'vitest.long.config.ts', ...process.argv.slice(2)]
  const { code } = await run('vitest', args, { cwd: root, env: toolEnv(), show: true })
  const reports = readReports()
  const { passed, failed } = totalsOf(reports)
  const failures = failuresOf(reports)
  for (const failure of failures) console.log(`FAILED ${failure}`)
  recordResult(passed, code === 0 ? 0 : Math.max(1, failed), failures)
  process.exitCode = code === 0 ? 0 : 1
})
