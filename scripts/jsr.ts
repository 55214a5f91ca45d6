/**
 * `npm run jsr`: each package's `jsr.json` from its `package.json`, so that both registries get the same. With `--check`,
 * names those that differ.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { argv } from 'node:process'
import { entriesOf } from './lib/entries.ts'
import { main, PlainError } from './lib/process.mjs'
import { publicPackages, root, sourceOf, type WorkspacePackage } from './lib/workspace.mjs'

await main(() => {
  if (!argv.includes('--check')) return publicPackages().forEach(write)
  const stale = publicPackages().filter((item) => read(fileOf(item)) !== textFor(item))
  if (stale.length === 0) return
  const names = stale.map((item) => relative(root, fileOf(item)))
  throw new PlainError(`${names.join(', ')}: not what package.json says: run npm run jsr`)
})

function write(item: WorkspacePackage): void {
  const text = textFor(item)
  if (text === undefined) rmSync(fileOf(item), { force: true })
  else writeFileSync(fileOf(item), text)
}

/** JSR takes the sources; undefined for a package that has nothing to import. */
function textFor(item: WorkspacePackage): string | undefined {
  const entries = entriesOf(item)
  if (entries.length === 0) return undefined
  const { name, version, license, exports } = item.manifest
  const config = {
    name,
    version,
    license,
    exports: Object.fromEntries(
      entries.map(({ key }) => [key, sourceOf(exports[key]?.default ?? '')]),
    ),
    publish: { include: ['src', 'README.md', 'LICENSE'] },
  }
  // Short lists on one line, as the formatter has them.
  const text = JSON.stringify(config, null, 2).replace(/\[[^\]]*\]/, (list) =>
    JSON.stringify(JSON.parse(list)).replaceAll(',', ', '),
  )
  return `${text}\n`
}

function fileOf({ dir }: WorkspacePackage): string {
  return join(dir, 'jsr.json')
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
