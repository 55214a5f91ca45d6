/** Every entry of every package has a size budget, which `size-limit` then holds it to. */
import { join, relative } from 'node:path'
import { entriesOf } from '../../scripts/lib/entries.ts'
import { publicPackages, readJson, root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'

interface Budget {
  readonly name: string
  readonly path: string
  readonly limit?: string
  readonly gzip?: boolean
}

export function budgetProblems(): string[] {
  const budgets: Budget[] = readJson(join(root, '.size-limit.json'))
  const entries = publicPackages().flatMap(entriesOf)
  const outputs = new Set(entries.map(({ output }) => relative(root, output)))
  return [
    ...entries
      .filter(({ output }) => !budgets.some(({ path }) => path === relative(root, output)))
      .map(
        ({ specifier, output }) =>
          `.size-limit.json: no budget for ${specifier} (path ${relative(root, output)})`,
      ),
    ...budgets
      .filter(({ path }) => !outputs.has(path))
      .map(({ name, path }) => `.size-limit.json: "${name}" measures ${path}, which is no entry`),
    ...budgets
      .filter(({ limit, gzip }) => typeof limit !== 'string' || gzip !== true)
      .map(({ name }) => `.size-limit.json: "${name}" must have a limit, and "gzip": true`),
  ]
}

await gate(import.meta.filename, budgetProblems)
