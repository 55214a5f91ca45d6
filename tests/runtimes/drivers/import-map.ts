/** The import map of every package in a stage, as its `exports` give it to a browser. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const CONDITIONS = ['browser', 'import', 'default']

/** A target of `exports`: a file, or one for each condition. */
type Target = string | null | { readonly [condition: string]: Target }

export function importMap(stage: string): Record<string, string> {
  const modules = join(stage, 'node_modules')
  const imports: Record<string, string> = {}
  for (const name of packageNames(modules)) {
    const folder = join(modules, name)
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    for (const [key, target] of entriesOf(manifest)) {
      const file = forBrowser(target)?.replace(/^\.\//, '')
      if (file === undefined) continue
      for (const match of file.includes('*') ? matchesOf(file, folder) : ['']) {
        const specifier = name + key.slice(1).replace('*', match)
        imports[specifier] ??= `/node_modules/${name}/${file.replace('*', match)}`
      }
    }
  }
  return imports
}

/** Subpaths and targets, patterns last: Node prefers what is named in full. */
function entriesOf({ exports = './index.js' }: { exports?: Target }): [string, Target][] {
  const isTarget =
    typeof exports === 'string' || exports === null || !Object.keys(exports)[0]?.startsWith('.')
  const entries: [string, Target][] = isTarget ? [['.', exports]] : Object.entries(exports)
  return entries.sort(([one], [other]) => Number(one.includes('*')) - Number(other.includes('*')))
}

/** Node's rule: the first condition that is met, in the order written. */
function forBrowser(target: Target): string | undefined {
  if (typeof target === 'string') return target
  if (target === null) return undefined
  for (const [condition, next] of Object.entries(target)) {
    const found = CONDITIONS.includes(condition) ? forBrowser(next) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** What the star of a pattern may stand for: an import map has no patterns. */
function matchesOf(pattern: string, folder: string): string[] {
  const [before = '', after = ''] = pattern.split('*')
  return readdirSync(join(folder, before), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(after) && statSync(join(folder, before, path)).isFile())
    .map((path) => path.slice(0, path.length - after.length))
}

function packageNames(modules: string): string[] {
  return readdirSync(modules).flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(join(modules, name)).map((part) => `${name}/${part}`)
      : [name],
  )
}
