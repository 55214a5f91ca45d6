/**
 * What Biome's rules do not know: that a source which must run everywhere does no work when it is loaded, and reads
 * nothing of one runtime off the global object. `load.ts` proves the same of what is built, as far as it can be seen
 * from outside; this one sees the call that happens to touch nothing.
 */
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { gate } from './gate.ts'
import { isomorphicSources } from './isomorphic.ts'
import { nameOf } from './modules.ts'

/** What `biome.json` denies as a name of its own. */
const RUNTIME_NAMES = new Set(['Buffer', 'Bun', 'Deno', 'global', 'process', 'require', 'window'])
/** The one source that may look for a runtime's own: native arithmetic is found through it. */
const PROBE = { file: 'core-crypto/src/internal/native-crypto.ts', name: 'process' }
const GLOBAL_OBJECTS = new Set(['globalThis', 'self', 'window', 'global'])

/** Constructors that make a constant and touch nothing else; bundlers drop them when unused. */
const CONSTANT_CONSTRUCTORS = new Set([
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'TextEncoder',
  'TextDecoder',
])

type Report = (node: ts.Node, message: string) => void

function moduleLoadProblems(): string[] {
  return isomorphicSources().flatMap((file) =>
    problemsIn(readFileSync(file, 'utf8'), file).map((problem) => `${nameOf(file)}:${problem}`),
  )
}

/** The problems of one text, as `line:column message`. Exported for its own test. */
export function problemsIn(text: string, file = 'source.ts'): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const problems: string[] = []
  const report: Report = (node, message) => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source))
    problems.push(`${line + 1}:${character + 1} ${message}`)
  }
  for (const statement of source.statements) checkStatement(statement, source, report)
  const probed = file.endsWith(PROBE.file) ? PROBE.name : undefined
  const visit = (node: ts.Node) => {
    for (const property of globalProperties(node)) {
      if (!RUNTIME_NAMES.has(property) || property === probed) continue
      report(node, `'${property}' of the global object exists in some runtimes only`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return problems
}

/** At the top level stand declarations and constants: nothing runs when the module is loaded. */
function checkStatement(statement: ts.Statement, source: ts.SourceFile, report: Report): void {
  const { SyntaxKind } = ts
  const allowed = [
    SyntaxKind.ImportDeclaration,
    SyntaxKind.ExportDeclaration,
    SyntaxKind.ExportAssignment,
    SyntaxKind.FunctionDeclaration,
    SyntaxKind.ClassDeclaration,
    SyntaxKind.InterfaceDeclaration,
    SyntaxKind.TypeAliasDeclaration,
    SyntaxKind.VariableStatement,
  ]
  if (!allowed.includes(statement.kind)) report(statement, 'work at module load')
  if (ts.isImportDeclaration(statement) && statement.importClause === undefined) {
    report(statement, 'an import for its side effects')
  }
  if (ts.isClassDeclaration(statement)) {
    for (const member of statement.members) {
      if (ts.isClassStaticBlockDeclaration(member)) report(member, 'work at module load')
      if (ts.isPropertyDeclaration(member) && isStatic(member) && member.initializer) {
        checkConstant(member.initializer, source, report)
      }
    }
  }
  if (!ts.isVariableStatement(statement)) return
  if (!(statement.declarationList.flags & ts.NodeFlags.Const)) {
    report(statement, 'state shared by everyone in the process: use const')
  }
  for (const { initializer } of statement.declarationList.declarations) {
    if (initializer) checkConstant(initializer, source, report)
  }
}

/** A constant's value: literals and functions freely; a call only where it says that it is pure. */
function checkConstant(node: ts.Node, source: ts.SourceFile, report: Report): void {
  if (ts.isFunctionLike(node) || ts.isClassExpression(node)) return
  if (ts.isAwaitExpression(node)) report(node, 'top-level await')
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const callee = node.expression.getText(source)
    const constant = ts.isNewExpression(node)
      ? CONSTANT_CONSTRUCTORS.has(callee)
      : ['BigInt', 'Symbol', 'Object.freeze'].includes(callee)
    if (!constant && !saysPure(node, source)) {
      report(node, `work at module load: ${callee}(…) without /* @__PURE__ */`)
    }
  }
  ts.forEachChild(node, (child) => checkConstant(child, source, report))
}

function saysPure(node: ts.Node, source: ts.SourceFile): boolean {
  return source.text.slice(node.getFullStart(), node.getStart(source)).includes('@__PURE__')
}

/** `globalThis.x`, `globalThis['x']` and `const { x } = globalThis`. */
function globalProperties(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node) && isGlobalObject(node.expression)) {
    return [node.name.text]
  }
  if (ts.isElementAccessExpression(node) && isGlobalObject(node.expression)) {
    return [(node.argumentExpression as ts.StringLiteral).text]
  }
  if (!ts.isVariableDeclaration(node) || !ts.isObjectBindingPattern(node.name)) return []
  if (node.initializer === undefined || !isGlobalObject(node.initializer)) return []
  return node.name.elements.map(({ propertyName, name }) => (propertyName ?? name).getText())
}

function isGlobalObject(node: ts.Expression): boolean {
  const inner =
    ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ? node.expression : node
  return inner === node
    ? ts.isIdentifier(node) && GLOBAL_OBJECTS.has(node.text)
    : isGlobalObject(inner)
}

function isStatic(member: ts.PropertyDeclaration): boolean {
  return member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true
}

await gate(import.meta.filename, moduleLoadProblems)
