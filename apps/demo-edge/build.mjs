/** Bundles the page into one text, and each program with it into one file of `dist/`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const src = join(import.meta.dirname, 'src')
const outdir = join(import.meta.dirname, 'dist')
const shared = { bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' }

const [html, tokens, style, icon, page] = await Promise.all([
  readFile(join(src, 'page/index.html'), 'utf8'),
  // One set of colours for all pages of the project.
  readFile(join(src, '../../demo-web/src/page/tokens.css'), 'utf8'),
  readFile(join(src, 'page/style.css'), 'utf8'),
  readFile(join(src, 'page/icon.svg'), 'utf8'),
  build({ ...shared, entryPoints: [join(src, 'page/main.ts')], write: false }),
])

const define = {
  PAGE_HTML: JSON.stringify(html),
  PAGE_STYLE: JSON.stringify(tokens + style),
  PAGE_ICON: JSON.stringify(icon),
  PAGE_SCRIPT: JSON.stringify(page.outputFiles[0].text),
}
const outExtension = { '.js': '.mjs' }
const withPage = { ...shared, define, outExtension, outdir }

await Promise.all([
  build({
    ...withPage,
    entryPoints: [join(src, 'worker/worker.ts')],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:workers'],
    entryNames: '[name]',
  }),
  build({
    ...withPage,
    entryPoints: [
      join(src, 'server/node.ts'),
      join(src, 'server/deno.ts'),
      join(src, 'server/bun.ts'),
    ],
    platform: 'node',
    entryNames: '[name]',
  }),
  build({
    ...withPage,
    entryPoints: [join(src, 'local/local.ts')],
    platform: 'node',
    entryNames: 'local/[name]',
    // It runs here only, where its packages are; workerd's own is no JavaScript.
    packages: 'external',
  }),
])
