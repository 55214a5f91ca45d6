/** Exactly which files each tarball holds, as listed in `tests/consumers/files/`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { PlainError } from '../../../scripts/lib/process.mjs'
import { root } from '../../../scripts/lib/workspace.mjs'
import type { Context, Tarball } from './context.ts'

export async function checkFiles({ table }: Context, tarballs: readonly Tarball[]): Promise<void> {
  for (const tarball of tarballs) {
    const { name, version, files } = tarball
    await table.check({ consumer: 'tarball', version, what: `${name}, list of files` }, () => {
      const expected = expectedFiles(name)
      const problems = [
        ...[...files.keys()].filter((path) => !expected.has(path)).map((path) => `more: ${path}`),
        ...[...expected].filter((path) => !files.has(path)).map((path) => `missing: ${path}`),
      ]
      if (problems.length === 0) return `${files.size} files`
      throw new PlainError(
        [
          ...problems,
          `If this is meant: npm run test:consumers -- --write-files, and read what changed in ${listOf(name)}.`,
        ].join('\n'),
      )
    })
  }
}

/** Writes the lists as the tarballs are now. */
export function writeFiles(tarballs: readonly Tarball[]): void {
  mkdirSync(join(root, 'tests/consumers/files'), { recursive: true })
  for (const { name, files } of tarballs) {
    writeFileSync(join(root, listOf(name)), `${[...files.keys()].sort().join('\n')}\n`)
    console.log(`wrote ${listOf(name)}: ${files.size} files`)
  }
}

function expectedFiles(name: string): Set<string> {
  const file = join(root, listOf(name))
  return new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [])
}

function listOf(name: string): string {
  return `tests/consumers/files/${basename(name)}.txt`
}
