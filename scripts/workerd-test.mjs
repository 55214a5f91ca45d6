/** One bundle of the packages under plain `workerd test`, without Node compatibility. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './lib/process.mjs'
import { toolEnv } from './lib/setup.mjs'
import { notes, root } from './lib/workspace.mjs'

const ours = join(root, 'tests/runtimes/workerd')

/**
 * `{ ok, what }`; prints the output of the step that failed.
 *
 * @param folder - where `worker.ts` and `config.capnp` are; default: those that import the workspace's packages
 * @param out - a folder for the bundle, emptied first
 * @param bundle - bundles the first file into the second, as `run` tells of a command; default: by esbuild
 */
export async function workerdTest({
  folder = ours,
  out = join(notes, 'workerd'),
  bundle = byEsbuild,
  signal,
} = {}) {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  copyFileSync(join(folder, 'config.capnp'), join(out, 'config.capnp'))
  const steps = [
    ['bundling', () => bundle(join(folder, 'worker.ts'), join(out, 'worker.mjs'), signal)],
    ['workerd', () => tool('workerd', ['test', join(out, 'config.capnp')], signal)],
  ]
  let last = ''
  for (const [name, work] of steps) {
    const { code, output } = await work()
    last = output
    if (code !== 0) {
      console.error(output.trim())
      return { ok: false, what: `${name} ended with ${code}` }
    }
  }
  const what = /\d+ checks passed.*/.exec(last)?.[0]
  return what === undefined ? { ok: false, what: 'no check ran' } : { ok: true, what }
}

function byEsbuild(entry, outfile, signal) {
  const args = [
    '--bundle',
    '--format=esm',
    '--target=es2022',
    '--conditions=workerd,worker,browser',
    '--log-level=warning',
    `--outfile=${outfile}`,
  ]
  return tool('esbuild', [entry, ...args], signal)
}

function tool(command, args, signal) {
  return run(command, args, { cwd: root, env: toolEnv(), signal })
}

if (process.argv[1] === import.meta.filename) {
  const { ok, what } = await workerdTest()
  console.log(`workerd bundle: ${ok ? 'passed' : 'FAILED'}: ${what}`)
  process.exitCode = ok ? 0 : 1
}
