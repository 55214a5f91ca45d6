/** `npm run demo:edge`: sets up what the edge demo needs (not the test runtimes), builds it, runs it. */
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { endAs, lend, main } from './lib/process.mjs'
import { setUp } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

const demo = '@isoauth/demo-edge'

await main(async () => {
  await setUp({ only: demo })
  await build({ only: demo })
  const program = join(root, 'apps/demo-edge/dist/local/local.mjs')
  endAs(await lend(process.execPath, [program, ...process.argv.slice(2)]))
})
