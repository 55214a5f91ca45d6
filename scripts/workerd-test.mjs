/** The portable suite on the built packages under plain `workerd test`, without Node compatibility. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startServices } from '../tests/runtimes/drivers/services.mjs'
import { workerd } from '../tests/runtimes/drivers/workerd.mjs'
import { suite } from './lib/suite.mjs'
import { notes, root } from './lib/workspace.mjs'

/** `{ ok, what }`; prints why checks failed, or the output of the step that did. */
export async function workerdTest() {
  const sandbox = join(root, 'packages/sandbox/dist/node.js')
  let services
  try {
    const { serve } = await import(pathToFileURL(sandbox).href)
    const { names, ...outside } = await suite()
    services = await startServices({ serve, ...outside })
    const { origin, silentOrigin } = services
    const { passed, failed } = await workerd({
      kind: 'plain',
      entry: join(root, 'tests/runtimes/entries/worker.ts'),
      out: join(notes, 'workerd'),
      settings: { origin, silentOrigin, skip: [] },
    })
    for (const { name, why } of failed) console.error(`${name}\n${why}\n`)
    const ok = failed.length === 0 && passed.length === names.length
    return { ok, what: `${passed.length} of ${names.length} checks passed without Node's names` }
  } catch (error) {
    console.error(error)
    return { ok: false, what: 'the suite did not run' }
  } finally {
    await services?.close()
  }
}

if (process.argv[1] === import.meta.filename) {
  const { ok, what } = await workerdTest()
  console.log(`workerd bundle: ${ok ? 'passed' : 'FAILED'}: ${what}`)
  process.exitCode = ok ? 0 : 1
}
