/** The entries that a package declares in `exports`: what may be imported of it. */
import { join } from 'node:path'

/**
 * `{ key, specifier, name, output, source }` for each but `./package.json`: the key in `exports`, what a user writes
 * after `from`, the name for files of its own, the built file and the source it is built from.
 */
export function entriesOf({ dir, manifest }) {
  return Object.entries(manifest.exports ?? {})
    .filter(([key]) => key !== './package.json')
    .map(([key, { default: path }]) => ({
      key,
      specifier: `${manifest.name}${key.slice(1)}`,
      name: key === '.' ? 'index' : key.slice(2),
      output: join(dir, path),
      source: join(dir, sourceOf(path)),
    }))
}

/** `./dist/x.js` is built from `./src/x.ts`. */
export function sourceOf(path) {
  return path.replace(/^\.\/dist\//, './src/').replace(/\.js$/, '.ts')
}
