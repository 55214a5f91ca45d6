/** No dependency twice: a user's bundle would carry both versions, and two copies of one class are two classes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Manifest,
  root,
  rootManifest,
  workspacePackages,
} from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'
import { publishedClosure } from './published-closure.ts'

/** What users get and what we ask for ourselves must be one version; what our tools bring is only told. */
export async function duplicates(): Promise<{ problems: string[]; note: string }> {
  const problems = [
    ...(await publishedClosure())
      .filter(({ versions }) => versions.length > 1)
      .map(({ name, versions }) => `${name}: users get ${versions.join(' and ')}`),
    ...wronglyAsked([
      { where: 'package.json', manifest: rootManifest },
      ...workspacePackages().map(({ name, manifest }) => ({ where: name, manifest })),
    ]),
  ]
  const tools = namesTwice(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'))
  return {
    problems,
    note: tools.length === 0 ? 'ok' : `${tools.length} names below tools, in several versions`,
  }
}

/** Names that the lockfile has in more than one version. Exported for its own test. */
export function namesTwice(lockfile: string): string[] {
  const [, packages = ''] = /^packages:\n([\s\S]*?)(?=^\S|(?![\s\S]))/m.exec(lockfile) ?? []
  const names = [...packages.matchAll(/^ {2}'?(@?[^@\n]+)@[^\n]*:$/gm)].map(([, name = '']) => name)
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}

/**
 * What our own manifests ask for otherwise than they should: a package of others that several need by anything but
 * `catalog:`, and one of ours by anything but `workspace:*`, which is published as the exact version. Exported for its
 * own test.
 */
export function wronglyAsked(
  manifests: readonly { readonly where: string; readonly manifest: Partial<Manifest> }[],
): string[] {
  const asked = new Map<string, { where: string; range: string }[]>()
  for (const { where, manifest } of manifests) {
    const { dependencies, devDependencies, optionalDependencies } = manifest
    const all = { ...dependencies, ...devDependencies, ...optionalDependencies }
    for (const [name, range] of Object.entries(all)) {
      asked.set(name, [...(asked.get(name) ?? []), { where, range }])
    }
  }
  return [...asked].flatMap(([name, all]) => {
    const isOurs = manifests.some(({ manifest }) => manifest.name === name)
    const wanted = isOurs ? 'workspace:*' : 'catalog:'
    if (!isOurs && all.length === 1) return []
    return all
      .filter(({ range }) => range !== wanted)
      .map(({ where, range }) => `${where}: asks for ${name} as ${range}, not as ${wanted}`)
  })
}

await gate(import.meta.filename, duplicates)
