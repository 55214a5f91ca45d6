/** Each package alone in an empty project, by every package manager, and a program that leans on nothing else. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { PlainError } from '../../../scripts/lib/process.mjs'
import { readJson, root } from '../../../scripts/lib/workspace.mjs'
import type { Context, Tarball, Work } from './context.ts'
import { consumerEnv, inProject, type Manager, present } from './managers.ts'

const programs = join(root, 'tests/consumers/programs')

/** One piece of work for each package and manager. */
export function aloneWorks(
  context: Context,
  managers: readonly Manager[],
  tarballs: readonly Tarball[],
): Work[] {
  return tarballs.flatMap((tarball) =>
    managers.map(
      (manager): Work =>
        (lane) =>
          tryAlone(context, { manager, tarball, lane }),
    ),
  )
}

function tryAlone(
  context: Context,
  { manager, tarball, lane }: { manager: Manager; tarball: Tarball; lane: number },
): unknown {
  const { table } = context
  const { name, runtime } = manager
  const row = { consumer: name, version: versionsOf(manager), what: `${tarball.name} alone` }
  if (runtime === undefined) return table.missing(row)
  return table.check(row, async () => {
    const project = makeProject(context, manager, tarball.name)
    const warnings = await add(context, { manager, tarball, project })
    if (warnings.length > 0) throw new PlainError(`It warns:\n${warnings.join('\n')}`)
    copyPrograms(project)
    const { folder, signal } = context
    const program = `${basename(tarball.name)}.mjs`
    const command = manager.start(runtime.path, program, [factsOf(folder, lane)])
    const env = consumerEnv(folder, runtime.path)
    return proven(await inProject(command, { cwd: project, env, signal }))
  })
}

/** The file that the programs of one lane are given. */
export function factsOf(folder: string, lane: number): string {
  return join(folder, `facts-${lane}.json`)
}

/** What a program says it has proven. */
export function proven({ stdout }: { stdout: string }): string {
  const [, what] = /^proven: (.+)$/m.exec(stdout) ?? []
  if (what === undefined) throw new PlainError(`the program did not come to its end\n${stdout}`)
  return what
}

/** An empty project of a package manager; its folder. */
export function makeProject(
  { folder }: Context,
  { name, files, manifest }: Manager,
  suffix: string,
): string {
  const project = join(folder, 'projects', `${name}-${suffix}`.replace(/[^a-z0-9]+/g, '-'))
  mkdirSync(project, { recursive: true })
  const all: Record<string, string> = { ...files }
  if (manifest) all['package.json'] = '{ "name": "consumer", "private": true, "type": "module" }\n'
  for (const [file, text] of Object.entries(all)) writeFileSync(join(project, file), text)
  return project
}

/** Installs one package; gives the warnings that concern it. */
export async function add(
  { folder, signal }: Context,
  { manager, tarball, project }: { manager: Manager; tarball: Tarball; project: string },
): Promise<string[]> {
  const { path } = present(manager)
  const command = manager.add(path, `${tarball.name}@${tarball.version}`)
  const env = consumerEnv(folder, path)
  const { output } = await inProject(command, { cwd: project, env, signal })
  if (manager.name === 'npm') requireIntegrity(project, tarball)
  return output
    .split('\n')
    .filter((line) => /EBADENGINE|deprecat|peer dep|unmet|unsupported engine/i.test(line))
}

/** What was installed is, bit by bit, what was packed. */
function requireIntegrity(project: string, { name, integrity }: Tarball): void {
  const { packages } = readJson(join(project, 'package-lock.json'))
  const seen = packages[`node_modules/${name}`]?.integrity
  if (seen !== integrity) throw new PlainError(`npm installed ${seen}, packed was ${integrity}`)
}

function copyPrograms(project: string): void {
  for (const name of readdirSync(programs)) {
    if (name.endsWith('.mjs')) copyFileSync(join(programs, name), join(project, name))
  }
}

function versionsOf({ name, version = '', runtime }: Manager): string {
  if (runtime === undefined) return version
  if (runtime.name === name) return version
  return `${version}, Node ${runtime.version}`
}
