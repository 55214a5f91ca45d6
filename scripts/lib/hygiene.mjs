/** What must not be in a tracked file, and what every package must carry. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from './process.mjs'
import { publicPackages, root, rootManifest, workspacePackages } from './workspace.mjs'

const LICENSE = 'MIT'

/** Written in pieces, so that this file does not find itself. */
const FORBIDDEN = [
  {
    pattern: /(^|[\s'"`(=:])\/(?:work|root|home\/\w+|Users\/\w+)\//,
    what: 'a path of one machine',
  },
  { pattern: /\/\/[\w.-]*registry[\w.-]*\.\w/i, what: 'the address of a registry' },
  {
    pattern: new RegExp('\\b(TO' + 'DO|FIX' + 'ME|HA' + 'CK|XX' + 'X)\\b'),
    what: 'unfinished work',
  },
  { pattern: /\b(?:describe|it|test)\.(?:only|skip|todo)\b/, what: 'a test that is left out' },
]

/** Known answers are data of others and of random bytes: any letters may stand there. */
const DATA = /^vectors\/|\.(png|ico|woff2)$/

export async function trackedFileProblems() {
  const { output, code } = await run('git', ['ls-files', '-z'], { cwd: root })
  if (code !== 0) return [`git ls-files: ${output.trim()}`]
  return output
    .split('\0')
    .filter((file) => file !== '' && !DATA.test(file) && existsSync(join(root, file)))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n')
      return FORBIDDEN.flatMap(({ pattern, what }) =>
        lines.flatMap((line, index) =>
          pattern.test(line) ? [`${file}:${index + 1} ${what}`] : [],
        ),
      )
    })
}

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

export function licenseProblems() {
  const problems = []
  const text = readFileSync(join(root, 'LICENSE'), 'utf8')
  if (rootManifest.license !== LICENSE) problems.push(`package.json: license is not ${LICENSE}`)
  for (const { dir, manifest } of workspacePackages()) {
    if (manifest.license !== LICENSE) {
      problems.push(`${relative(root, dir)}/package.json: license is not ${LICENSE}`)
    }
  }
  for (const { dir, manifest } of publicPackages()) {
    const where = relative(root, dir)
    const file = join(dir, 'LICENSE')
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
      problems.push(`${where}/LICENSE: differs from the one at the root`)
    }
    if (manifest.repository?.directory !== where) {
      problems.push(`${where}/package.json: repository.directory must be ${where}`)
    }
  }
  return problems
}

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
