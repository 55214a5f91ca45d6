/** Which module of ours imports which. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { entriesOf } from '../../scripts/lib/entries.ts'
import { publicPackages, root } from '../../scripts/lib/workspace.mjs'

/** One `import` or `export … from`. */
export interface Import {
  readonly specifier: string
  readonly line: number
  /** The source that it leads to, where it is one of ours. */
  readonly target?: string | undefined
  /** Of types alone: nothing is loaded. */
  readonly isType: boolean
  /** `export … from`. */
  readonly isExport: boolean
}

/** What a source imports, dynamic imports and re-exports included. */
export function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: Import[] = []
  const visit = (node: ts.Node) => {
    const specifier = specifierOf(node)
    if (specifier !== undefined) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
      const target = targetOf(file, specifier)
      const isExport = ts.isExportDeclaration(node)
      found.push({ specifier, line, target, isType: isOfTypes(node), isExport })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The sources that are loaded with these, themselves included, across our packages. */
export function reachedFrom(files: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const visit = (file: string) => {
    if (reached.has(file)) return
    reached.add(file)
    for (const { target, isType } of importsOf(file)) {
      if (target !== undefined && !isType) visit(target)
    }
  }
  for (const file of files) visit(file)
  return reached
}

/** A path as people write it. */
export function nameOf(file: string): string {
  return relative(root, file)
}

/** The package of a source, by its folder: `core-client`. */
export function packageOf(file: string): string {
  const { dir } = publicPackages().find((item) => file.startsWith(`${item.dir}/`)) ?? {}
  return dir === undefined ? '' : basename(dir)
}

function specifierOf(node: ts.Node): string | undefined {
  const expression =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : undefined
  return expression && ts.isStringLiteralLike(expression) ? expression.text : undefined
}

/** `import { type X }` is none: the module is loaded all the same. */
function isOfTypes(node: ts.Node): boolean {
  return (
    ts.isImportTypeNode(node) ||
    (ts.isExportDeclaration(node) && node.isTypeOnly) ||
    (ts.isImportDeclaration(node) && node.importClause?.isTypeOnly === true)
  )
}

function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    const target = join(dirname(file), specifier)
    return existsSync(target) ? target : undefined
  }
  return entrySources().get(specifier)
}

let entries: Map<string, string> | undefined
/** The source of each entry, by what is written after `from`. */
export function entrySources(): Map<string, string> {
  entries ??= new Map(
    publicPackages()
      .flatMap(entriesOf)
      .map(({ specifier, source }) => [specifier, source]),
  )
  return entries
}
