/** CommonJS: `require` of the ES modules, in every Node that has it. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { installedEngines } from '../../../scripts/lib/engines.ts'
import { manifestOf } from '../../../scripts/lib/release.mjs'
import { root } from '../../../scripts/lib/workspace.mjs'
import { factsOf, proven } from './alone.ts'
import type { Context, Tarball, Work } from './context.ts'
import { type Command, consumerEnv, inProject } from './managers.ts'

export function commonJsWorks(
  { folder, signal, table }: Context,
  project: string,
  tarballs: readonly Tarball[],
): Work[] {
  const program = 'require.cjs'
  copyFileSync(join(root, 'tests/consumers/programs', program), join(project, program))
  const entries = tarballs.flatMap((tarball) =>
    Object.keys(manifestOf(tarball).exports)
      .filter((key) => !key.endsWith('.json'))
      .map((key) => tarball.name + key.slice(1)),
  )
  const engines = new Map(installedEngines().map((engine) => [engine.name, engine] as const))
  const nodes: { name: string; version?: string; path?: string }[] = [
    { name: 'this Node', version: process.versions.node, path: process.execPath },
    ...(['node22', 'node24', 'node26'] as const).map((name) => engines.get(name) ?? { name }),
  ]
  return nodes.map(({ name, version, path }) => () => {
    const row = { consumer: 'CommonJS', version: version ?? '', what: `require, ${name}` }
    if (path === undefined) return table.missing(row)
    return table.check(row, async () => {
      const command: Command = [path, program, factsOf(folder, 0), ...entries]
      return proven(await inProject(command, { cwd: project, env: consumerEnv(folder), signal }))
    })
  })
}
