/**
 * What a general linter does not know of this project: sources that must run in every runtime name nothing that only
 * one has, do no work when they are loaded, and keep the direction of dependencies. Reads the sources and, where they
 * are built, the compiled files, with the TypeScript parser.
 */
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { entriesOf } from './lib/entries.mjs'
import { filesBelow, publicPackages, root } from './lib/workspace.mjs'

/** Entries that are for Node by their name; everything reached from any other entry must run anywhere. */
export const NODE_ENTRIES = ['./node']
/** Packages that are a program for Node and what takes its place, whole. */
export const NODE_PACKAGES = ['cli']

const RUNTIME_NAMES = new Set([
  'Buffer',
  'Bun',
  'Deno',
  '__dirname',
  '__filename',
  'clearImmediate',
  'document',
  'global',
  'process',
  'require',
  'setImmediate',
  'window',
])
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

/** Who may import what: a package outside this table is free to everyone. */
const BOUNDARIES = [
  { of: 'ky', only: ['core-client'], why: 'ky is the transport of core-client alone' },
  { of: /^@isoauth\//, never: ['sandbox'], why: 'the sandbox shares no code with the clients' },
  { of: /^@isoauth\/cli\b/, only: [], why: 'the command stands above all packages' },
  { of: /^@isoauth\//, never: ['core-crypto'], why: 'core-crypto is the lowest package' },
]

/** Every violation, as `path:line:column message`. */
export function lintIsomorphic() {
  return publicPackages().flatMap(({ dir, manifest }) => {
    const name = relative(join(root, 'packages'), dir)
    const compiled = filesBelow(join(dir, 'src'), { keep: isSource })
      .map((file) => toDist(dir, file))
      .filter((file) => existsSync(file))
    const problems = checkStale(dir)
    if (NODE_PACKAGES.includes(name)) return problems
    for (const base of ['src', 'dist']) {
      if (base === 'dist' && compiled.length === 0) continue
      const entries = isomorphicEntries(dir, manifest, base)
      const hasNodePart = Object.keys(manifest.exports).some((key) => NODE_ENTRIES.includes(key))
      const files = hasNodePart
        ? reachable(entries)
        : base === 'src'
          ? filesBelow(join(dir, 'src'), { keep: isSource })
          : compiled
      for (const file of files) problems.push(...lintFile(file, name))
      if (base === 'dist')
        problems.push(...declarationsOf(files).flatMap((file) => lintFile(file, name)))
    }
    return problems
  })
}

/** The problems of one text; `file` decides how it is parsed. Exported for its own test. */
export function lintText(text, file, packageName) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const problems = []
  const report = (node, message) => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source))
    problems.push(`${relative(root, file)}:${line + 1}:${character + 1} ${message}`)
  }
  for (const statement of source.statements) checkStatement(statement, source, report)
  const local = declaredNames(source)
  const visit = (node) => {
    checkNode(node, packageName, local, report)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return problems
}

/** A declaration that names a type of one runtime breaks the users of all others. */
function declarationsOf(files) {
  return files.map((file) => file.replace(/\.js$/, '.d.ts')).filter((file) => existsSync(file))
}

function lintFile(file, packageName) {
  return lintText(readFileSync(file, 'utf8'), file, packageName)
}

function checkNode(node, packageName, local, report) {
  const specifier = importedName(node)
  if (specifier !== undefined) checkImport(node, specifier, packageName, report)
  if (ts.isExportAssignment(node)) report(node, 'no default exports')
  if (
    ts.isIdentifier(node) &&
    RUNTIME_NAMES.has(node.text) &&
    !local.has(node.text) &&
    !isOnlyAName(node)
  ) {
    report(node, `'${node.text}' exists in some runtimes only`)
  }
  const property = globalProperty(node)
  if (property !== undefined && RUNTIME_NAMES.has(property)) {
    report(node, `'${property}' of the global object exists in some runtimes only`)
  }
}

function checkImport(node, specifier, packageName, report) {
  const bare = specifier.replace(/^node:/, '').split('/')[0]
  if (specifier.startsWith('node:') || builtinModules.includes(bare)) {
    report(node, `'${specifier}' is a module of Node`)
  }
  for (const { of, only, never, why } of BOUNDARIES) {
    const matches = typeof of === 'string' ? bare === of : of.test(specifier)
    if (!matches) continue
    if ((only && !only.includes(packageName)) || never?.includes(packageName)) {
      report(node, `'${specifier}' may not be imported here: ${why}`)
    }
  }
}

/** At the top level stand declarations and constants: nothing runs when the module is loaded. */
function checkStatement(statement, source, report) {
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
  if (!allowed.includes(statement.kind)) return report(statement, 'work at module load')
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
function checkConstant(node, source, report) {
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

function saysPure(node, source) {
  return source.text.slice(node.getFullStart(), node.getStart(source)).includes('@__PURE__')
}

/** A compiled file whose source is gone would be published all the same. */
function checkStale(dir) {
  const dist = join(dir, 'dist')
  return filesBelow(dist, { keep: (file) => file.endsWith('.js') })
    .filter((file) => !existsSync(toSource(dir, file)))
    .map(
      (file) =>
        `${relative(root, file)}: its source is gone: delete ${relative(root, dist)} and build`,
    )
}

function isomorphicEntries(dir, manifest, base) {
  return entriesOf({ dir, manifest })
    .filter(({ key }) => !NODE_ENTRIES.includes(key))
    .map(({ output, source }) => (base === 'dist' ? output : source))
}

/** The files that relative imports lead to, entries included. */
function reachable(entries) {
  const found = new Set()
  const visit = (file) => {
    if (found.has(file) || !existsSync(file)) return
    found.add(file)
    const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith('.')) visit(join(dirname(file), fileName))
    }
  }
  for (const entry of entries) visit(entry)
  return [...found]
}

function importedName(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return node.moduleSpecifier?.text
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return node.arguments[0]?.text
  }
  return undefined
}

/** `globalThis.x` and `globalThis['x']`. */
function globalProperty(node) {
  if (ts.isPropertyAccessExpression(node) && isGlobalObject(node.expression)) return node.name.text
  if (ts.isElementAccessExpression(node) && isGlobalObject(node.expression)) {
    return node.argumentExpression.text
  }
  return undefined
}

function isGlobalObject(node) {
  const inner =
    ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ? node.expression : node
  return inner === node
    ? ts.isIdentifier(node) && GLOBAL_OBJECTS.has(node.text)
    : isGlobalObject(inner)
}

/** Variables, parameters and functions of the file itself: `window` is also a word of exponentiation. */
function declaredNames(source) {
  const names = new Set()
  const visit = (node) => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node)
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

/** A property's or member's name, not a reference to the thing. */
function isOnlyAName(node) {
  const { parent } = node
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)) &&
      parent.name === node)
  )
}

function isStatic(member) {
  return member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true
}

function isSource(file) {
  return file.endsWith('.ts') && !file.endsWith('.d.ts')
}

function toDist(dir, file) {
  return join(dir, 'dist', relative(join(dir, 'src'), file).replace(/\.ts$/, '.js'))
}

function toSource(dir, file) {
  return join(dir, 'src', relative(join(dir, 'dist'), file).replace(/\.js$/, '.ts'))
}

if (process.argv[1] === import.meta.filename) {
  const problems = lintIsomorphic()
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}
