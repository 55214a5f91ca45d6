/** What a package declares is what its README and the API pages name: every entry and every exported name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import ts from 'typescript'
import { entriesOf } from '../lib/entries.mjs'
import { filesBelow, publicPackages, root, workspacePackages } from '../lib/workspace.mjs'

export function documentedEntryProblems() {
  return [
    ...publicPackages().flatMap((item) => [
      ...readmeProblems(item),
      ...pageProblems(item),
      ...nameProblems(item),
    ]),
    ...undeclaredProblems(),
  ]
}

function readmeProblems(item) {
  const file = join(item.dir, 'README.md')
  const named = new Set(existsSync(file) ? specifiersIn(readFileSync(file, 'utf8')) : [])
  return entriesOf(item)
    .filter(({ specifier }) => !named.has(specifier))
    .map(({ specifier }) => `${relative(root, file)}: says nothing of ${specifier}`)
}

/** One page an entry, or one for all of a package that has one entry; and no page of an entry that is gone. */
function pageProblems(item) {
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

function nameProblems(item) {
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

/** Every `@isoauth/…` in any of our texts can be imported, or is a package of the workspace. */
function undeclaredProblems() {
  const known = new Set([
    ...workspacePackages().map(({ name }) => name),
    ...publicPackages()
      .flatMap(entriesOf)
      .map(({ specifier }) => specifier),
  ])
  return texts().flatMap((file) =>
    specifiersIn(readFileSync(file, 'utf8'))
      .filter((specifier) => !known.has(specifier))
      .map((specifier) => `${relative(root, file)}: there is no ${specifier}`),
  )
}

function texts() {
  const markdown = { keep: (file) => file.endsWith('.md') && !file.endsWith('CHANGELOG.md') }
  const ofRoot = readdirSync(root).filter((name) => name.endsWith('.md'))
  return [
    ...ofRoot.map((name) => join(root, name)),
    ...['docs', 'packages', 'apps', 'tests'].flatMap((name) =>
      filesBelow(join(root, name), markdown),
    ),
  ]
}

/** `@isoauth/x` and `@isoauth/x/y` in a text, without a full stop that ends the sentence. */
export function specifiersIn(text) {
  const found = text.matchAll(/@isoauth\/[a-z0-9-]+(?:\/[\w-]+(?:\.[\w-]+)*)?/g)
  return [...new Set([...found].map(([specifier]) => specifier))]
}

/** The names that have a section of their own in an API page. */
export function namesIn(page) {
  return [...page.matchAll(/^### (?:`\w+` )*([\w$\\]+)(?:\(\))?$/gm)].map(([, name]) =>
    name.replaceAll('\\', ''),
  )
}

function exportedNames(file) {
  const program = ts.createProgram([file], {
    noLib: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  })
  const checker = program.getTypeChecker()
  const symbol = checker.getSymbolAtLocation(program.getSourceFile(file))
  return checker.getExportsOfModule(symbol).map(({ name }) => name)
}

function pagesOf({ dir }) {
  return join(root, 'docs/api', basename(dir))
}

function pageOf(item, { name }) {
  return entriesOf(item).length === 1 ? 'README.md' : `${name}.md`
}
