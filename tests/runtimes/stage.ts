/**
 * What would be published, as somebody has it after installing it: every public package packed, unpacked into one
 * `node_modules`, and its third-party dependencies beside it in the versions of the lockfile. Nothing is a link
 * into the workspace, and nothing is downloaded.
 */
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { PlainError, run } from '../../scripts/lib/process.mjs'
import { toolEnv } from '../../scripts/lib/setup.mjs'
import {
  type Manifest,
  notes,
  publicPackages,
  readJson,
  root,
} from '../../scripts/lib/workspace.mjs'

/** Makes the stage anew and returns its folder. `tarballs`: a folder of packed packages to use as they are. */
export async function stagePackages({
  tarballs,
}: {
  tarballs?: string | undefined
} = {}): Promise<string> {
  const stage = join(notes, 'stage')
  rmSync(stage, { recursive: true, force: true })
  mkdirSync(join(stage, 'node_modules'), { recursive: true })
  const manifest = { name: 'stage', private: true, type: 'module' }
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest)}\n`)
  for (const { dir, manifest: source } of publicPackages()) {
    const tarball = await packed(source, dir, tarballs, tarballs ?? join(stage, 'tarballs'))
    const folder = join(stage, 'node_modules', source.name)
    mkdirSync(folder, { recursive: true })
    await must('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'])
    const { dependencies = {} }: Partial<Manifest> = readJson(join(folder, 'package.json'))
    for (const [name, range] of Object.entries(dependencies)) {
      if (range.startsWith('workspace:')) {
        throw new PlainError(
          `${source.name} is packed with ${name} as ${range}: nobody can install it`,
        )
      }
      if (!isOurs(name)) copyDependency(name, dir, stage)
    }
  }
  return stage
}

async function packed(
  { name, version }: Manifest,
  dir: string,
  given: string | undefined,
  folder: string,
): Promise<string> {
  const file = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  if (given === undefined) await must('pnpm', ['pack', '--pack-destination', folder], dir)
  if (existsSync(file)) return file
  throw new PlainError(`${name}: there is no ${relative(process.cwd(), file)}; pnpm pack makes it`)
}

/** Copies a package that somebody needs, and what it needs itself. */
function copyDependency(name: string, from: string, stage: string): void {
  const source = installedFor(name, from)
  const { version, dependencies = {} } = readJson(join(source, 'package.json'))
  const target = join(stage, 'node_modules', name)
  if (existsSync(target)) {
    const other = readJson(join(target, 'package.json')).version
    if (other === version) return
    throw new PlainError(
      `${name} is needed as ${version} and as ${other}: the stage holds one of each`,
    )
  }
  const inside = (path: string) => relative(source, path).split(/[\\/]/).includes('node_modules')
  cpSync(source, target, { recursive: true, dereference: true, filter: (path) => !inside(path) })
  for (const next of Object.keys(dependencies)) copyDependency(next, source, stage)
}

/** Where a package finds a dependency: in the `node_modules` of its folder or of one above. */
function installedFor(name: string, from: string): string {
  for (let folder = realpathSync(from); ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (existsSync(path)) return realpathSync(path)
    if (folder === dirname(folder)) {
      throw new PlainError(`${name}, which ${relative(root, from)} needs, is not installed`)
    }
  }
}

function isOurs(name: string): boolean {
  return publicPackages().some((item) => item.name === name)
}

async function must(command: string, args: readonly string[], cwd = root): Promise<void> {
  const { code, output } = await run(command, args, { cwd, env: toolEnv() })
  if (code !== 0) throw new PlainError(`${command} ${args[0]} failed:\n${output.trim()}`)
}
