/** `npm run test:long`: the tests that take minutes, in Node. Arguments go to vitest. */
import { build } from './lib/build.mjs'
import { main } from './lib/process.mjs'
import { recordResult } from './lib/results.mjs'
import { setUp } from './lib/setup.mjs'
import { vitest } from './lib/vitest.mjs'

await main(async () => {
  await setUp()
  await build()
  const args = ['--config', 'vitest.long.config.ts', '--passWithNoTests', ...process.argv.slice(2)]
  const result = await vitest('vitest-long', args)
  recordResult(result.passed, result.ok ? 0 : Math.max(1, result.failed))
  process.exitCode = result.ok ? 0 : 1
})
