/** `npm run jsr`: each package's `jsr.json` from its `package.json`, so that both registries get the same. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { entriesOf, sourceOf } from './lib/entries.mjs'
import { publicPackages, root } from './lib/workspace.mjs'

/** Files that differ from what `package.json` says: name, version, licence, exports. */
export function staleJsr() {
  return publicPackages()
    .filter((item) => {
      const file = fileOf(item)
      return (existsSync(file) ? readFileSync(file, 'utf8') : undefined) !== textFor(item)
    })
    .map((item) => `${relative(root, fileOf(item))} is not what package.json says: run npm run jsr`)
}

/** JSR takes the sources; undefined for a package that has nothing to import. */
function textFor(item) {
  const entries = entriesOf(item)
  if (entries.length === 0) return undefined
  const { name, version, license, exports } = item.manifest
  const config = {
    name,
    version,
    license,
    exports: Object.fromEntries(entries.map(({ key }) => [key, sourceOf(exports[key].default)])),
    publish: { include: ['src', 'README.md', 'LICENSE'] },
  }
  // Short lists on one line, as the formatter has them.
  const text = JSON.stringify(config, null, 2).replace(/\[[^\]]*\]/, (list) =>
    JSON.stringify(JSON.parse(list)).replaceAll(',', ', '),
  )
  return `${text}\n`
}

function fileOf({ dir }) {
  return join(dir, 'jsr.json')
}

/** Writes them all. */
export function writeJsr() {
  for (const item of publicPackages()) {
    const text = textFor(item)
    if (text === undefined) rmSync(fileOf(item), { force: true })
    else writeFileSync(fileOf(item), text)
  }
}

if (process.argv[1] === import.meta.filename) writeJsr()
