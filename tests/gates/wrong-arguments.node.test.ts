/** That no entry of a public package is left out of the tables of wrong arguments, which name every export. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { entriesOf } from '../../scripts/lib/entries.ts'
import { publicPackages } from '../../scripts/lib/workspace.mjs'

it.each(publicPackages().map((item) => [item.name, item] as const))('%s', (_, item) => {
  const folder = join(item.dir, 'test')
  const tables = readdirSync(folder).filter((name) =>
    /^every-export(\.node)?\.test\.ts$/.test(name),
  )
  const text = tables.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  for (const { specifier } of entriesOf(item)) {
    expect(text).toMatch(new RegExp(`^import \\* as \\w+ from '${specifier}'$`, 'm'))
  }
})
