/** A Worker bundled from the installed packages, and run in workerd without Node compatibility. */
import { copyFileSync, cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PlainError } from '../../../scripts/lib/process.mjs'
import { readJson, root } from '../../../scripts/lib/workspace.mjs'
import type { BundleOptions } from '../../runtimes/drivers/bundle.ts'
import { workerdTest } from '../../runtimes/workerd-test.ts'
import type { Context, Work } from './context.ts'
import { consumerEnv, inProject } from './managers.ts'

const tools = join(root, 'tests/consumers/node_modules')

/** One piece of work for each bundler: the suite of `tests/runtimes`, where it finds the installed packages. */
export function workerWorks({ folder, signal, table }: Context, project: string): Work[] {
  const runtimes = join(project, 'tests/runtimes')
  for (const path of ['tests/runtimes/suite', 'tests/runtimes/entries', 'vectors']) {
    cpSync(join(root, path), join(project, path), { recursive: true })
  }
  const byWrangler = async ({ entry, out }: BundleOptions) => {
    const outdir = join(dirname(out), 'wrangler')
    mkdirSync(outdir)
    const command = join(tools, 'wrangler/bin/wrangler.js')
    const args = ['deploy', entry, '--dry-run', '--outdir', outdir, '--name', 'consumer']
    const date = ['--compatibility-date', '2026-03-01']
    const env = {
      ...consumerEnv(folder),
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_LOG_PATH: outdir,
    }
    await inProject([process.execPath, command, ...args, ...date], { cwd: project, env, signal })
    copyFileSync(join(outdir, 'worker.js'), out)
  }
  const bundlers = [
    { consumer: 'esbuild', bundle: undefined },
    { consumer: 'wrangler', bundle: byWrangler },
  ]
  return bundlers.map(({ consumer, bundle }) => () => {
    const { version } = readJson(join(tools, consumer, 'package.json'))
    return table.check({ consumer, version, what: 'a Worker in workerd' }, async () => {
      const out = join(folder, 'workers', consumer)
      const { ok, what } = await workerdTest({ folder: runtimes, out, bundle, signal })
      if (!ok) throw new PlainError(what)
      return /\d+ of \d+ checks passed/.exec(what)?.[0]
    })
  })
}
