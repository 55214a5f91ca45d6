/**
 * Who imports whom: the direction between packages, nothing of another's internals, nothing upward out of `internal/`,
 * no circles, and at a package's root only what an entry exports.
 */
import { basename, dirname, join, relative } from 'node:path'
import { entriesOf } from '../../scripts/lib/entries.ts'
import { publicPackages, type WorkspacePackage } from '../../scripts/lib/workspace.mjs'
import { gate, type Outcome } from './gate.ts'
import { NODE_PACKAGES, sourcesOf } from './isomorphic.ts'
import { importsOf, nameOf, packageOf } from './modules.ts'

const CLIENTS = ['core-client', 'core-crypto']
/** Which of our packages each may import. The sandbox shares no code with what is tried against it. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'core-crypto': [],
  'core-client': ['core-crypto'],
  'ibkr-oauth1': CLIENTS,
  'ibkr-oauth2': CLIENTS,
  'ibkr-session': CLIENTS,
  'ibkr-sso': CLIENTS,
  'ultracart-sso': CLIENTS,
  sandbox: [],
  cli: [
    ...CLIENTS,
    'ibkr-oauth1',
    'ibkr-oauth2',
    'ibkr-session',
    'ibkr-sso',
    'ultracart-sso',
    'sandbox',
  ],
}

/** Each source with the sources of ours that it imports, types included. */
export type Graph = ReadonlyMap<string, readonly string[]>

function importProblems(): Outcome {
  const items = publicPackages()
  const graph: Graph = new Map(
    items.flatMap(sourcesOf).map((file) => [file, targetsOf(file)] as const),
  )
  const problems = [
    ...items.flatMap(directionProblems),
    ...items.flatMap((item) => [...upwardProblems(item.dir, graph), ...rootProblems(item, graph)]),
    ...circlesOf(graph).map((circle) => `import circle: ${circle.map(nameOf).join(' -> ')}`),
  ]
  return { problems, note: `${graph.size} sources, import circles 0` }
}

function targetsOf(file: string): string[] {
  return importsOf(file).flatMap(({ target }) => (target === undefined ? [] : [target]))
}

function directionProblems(item: WorkspacePackage): string[] {
  const own = basename(item.dir)
  const allowed = MAY_IMPORT[own]
  if (allowed === undefined) {
    return [
      `${nameOf(item.dir)}: which packages it may import is not said in tests/gates/imports.ts`,
    ]
  }
  return sourcesOf(item).flatMap((file) =>
    importsOf(file).flatMap(({ specifier, line, target }) => {
      const where = `${nameOf(file)}:${line}`
      if (specifier.startsWith('.')) {
        const path = relative(join(item.dir, 'src'), join(dirname(file), specifier))
        return path.startsWith('..') ? [`${where} ${specifier} leads out of the package`] : []
      }
      if (!specifier.startsWith('@isoauth/')) return []
      if (target === undefined) return [`${where} ${specifier} is no entry of a package`]
      return allowed.includes(packageOf(target))
        ? []
        : [`${where} ${specifier} may not be imported by ${own}`]
    }),
  )
}

/** What is internal knows nothing of what is built on it. Exported for its own test. */
export function upwardProblems(dir: string, graph: Graph): string[] {
  const src = join(dir, 'src')
  const internal = join(src, 'internal')
  return [...graph]
    .filter(([file]) => isBelow(internal, file))
    .flatMap(([file, targets]) =>
      targets
        .filter((target) => isBelow(src, target) && !isBelow(internal, target))
        .map((target) => `${nameOf(file)} imports ${nameOf(target)}, which is not internal`),
    )
}

/** At the root of `src` stand the entries, the commands, and what an entry exports. */
function rootProblems(item: WorkspacePackage, graph: Graph): string[] {
  // A program is no library: its folders are its order.
  if (NODE_PACKAGES.includes(basename(item.dir))) return []
  const src = join(item.dir, 'src')
  const entries = entriesOf(item).map(({ source }) => source)
  const exported = entries.flatMap((entry) =>
    importsOf(entry).flatMap(({ target, isExport }) => (isExport && target ? [target] : [])),
  )
  const bin = Object.values((item.manifest as { bin?: Record<string, string> }).bin ?? {}).map(
    (path) => join(item.dir, path.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts')),
  )
  const allowed = new Set([...entries, ...exported, ...bin])
  return [...graph.keys()]
    .filter((file) => dirname(file) === src && !allowed.has(file))
    .map((file) => `${nameOf(file)} is exported by no entry: its place is below src/internal`)
}

/** Every circle once, as the files on it; the first is named again at the end. Exported for its own test. */
export function circlesOf(graph: Graph): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string) => {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file])
    if (at >= 0 || done.has(file)) return
    path.push(file)
    for (const target of graph.get(file) ?? []) visit(target)
    path.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return found
}

function isBelow(folder: string, file: string): boolean {
  return file.startsWith(`${folder}/`)
}

await gate(import.meta.filename, importProblems)
