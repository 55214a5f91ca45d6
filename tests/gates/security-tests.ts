/** Every line of the threat model in SECURITY.md names a test file that is there. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'

const SECTION = /^## What is protected\n(.*?)^## /ms

export function securityTestProblems(text: string): string[] {
  const section = SECTION.exec(text)?.[1]
  if (section === undefined) return ['SECURITY.md: no section "What is protected"']
  const rows = section.split('\n').filter((line) => /^\| (?!---|what )/.test(line))
  if (rows.length === 0) return ['SECURITY.md: the threat model has no lines']
  return rows.flatMap((row) => {
    const cell = row.split('|').at(-2) ?? ''
    const files = [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
    if (files.length === 0) return [`SECURITY.md: no test is named in: ${row}`]
    return files
      .filter((file) => !existsSync(join(root, file)))
      .map((file) => `SECURITY.md: ${file} is not there`)
  })
}

await gate(import.meta.filename, () =>
  securityTestProblems(readFileSync(join(root, 'SECURITY.md'), 'utf8')),
)
