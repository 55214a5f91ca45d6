/**
 * The packages as Deno meets them, laid out in a folder of their own: as members of a Deno workspace, the way they are
 * published to JSR; and as installed npm packages. In the checkout itself Deno would follow pnpm's links into the
 * packages' folders and take the `./x.ts` of a declaration for a file.
 */
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { entriesOf } from '../../scripts/lib/entries.ts'
import { publicPackages, readJson, root } from '../../scripts/lib/workspace.mjs'

/** A Deno workspace of the sources; each package's `jsr.json` is its configuration. */
export function layOutWorkspace(folder: string): string[] {
  const members = publicPackages().filter(({ dir }) => existsSync(join(dir, 'jsr.json')))
  for (const { dir } of members) {
    const member = join(folder, basename(dir))
    for (const name of ['src', 'README.md', 'LICENSE']) copy(dir, member, name)
    writeManifest(dir, member)
    // Deno resolves one member from another by deno.json alone; for publishing either name will do.
    cpSync(join(dir, 'jsr.json'), join(member, 'deno.json'))
    if (existsSync(join(dir, 'node_modules')))
      link(join(dir, 'node_modules'), join(member, 'node_modules'))
  }
  link(join(root, 'node_modules'), join(folder, 'node_modules'))
  const workspace = members.map(({ dir }) => `./${basename(dir)}`)
  writeFileSync(join(folder, 'deno.json'), JSON.stringify({ workspace, nodeModulesDir: 'manual' }))
  return members.flatMap((item) =>
    entriesOf(item).map(({ source }) => source.replace(dirname(item.dir), folder)),
  )
}

/** `node_modules` with copies of what is published; returns a file that imports every entry. */
export function layOutInstalled(folder: string): string {
  const items = publicPackages()
  for (const { name, dir, manifest } of items) {
    const installed = join(folder, 'node_modules', name)
    for (const file of manifest.files) copy(dir, installed, file)
    writeManifest(dir, installed)
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      const target = join(folder, 'node_modules', dependency)
      if (!items.some((item) => item.name === dependency) && !existsSync(target))
        link(join(dir, 'node_modules', dependency), target)
    }
  }
  // Declarations of others refer to Node's types.
  link(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
  writeFileSync(join(folder, 'deno.json'), JSON.stringify({ nodeModulesDir: 'manual' }))
  const entries = items.flatMap(entriesOf)
  const lines = [
    ...entries.map(({ specifier }, index) => `import * as entry${index} from '${specifier}'`),
    `export const entries: object[] = [${entries.map((_, index) => `entry${index}`).join(', ')}]`,
  ]
  const file = join(folder, 'every-entry.ts')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** The manifest with the installed versions in place of `catalog:`, as pnpm would pack it. */
function writeManifest(from: string, to: string): void {
  const manifest = readJson(join(from, 'package.json'))
  const { dependencies = {} } = manifest
  for (const name of Object.keys(dependencies).filter((key) => dependencies[key] === 'catalog:')) {
    dependencies[name] = readJson(join(from, 'node_modules', name, 'package.json')).version
  }
  writeFileSync(
    join(to, 'package.json'),
    JSON.stringify({ ...manifest, devDependencies: undefined }),
  )
}

function copy(from: string, to: string, name: string): void {
  mkdirSync(to, { recursive: true })
  cpSync(join(from, name), join(to, name), { recursive: true })
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}
