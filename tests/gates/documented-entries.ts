/** What a package declares is what its README and the API pages name: every entry and every exported name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import ts from 'typescript'
import { type Entry, entriesOf, hasApiPages } from '../../scripts/lib/entries.ts'
import {
  filesBelow,
  publicPackages,
  readJson,
  root,
  type WorkspacePackage,
  workspacePackages,
} from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'

export function documentedEntryProblems(): string[] {
  return [
    ...publicPackages().flatMap((item) => [
      ...readmeProblems(item),
      ...(hasApiPages(item) ? [...pageProblems(item), ...nameProblems(item)] : []),
    ]),
    ...undeclaredProblems(),
  ]
}

function readmeProblems(item: WorkspacePackage): string[] {
  const file = join(item.dir, 'README.md')
  const named = new Set(existsSync(file) ? specifiersIn(readFileSync(file, 'utf8')) : [])
  return entriesOf(item)
    .filter(({ specifier }) => !named.has(specifier))
    .map(({ specifier }) => `${relative(root, file)}: says nothing of ${specifier}`)
}

/** One page an entry, or one for all of a package that has one entry; and no page of an entry that is gone. */
function pageProblems(item: WorkspacePackage): string[] {
  const folder = pagesOf(item)
  const wanted = new Set(['README.md', ...entriesOf(item).map((entry) => pageOf(item, entry))])
  const there = existsSync(folder) ? readdirSync(folder) : []
  const where = relative(root, folder)
  return [
    ...[...wanted]
      .filter((name) => !there.includes(name))
      .map((name) => `${where}/${name}: missing: run npm run docs`),
    ...there
      .filter((name) => !wanted.has(name))
      .map((name) => `${where}/${name}: is of no entry in exports`),
  ]
}

function nameProblems(item: WorkspacePackage): string[] {
  return entriesOf(item).flatMap((entry) => {
    const page = join(pagesOf(item), pageOf(item, entry))
    if (!existsSync(page)) return []
    const listed = new Set(namesIn(readFileSync(page, 'utf8')))
    const exported = exportedNames(entry.output.replace(/\.js$/, '.d.ts'))
    const where = relative(root, page)
    return [
      ...exported
        .filter((name) => !listed.has(name))
        .map((name) => `${where}: ${entry.specifier} exports ${name}, the page does not name it`),
      ...[...listed]
        .filter((name) => !exported.includes(name))
        .map((name) => `${where}: ${entry.specifier} does not export ${name}`),
    ]
  })
}

/** Every `@isoauth/…` in any of our texts can be imported, is a file that a package brings, or is a package of the workspace. */
function undeclaredProblems(): string[] {
  const known = new Set([
    ...workspacePackages().map(({ name }) => name),
    ...publicPackages()
      .flatMap(entriesOf)
      .map(({ specifier }) => specifier),
    ...publicPackages().flatMap(broughtFiles),
  ])
  return texts().flatMap((file) =>
    specifiersIn(readFileSync(file, 'utf8'))
      .filter((specifier) => !known.has(specifier))
      .map((specifier) => `${relative(root, file)}: there is no ${specifier}`),
  )
}

/** Files beside the code, such as a schema, as an address names them. */
function broughtFiles({ name, dir }: WorkspacePackage): string[] {
  const { files = [] }: { readonly files?: readonly string[] } = readJson(join(dir, 'package.json'))
  return files.filter((file) => extname(file) !== '').map((file) => `${name}/${file}`)
}

function texts(): string[] {
  const markdown = {
    keep: (file: string) => file.endsWith('.md') && !file.endsWith('CHANGELOG.md'),
  }
  const ofRoot = readdirSync(root).filter((name) => name.endsWith('.md'))
  return [
    ...ofRoot.map((name) => join(root, name)),
    ...['docs', 'packages', 'apps', 'tests'].flatMap((name) =>
      filesBelow(join(root, name), markdown),
    ),
  ]
}

/** `@isoauth/x` and `@isoauth/x/y` in a text, without a full stop that ends the sentence. */
export function specifiersIn(text: string): string[] {
  const found = text.matchAll(/@isoauth\/[a-z0-9-]+(?:\/[\w-]+(?:\.[\w-]+)*)?/g)
  return [...new Set([...found].map(([specifier]) => specifier))]
}

/** The names that have a section of their own in an API page. */
export function namesIn(page: string): string[] {
  return [...page.matchAll(/^### (?:`\w+` )*([\w$\\]+)(?:\(\))?$/gm)].map(([, name = '']) =>
    name.replaceAll('\\', ''),
  )
}

function exportedNames(file: string): string[] {
  const program = ts.createProgram([file], {
    noLib: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const symbol = source && checker.getSymbolAtLocation(source)
  if (symbol === undefined) throw new Error(`${file} exports nothing or is not there`)
  return checker.getExportsOfModule(symbol).map(({ name }) => name)
}

function pagesOf({ dir }: WorkspacePackage): string {
  return join(root, 'docs/api', basename(dir))
}

function pageOf(item: WorkspacePackage, { name }: Entry): string {
  return entriesOf(item).length === 1 ? 'README.md' : `${name}.md`
}

await gate(import.meta.filename, documentedEntryProblems)
