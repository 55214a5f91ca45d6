/** Which sources must run in every runtime. */
import { basename, join } from 'node:path'
import { entriesOf } from '../../scripts/lib/entries.ts'
import { filesBelow, publicPackages, type WorkspacePackage } from '../../scripts/lib/workspace.mjs'
import { reachedFrom } from './modules.ts'

/** Entries that are for Node by their name; everything reached from any other entry must run anywhere. */
export const NODE_ENTRIES: readonly string[] = ['./node', './playwright']
/** Packages that are a program for Node and what takes its place, whole. */
export const NODE_PACKAGES: readonly string[] = ['cli']

/** All sources of a package that has no part for Node, and else those that its other entries reach. */
export function isomorphicSources(): string[] {
  return publicPackages().flatMap((item) => {
    if (NODE_PACKAGES.includes(basename(item.dir))) return []
    const entries = entriesOf(item)
    const forAll = entries.filter(({ key }) => !NODE_ENTRIES.includes(key))
    if (forAll.length === entries.length) return sourcesOf(item)
    return [...reachedFrom(forAll.map(({ source }) => source))]
  })
}

export function sourcesOf({ dir }: Pick<WorkspacePackage, 'dir'>): string[] {
  return filesBelow(join(dir, 'src'), { keep: (file) => /(?<!\.d)\.ts$/.test(file) })
}
