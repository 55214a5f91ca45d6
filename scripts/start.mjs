/**
 * `npm start`: sets up what the terminal demo needs (not the test runtimes), builds it, runs it. Somebody who watches
 * and asked for nothing else then gets the web demo, until Ctrl-C.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { endAs, lend, main, PlainError } from './lib/process.mjs'
import { setUp } from './lib/setup.mjs'
import { root } from './lib/workspace.mjs'

await main(async () => {
  const args = process.argv.slice(2)
  const program = await prepare('demo-terminal', 'dist/main.js')
  // npm runs scripts in the project's folder; paths in the arguments are meant from where the person is.
  const cwd = process.env.INIT_CWD ?? process.cwd()
  const result = await lend(process.execPath, [program, ...args], { cwd })
  const isWatched = process.stdout.isTTY === true && args.length === 0
  if (isWatched && result.code === 0) await serveWebDemo()
  else endAs(result)
})

async function serveWebDemo() {
  let program
  try {
    program = await prepare('demo-web', 'dist/server/main.js')
  } catch (error) {
    if (!(error instanceof PlainError)) throw error
    console.log(`demo: the web demo could not be set up (${reasonOf(error)}); all flows above ran.`)
    console.log('demo: npm run build tells more.')
    return
  }
  endAs(await lend(process.execPath, [program]))
}

/** Sets up and builds one of the apps; gives the path of its program. */
async function prepare(app, entry) {
  const only = `@isoauth/${app}`
  await setUp({ only })
  await build({ only })
  const program = join(root, 'apps', app, entry)
  if (!existsSync(program)) throw new PlainError(`The build of ${only} made no ${program}`)
  return program
}

/** The line of a failure that names its cause. */
function reasonOf({ message }) {
  const lines = message.split('\n').map((line) => line.trim())
  const named = [/registry could not be reached/, /^Set-up failed/, /\berror\b.*:/i, /^The build/]
    .map((form) => lines.find((line) => form.test(line)))
    .find((line) => line !== undefined)
  return (named ?? lines[0] ?? 'unknown').replace(/\.$/, '')
}
