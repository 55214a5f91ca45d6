/** One project that has every package, by npm, for all that is not about installing. */
import { PlainError } from '../../../scripts/lib/process.mjs'
import { makeProject } from './alone.ts'
import type { Context, Tarball } from './context.ts'
import { type Command, consumerEnv, inProject, type Manager, present } from './managers.ts'

/** Its folder, or undefined where it could not be made. */
export async function installTogether(
  context: Context,
  npm: Manager,
  tarballs: readonly Tarball[],
): Promise<string | undefined> {
  const { folder, signal, table } = context
  let project: string | undefined
  const row = { consumer: 'npm', version: npm.version, what: 'every package in one project' }
  const done = await table.check(row, async () => {
    project = makeProject(context, npm, 'together')
    const specs = tarballs.map(({ name, version }) => `${name}@${version}`)
    const [first = '', ...others] = specs
    const all: Command = [...npm.add(present(npm).path, first), ...others]
    await inProject(all, { cwd: project, env: consumerEnv(folder), signal })
    const list: Command = ['npm', 'ls', '--all', '--parseable']
    const { stdout } = await inProject(list, { cwd: project, env: consumerEnv(folder), signal })
    const paths = stdout.trim().split('\n').slice(1)
    // Two copies of one package would be two classes of one error, and twice the size.
    const nested = paths.filter((path) => path.split('/node_modules/').length > 2)
    if (nested.length > 0) throw new PlainError(`installed twice:\n${nested.join('\n')}`)
    return `${paths.length} packages in all, none twice`
  })
  return done === undefined ? undefined : project
}
