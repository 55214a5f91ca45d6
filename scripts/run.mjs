/**
 * Sets up, then runs a TypeScript program of the project, or a tool that it has installed, with the arguments that follow it.
 *
 *     node scripts/run.mjs [--engines | --site] PROGRAM [ARGUMENT …]
 *     node scripts/run.mjs --tool TOOL [ARGUMENT …]
 */
import { endAs, lend, main } from './lib/process.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

await main(async () => {
  const [first = '', ...rest] = process.argv.slice(2)
  await setUp({ engines: first === '--engines', site: first === '--site' })
  const [program, ...args] = commandOf(first, rest)
  endAs(await lend(program, args, { cwd: root, env: toolEnv() }))
})

/**
 * @param {string} first
 * @param {readonly string[]} rest
 */
function commandOf(first, rest) {
  if (first === '--tool') return rest
  return ['tsx', ...(first.startsWith('--') ? rest : [first, ...rest])]
}
