/** One bundle of the built packages under plain `workerd test`, without Node compatibility. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './lib/process.mjs'
import { toolEnv } from './lib/setup.mjs'
import { notes, root } from './lib/workspace.mjs'

const folder = join(root, 'tests/runtimes/workerd')

/** `{ ok, what }`; prints the output of the step that failed. */
export async function workerdTest() {
  const out = join(notes, 'workerd')
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  copyFileSync(join(folder, 'config.capnp'), join(out, 'config.capnp'))
  const steps = [
    [
      'esbuild',
      join(folder, 'worker.ts'),
      '--bundle',
      '--format=esm',
      '--target=es2022',
      '--conditions=workerd,worker,browser',
      '--log-level=warning',
      `--outfile=${join(out, 'worker.mjs')}`,
    ],
    ['workerd', 'test', join(out, 'config.capnp')],
  ]
  let last = ''
  for (const [command, ...args] of steps) {
    const { code, output } = await run(command, args, { cwd: root, env: toolEnv() })
    last = output
    if (code !== 0) {
      console.error(output.trim())
      return { ok: false, what: `${command} ended with ${code}` }
    }
  }
  const what = /\d+ checks passed.*/.exec(last)?.[0]
  return what === undefined ? { ok: false, what: 'no check ran' } : { ok: true, what }
}

if (process.argv[1] === import.meta.filename) {
  const { ok, what } = await workerdTest()
  console.log(`workerd bundle: ${ok ? 'passed' : 'FAILED'}: ${what}`)
  process.exitCode = ok ? 0 : 1
}
