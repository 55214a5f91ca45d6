/**
 * Puts the pages of the site together in `.site/`: what is written here in `pages/`, the READMEs of the packages, `docs/`, and
 * one page for each error code. What is written elsewhere is copied, never written twice.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { filesBelow, publicPackages, root } from '../../../scripts/lib/workspace.mjs'
import { errorCodes } from './error-codes.ts'
import { errorIndex, errorPage } from './error-page.ts'

export const SITE: string = join(root, 'apps/docs')
const PAGES = join(SITE, 'pages')
const REPOSITORY = 'https://github.com/isoauth/isoauth/blob/main'
const ADDRESS = 'https://isoauth.github.io/isoauth'

/** @returns how many pages there are */
export function composePages(): number {
  const pages = allPages()
  const out = join(SITE, '.site')
  rmSync(out, { recursive: true, force: true })
  for (const [path, text] of pages) write(join(out, path), text)
  cpSync(join(root, 'docs/performance'), join(out, 'docs/performance'), { recursive: true })
  write(join(out, 'public/llms.txt'), llmsText(pages))
  return pages.size
}

/** Every page by its path in the site. */
function allPages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>()
  for (const file of filesBelow(PAGES, { keep: (path) => path.endsWith('.md') })) {
    pages.set(relative(PAGES, file), withQuickStarts(readFileSync(file, 'utf8')))
  }
  for (const { dir } of publicPackages()) {
    const name = basename(dir)
    pages.set(`packages/${name}.md`, copied(`packages/${name}/README.md`))
  }
  const keep = (path: string) => path.endsWith('.md')
  for (const file of filesBelow(join(root, 'docs'), { keep })) {
    const path = relative(root, file)
    // typedoc's own first page of a package is that of its folder.
    pages.set(path.replace(/README\.md$/, 'overview.md'), copied(path))
  }
  pages.set('security.md', copied('SECURITY.md'))
  for (const [path, text] of indexes(pages)) pages.set(path, text)
  const codes = errorCodes()
  pages.set('errors/index.md', errorIndex(codes))
  for (const error of codes) pages.set(`errors/${error.code.toLowerCase()}.md`, errorPage(error))
  return pages
}

/** Pages that list the packages, their API pages and the decisions. */
function indexes(pages: ReadonlyMap<string, string>): [string, string][] {
  const list = (title: string, pattern: RegExp) => {
    const lines = [...pages]
      .filter(([path]) => pattern.test(path))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([path, text]) => `- [${titleOf(text) ?? path}](/${path})`)
    return [`# ${title}`, '', ...lines, ''].join('\n')
  }
  return [
    ['packages/index.md', list('Packages', /^packages\//)],
    ['docs/api/index.md', list('API pages', /^docs\/api\/[\w-]+\/overview\.md$/)],
    ['docs/decisions/index.md', list('Decisions', /^docs\/decisions\//)],
  ]
}

function titleOf(text: string): string | undefined {
  return /^# (.*)$/m.exec(text)?.[1]
}

/** `<!-- quick start: NAME -->` stands for the first code block of a package's README. */
function withQuickStarts(text: string): string {
  return text.replace(/<!-- quick start: ([\w-]+) -->/g, (_, name: string) => {
    const readme = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8')
    const block = /## Quick start\n.*?^(```\w+\n.*?^```)$/ms.exec(readme)?.[1]
    if (block === undefined) throw new Error(`packages/${name}/README.md has no quick start`)
    return block
  })
}

/** A file of the repository as a page: links to what is no page of the site lead to the repository. */
function copied(path: string): string {
  const text = readFileSync(join(root, path), 'utf8')
  const linked = text.replace(
    /(!?\[[^\]]*\])\(([^)\s]+)\)/g,
    (whole, label: string, to: string) => {
      if (/^(https?:|mailto:)/.test(to) || label.startsWith('!')) return whole
      if (to.startsWith('#')) return `${label}(#${headingId(to.slice(1))})`
      const [file = '', anchor = ''] = to.split('#')
      const target = join(dirname(path), file)
      const hash = anchor === '' ? '' : `#${headingId(anchor)}`
      const page = pageOf(target)
      if (page === undefined) return `${label}(${REPOSITORY}/${target}${hash})`
      return `${label}(/${page}${hash})`
    },
  )
  return escapeMarkup(linked)
}

/**
 * Anchors as VitePress makes them. typedoc counts the type of a class's codes twice, so that its links to it lead to a second
 * heading that no page has.
 */
function headingId(anchor: string): string {
  return anchor.replace(/errorcode-1$/, 'errorcode').replaceAll('_', '-')
}

function pageOf(target: string): string | undefined {
  if (target === 'SECURITY.md') return 'security.md'
  const name = /^packages\/([\w-]+)(?:\/README\.md)?$/.exec(target)?.[1]
  if (name !== undefined) return `packages/${name}.md`
  return /^docs\/.*\.md$/.test(target) ? target.replace(/README\.md$/, 'overview.md') : undefined
}

/** Outside of code `<word>` would be read as an element, and `{{` as an expression. */
function escapeMarkup(text: string): string {
  return text
    .split(/(^```.*?^```$|`[^`\n]*`)/ms)
    .map((part, at) =>
      at % 2 === 1 ? part : part.replace(/<(?!!--|a id="[\w-]+"><\/a>|\/a>)(?=[\w/])/g, '&lt;'),
    )
    .join('')
    .replace(/^(#+ .*)`([^`]*<[^`]*)`/gm, '$1$2')
}

function llmsText(pages: ReadonlyMap<string, string>): string {
  const lines = [...pages]
    .filter(([path]) => path !== 'index.md' && !path.startsWith('docs/decisions'))
    .map(([path, text]) => {
      const title = titleOf(text) ?? path
      return `- [${title}](${ADDRESS}/${path.replace(/(index)?\.md$/, '')})`
    })
  return [
    '# isoauth',
    '',
    '> TypeScript packages that sign a program in to Interactive Brokers (OAuth 1.0a, OAuth 2.0, SSO, brokerage session) and to UltraCart (single sign-on), in browsers, Deno, Bun, Node and edge runtimes. Not affiliated with either.',
    '',
    '## Pages',
    '',
    ...lines,
    '',
  ].join('\n')
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
