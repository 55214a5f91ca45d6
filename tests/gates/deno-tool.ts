/** Deno as a tool: from `tests/engines`, told to use what is installed, without a network and without a lock of its own. */
import { join } from 'node:path'
import { type Engine, installedEngines } from '../../scripts/lib/engines.ts'
import { run } from '../../scripts/lib/process.mjs'
import { toolEnv } from '../../scripts/lib/setup.mjs'
import { notes } from '../../scripts/lib/workspace.mjs'

/** Undefined where the platform has no Deno. */
export function findDeno(): Engine | undefined {
  return installedEngines().find(({ name }) => name === 'deno')
}

/** Its output as one problem, or none. */
export async function deno(args: readonly string[], cwd: string): Promise<string[]> {
  const found = findDeno()
  if (found === undefined) throw new Error('Deno is not installed')
  const env = { ...toolEnv(), ...QUIET, DENO_DIR: join(notes, 'deno') }
  const { code, output } = await run(found.path, args, { cwd, env })
  return code === 0 ? [] : [readable(output, cwd) || `deno ${args.join(' ')} ended with ${code}`]
}

const QUIET = { NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }

/** Without its progress, and with paths from the folder on, which is gone when a person reads them. */
function readable(output: string, cwd: string): string {
  return output
    .split('\n')
    .filter((line) => !/^Check |^Stack backtrace:|<unknown>$/.test(line))
    .join('\n')
    .replaceAll(`file://${cwd}/`, '')
    .replaceAll(`${cwd}/`, '')
    .trim()
}
