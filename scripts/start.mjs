/** `npm start`: sets up what the terminal demo needs (not the test runtimes), builds it, runs it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { become, main, PlainError } from './lib/process.mjs'
import { setUp } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

const demo = '@isoauth/demo-terminal'

await main(async () => {
  await setUp({ only: demo })
  await build({ only: demo })
  const program = join(root, 'apps/demo-terminal/dist/main.js')
  if (!existsSync(program)) throw new PlainError(`The build of ${demo} made no ${program}`)
  // npm runs scripts in the project's folder; paths in the arguments are meant from where the person is.
  const cwd = process.env.INIT_CWD ?? process.cwd()
  await become(process.execPath, [program, ...process.argv.slice(2)], { cwd })
})
