import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { publicPackages, readJson, root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'

/**
 * Each note names packages that exist and a kind of change, and says something; all packages are released together; the
 * first changelog of a package begins with what the package is.
 */
export function changesetProblems(): string[] {
  const names = publicPackages().map(({ name }) => name)
  return [...noteProblems(names), ...lockStepProblems(names), ...firstNoteProblems()]
}

/** They need each other in exact versions, so one that is released alone could not be installed beside the others. */
function lockStepProblems(names: string[]): string[] {
  const { fixed } = readJson(join(root, '.changeset/config.json'))
  const together = fixed.length === 1 ? fixed[0] : []
  return names
    .filter((name) => !together.includes(name))
    .map((name) => `.changeset/config.json: ${name} is not in the one list of "fixed"`)
}

/** Until a package has a version, one note is of it alone: what came before is no news to those who meet it first. */
function firstNoteProblems(): string[] {
  return publicPackages()
    .filter(({ manifest }) => manifest.version === '0.0.0')
    .flatMap(({ name }) => {
      const path = `.changeset/${basename(name)}.md`
      const file = join(root, path)
      const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
      const start = `---\n'${name}': minor\n---\n\nFirst release: `
      return text.startsWith(start)
        ? []
        : [`${path}: should say what ${name} is, as a "First release"`]
    })
}

function noteProblems(names: string[]): string[] {
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
        if (entry === null || !names.includes(entry[1] ?? ''))
          problems.push(`.changeset/${file}: ${line}`)
      }
      return problems
    })
}

await gate(import.meta.filename, changesetProblems)
