/** Deno as a tool: from `tests/engines`, told to use what is installed, without a network and without a lock of its own. */
import { join } from 'node:path'
import { installedEngines } from './engines.mjs'
import { run } from './process.mjs'
import { toolEnv } from './setup.mjs'
import { notes } from './workspace.mjs'

/** Undefined where the platform has no Deno. */
export function findDeno() {
  return installedEngines().find(({ name }) => name === 'deno')
}

/** Its output as one problem, or none. */
export async function deno(args, cwd) {
  const env = { ...toolEnv(), ...QUIET, DENO_DIR: join(notes, 'deno') }
  const { code, output } = await run(findDeno().path, args, { cwd, env })
  return code === 0 ? [] : [readable(output, cwd) || `deno ${args.join(' ')} ended with ${code}`]
}

const QUIET = { NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }

/** Without its progress, and with paths from the folder on, which is gone when a person reads them. */
function readable(output, cwd) {
  return output
    .split('\n')
    .filter((line) => !/^Check |^Stack backtrace:|<unknown>$/.test(line))
    .join('\n')
    .replaceAll(`file://${cwd}/`, '')
    .replaceAll(`${cwd}/`, '')
    .trim()
}
