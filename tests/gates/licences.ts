/** Every package carries the project's licence, and depends on nothing that asks more of its user. */
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  publicPackages,
  root,
  rootManifest,
  workspacePackages,
} from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'
import { publishedClosure } from './published-closure.ts'

const LICENSE = 'MIT'

/** Licences that ask for no more than their own text to be kept, or not even that (0BSD, MIT-0). */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
])

export async function licenceProblems(): Promise<string[]> {
  return [...ownLicenceProblems(), ...(await dependencyLicenceProblems())]
}

async function dependencyLicenceProblems(): Promise<string[]> {
  return (await publishedClosure())
    .filter(({ licence }) => !allows(licence))
    .map(
      ({ name, versions, licence }) =>
        `${name} ${versions.join(', ')}: the licence ${licence} is none of ${[...ALLOWED].join(', ')}`,
    )
}

/** An SPDX expression: of `(MIT OR …)` one must do, of `MIT AND …` all. Exported for its own test. */
export function allows(licence: string): boolean {
  const text = licence.replace(/^\((.*)\)$/, '$1')
  if (/[()]/.test(text)) return false
  return text
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((id) => ALLOWED.has(id.trim())))
}

function ownLicenceProblems(): string[] {
  const problems: string[] = []
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

await gate(import.meta.filename, licenceProblems)
