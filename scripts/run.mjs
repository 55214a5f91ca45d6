/**
 * Sets up, then runs a TypeScript program of the project with the arguments that follow it.
 *
 *     node scripts/run.mjs [--engines | --site] PROGRAM [ARGUMENT …]
 */
import { endAs, lend, main } from './lib/process.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

await main(async () => {
  const args = process.argv.slice(2)
  const engines = args[0] === '--engines'
  const site = args[0] === '--site'
  await setUp({ engines, site })
  endAs(await lend('tsx', engines || site ? args.slice(1) : args, { cwd: root, env: toolEnv() }))
})
