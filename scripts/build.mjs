/** `npm run build`: every package, with all that is needed for it. */
import { build } from './lib/build.mjs'
import { main } from './lib/process.mjs'
import { setUp } from './lib/setup.mjs'

await main(async () => {
  await setUp()
  await build()
})
