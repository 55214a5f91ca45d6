/** The programs of `examples/` ask for our packages as users do, by a caret range of the version that is released. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Raises the ranges in each example's `package.json` and `deno.json`.
 *
 * @param {string} folder - `examples/`
 * @param {ReadonlyMap<string, string>} versions - of our packages, by name
 */
export function raiseExamples(folder, versions) {
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    for (const manifest of ['package.json', 'deno.json']) {
      const file = join(folder, name, manifest)
      if (existsSync(file)) writeFileSync(file, raised(readFileSync(file, 'utf8'), versions))
    }
  }
}

/**
 * `"NAME": "^0.1.0"` and `NAME@^0.1.0`, as npm and Deno write them.
 *
 * @param {string} text
 * @param {ReadonlyMap<string, string>} versions
 */
export function raised(text, versions) {
  return text.replace(/(@[\w-]+\/[\w-]+)(": "|@)\^[\w.-]+/g, (whole, name, between) => {
    const version = versions.get(name)
    return version === undefined ? whole : `${name}${between}^${version}`
  })
}
