import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicPackages, root } from '../lib/workspace.mjs'

/** Each note names packages that exist and a kind of change, and says something. */
export function changesetProblems() {
  const names = publicPackages().map(({ name }) => name)
  const folder = join(root, '.changeset')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .flatMap((file) => {
      const parts = /^---\n([\s\S]*?)---\n([\s\S]*)$/.exec(readFileSync(join(folder, file), 'utf8'))
      if (parts === null) return [`.changeset/${file}: no front matter`]
      const [, head = '', body = ''] = parts
      const problems = body.trim() === '' ? [`.changeset/${file}: says nothing`] : []
      for (const line of head.trim().split('\n').filter(Boolean)) {
        const entry = /^['"]?([^'"]+)['"]?: (patch|minor|major)$/.exec(line.trim())
        if (entry === null || !names.includes(entry[1]))
          problems.push(`.changeset/${file}: ${line}`)
      }
      return problems
    })
}
