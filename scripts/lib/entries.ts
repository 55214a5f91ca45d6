/** The entries that a package declares in `exports`: what may be imported of it. */
import { join } from 'node:path'
import { sourceOf, type WorkspacePackage } from './workspace.mjs'

export interface Entry {
  /** The key in `exports`. */
  readonly key: string
  /** What a user writes after `from`. */
  readonly specifier: string
  /** For files of its own. */
  readonly name: string
  /** The built file. */
  readonly output: string
  /** The source that it is built from. */
  readonly source: string
}

/** Each entry with code: `./package.json` and other data have no source. */
export function entriesOf({ dir, manifest }: Pick<WorkspacePackage, 'dir' | 'manifest'>): Entry[] {
  return Object.entries(manifest.exports ?? {})
    .filter(([key]) => !key.endsWith('.json'))
    .map(([key, { default: path }]) => ({
      key,
      specifier: `${manifest.name}${key.slice(1)}`,
      name: key === '.' ? 'index' : key.slice(2),
      output: join(dir, path),
      source: join(dir, sourceOf(path)),
    }))
}

/** The users of core-client are the clients of this project, which are released with it: it has no pages. */
export function hasApiPages({ manifest }: Pick<WorkspacePackage, 'manifest'>): boolean {
  return manifest.name !== '@isoauth/core-client'
}
