/** The built site over HTTP on loopback, as a static host serves it: `/page` is `page.html`, and nothing else is guessed. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
}

export interface StaticSite {
  readonly origin: string
  close(): Promise<void>
}

export async function serveSite(folder: string, base: string): Promise<StaticSite> {
  const server = createServer(({ url = '/' }, response) => {
    const file = fileOf(folder, base, new URL(url, 'http://localhost').pathname)
    if (file === undefined) {
      response.writeHead(404, { 'content-type': 'text/html' })
      response.end(readFileSync(join(folder, '404.html')))
      return
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
    response.end(readFileSync(file))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** The file that a path of the site stands for. */
export function fileOf(folder: string, base: string, pathname: string): string | undefined {
  if (!pathname.startsWith(base)) return undefined
  const path = normalize(decodeURIComponent(pathname.slice(base.length)))
  if (path.startsWith('..')) return undefined
  const names = [path, `${path}.html`, join(path, 'index.html')]
  return names
    .map((name) => join(folder, name))
    .find((file) => existsSync(file) && statSync(file).isFile())
}
