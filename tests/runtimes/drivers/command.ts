/** Node, Deno and Bun: one program that runs the unpacked files as they are. */
import { join } from 'node:path'
import { run } from '../../../scripts/lib/process.mjs'
import type { Driver, Settings } from './driver.ts'
import { readReport } from './report.ts'

/** `program` is the runtime, `args` what stands before the file's name, given the settings. */
export function command(
  program: string,
  args: (settings: Settings) => string[] = () => [],
): Driver {
  return async ({ stage, settings }) => {
    const file = join(stage, 'tests/runtimes/entries/command.js')
    // Nothing of the person's own: Deno's cache stays in the stage, and nobody asks for updates.
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      DENO_DIR: join(stage, '.deno'),
      DENO_NO_UPDATE_CHECK: '1',
    }
    delete env['NODE_OPTIONS']
    const all = [...args(settings), file, JSON.stringify(settings)]
    return readReport(await run(program, all, { cwd: stage, env }))
  }
}

/** Deno reads its modules without asking; all else has to be allowed, and two addresses are. */
export function denoArgs({ origin, silentOrigin }: Settings): string[] {
  const net = [origin, silentOrigin].map((address) => new URL(address).host).join()
  return ['run', '--node-modules-dir=manual', '--no-remote', '--no-prompt', `--allow-net=${net}`]
}
