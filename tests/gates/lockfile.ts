import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'

/** The lockfile names packages and hashes; an address in it would tie everyone to one registry. */
export function lockfileProblems(): string[] {
  return readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      /\b(tarball|registry):|https?:\/\//.test(line) && !/^\s*deprecated:/.test(line)
        ? [`pnpm-lock.yaml:${index + 1} an address`]
        : [],
    )
}

await gate(import.meta.filename, lockfileProblems)
