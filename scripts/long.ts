/** `npm run test:long`: the tests that take minutes, in Node. Arguments go to vitest. */
import { build } from './lib/build.mjs'
import { setUpRedis } from './lib/debian-packages.mjs'
import { main } from './lib/process.mjs'
import { runVitest } from './lib/vitest-run.ts'

await main(async () => {
  await setUpRedis()
  await build()
  await runVitest('vitest.long.config.ts', process.argv.slice(2))
})
