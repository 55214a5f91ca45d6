/** Every error code of a package is in a table of its README, and no code there is one of the past. */
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { filesBelow, publicPackages, root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'

export function readmeCodeProblems(): string[] {
  return publicPackages().flatMap(({ dir }) => {
    const where = relative(root, dir)
    const codes = codesOf(dir)
    const readme = join(dir, 'README.md')
    if (!existsSync(readme)) return [`${where}/README.md: missing`]
    const listed = listedCodes(readFileSync(readme, 'utf8'))
    const prefixes = new Set(codes.map((code) => code.split('_')[0]))
    return [
      ...codes
        .filter((code) => !listed.includes(code))
        .map((code) => `${where}/README.md: ${code} is in no table`),
      ...listed
        .filter((code) => prefixes.has(code.split('_')[0]) && !codes.includes(code))
        .map((code) => `${where}/README.md: ${code} is no code of the source`),
    ]
  })
}

/** The members of the unions named `…ErrorCode`. */
function codesOf(dir: string): string[] {
  const codes: string[] = []
  for (const file of filesBelow(join(dir, 'src'), { keep: (path) => path.endsWith('errors.ts') })) {
    const text = readFileSync(file, 'utf8')
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    for (const statement of source.statements) {
      if (!ts.isTypeAliasDeclaration(statement) || !statement.name.text.endsWith('ErrorCode'))
        continue
      const members = ts.isUnionTypeNode(statement.type) ? statement.type.types : [statement.type]
      for (const member of members) {
        if (ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal)) {
          codes.push(member.literal.text)
        }
      }
    }
  }
  return codes
}

/** Codes in the first column of a table. */
function listedCodes(markdown: string): string[] {
  return [...markdown.matchAll(/^\|\s*`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`\s*\|/gm)].map(
    ([, code = '']) => code,
  )
}

await gate(import.meta.filename, readmeCodeProblems)
