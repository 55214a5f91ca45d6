/** Serves the stage to a browser: files as they are, and the suite's page with its import map. */
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import type { Given } from './driver.ts'
import { importMap } from './import-map.ts'
import { listen } from './services.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
}

export async function servePages({
  stage,
  settings,
}: Given): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const made: Record<string, [string, string]> = {
    '/suite.html': ['.html', suitePage(importMap(stage))],
    '/settings.json': ['.json', JSON.stringify(settings)],
  }
  const { server, origin } = await listen(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    try {
      const [extension, body] = made[pathname] ?? (await readBelow(stage, pathname))
      const type = TYPES[extension] ?? 'application/octet-stream'
      response.writeHead(200, { 'content-type': type }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  return {
    origin,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A file of the stage: of its packages, or of the suite. */
async function readBelow(stage: string, pathname: string): Promise<[string, Buffer]> {
  const path = pathname.startsWith('/page/') ? `/tests/runtimes${pathname}` : pathname
  const file = normalize(join(stage, path.endsWith('/') ? `${path}index.html` : path))
  if (!file.startsWith(stage + sep)) throw new Error('outside of the stage')
  return [extname(file), await readFile(file)]
}

function suitePage(imports: Record<string, string>): string {
  return `<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>The suite</title>
<script>
// What stops the suite before it can report: a module that is missing, an error while one is loaded.
const broken = ({ message, reason, target }) => { globalThis.broken ??= String(message ?? reason ?? target?.src) }
addEventListener('error', broken, true)
addEventListener('unhandledrejection', broken)
</script>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="/tests/runtimes/entries/page.js"></script>
`
}
