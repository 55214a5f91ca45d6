/** A front end bundled by every bundler, and run in Chromium under a policy that allows no `eval`. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PlainError } from '../../../scripts/lib/process.mjs'
import { readJson, root } from '../../../scripts/lib/workspace.mjs'
import { inChromium } from './chromium.ts'
import type { Context, Work } from './context.ts'
import { consumerEnv, inProject } from './managers.ts'

const BUNDLERS = ['vite', 'esbuild', 'rollup', 'rolldown', 'webpack']
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

const folderOfTests = join(root, 'tests/consumers')

/** One piece of work for each bundler; `missing` are the browsers that this machine does not have. */
export function pageWorks(context: Context, project: string, missing: readonly string[]): Work[] {
  const page = join(project, 'page')
  mkdirSync(page)
  for (const name of readdirSync(join(folderOfTests, 'page'))) {
    copyFileSync(join(folderOfTests, 'page', name), join(page, name))
  }
  return BUNDLERS.map((bundler) => () => {
    const { version } = readJson(join(folderOfTests, 'node_modules', bundler, 'package.json'))
    const row = { consumer: bundler, version, what: 'a page in Chromium' }
    const { folder, table, signal } = context
    if (missing.includes('chromium')) return table.missing(row)
    return table.check(row, async () => {
      const out = join(folder, 'pages', bundler)
      mkdirSync(out, { recursive: true })
      const program = join(folderOfTests, 'bundlers', `${bundler}.mjs`)
      const env = { ...consumerEnv(folder), NODE_ENV: 'production' }
      await inProject([process.execPath, program, page, out], { cwd: project, env, signal })
      const seen = await open(out, signal)
      const { status, handshakes, isSigned, scripts } = seen
      if (status !== 200 || handshakes !== 1 || isSigned !== true) {
        throw new PlainError(`the page shows ${JSON.stringify(seen)}`)
      }
      return `the client is ${kilobytes(scripts.map((path) => join(out, path)))} gzip`
    })
  })
}

/** What `page/main.js` writes. */
interface Seen {
  readonly status: number
  readonly handshakes: number
  readonly isSigned: boolean
  readonly scripts: readonly string[]
  readonly error?: string
}

/** What the page shows when it is done. */
async function open(folder: string, signal: AbortSignal): Promise<Seen> {
  const server = serve(folder)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await inChromium(signal, async (page) => {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      await page.waitForSelector('#done')
      const seen: Seen = JSON.parse((await page.textContent('body')) ?? '')
      if (seen.error !== undefined) throw new PlainError(seen.error)
      return seen
    })
  } finally {
    server.close()
  }
}

function serve(folder: string): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const file = join(folder, pathname === '/' ? 'index.html' : pathname)
    let body: Buffer
    try {
      body = readFileSync(file)
    } catch {
      // A browser asks for an icon by itself.
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end()
      return
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': "default-src 'self'",
    })
    response.end(body)
  })
}

function kilobytes(files: readonly string[]): string {
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
  return `${(bytes / 1000).toFixed(1)} kB`
}
