/** `npm run demo:edge`: sets up what the edge demo needs (not the test runtimes), builds it, runs it. */
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { become, main } from './lib/process.mjs'
import { setUp } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

const demo = '@isoauth/demo-edge'

await main(async () => {
  await setUp({ only: demo })
  await build({ only: demo })
  await become(process.execPath, [
    join(root, 'apps/demo-edge/dist/local/local.mjs'),
    ...process.argv.slice(2),
  ])
})
