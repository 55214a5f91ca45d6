/** The built page: its files, read once, by the paths they are served at. */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { file } from './answers.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The views of the page; each is the same document, which shows what its address names. */
const VIEWS = ['/', '/inspector', '/session', '/sign-on']

export async function readPage(
  folder: string,
): Promise<(request: Request) => Response | undefined> {
  const files = new Map<string, { readonly body: Uint8Array; readonly type: string }>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const name = `/${relative(folder, path).split(sep).join('/')}`
    files.set(name, { body: await readFile(path), type })
  }
  const index = files.get('/index.html')
  if (index !== undefined) for (const view of VIEWS) files.set(view, index)
  return ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined
    const { pathname } = new URL(url)
    const found = files.get(pathname)
    return found && file(found.body, found.type, { isHashed: pathname.startsWith('/assets/') })
  }
}
