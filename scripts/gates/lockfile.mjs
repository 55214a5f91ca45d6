import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/workspace.mjs'

/** The lockfile names packages and hashes; an address in it would tie everyone to one registry. */
export function lockfileProblems() {
  return readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      /\b(tarball|registry):|https?:\/\//.test(line) && !/^\s*deprecated:/.test(line)
        ? [`pnpm-lock.yaml:${index + 1} an address`]
        : [],
    )
}
