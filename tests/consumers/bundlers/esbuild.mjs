import { build } from 'esbuild'
import { copyHtml, entry, out, refuseWarnings } from './arguments.mjs'

const { warnings } = await build({
  entryPoints: [entry],
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  logLevel: 'silent',
})
refuseWarnings(warnings.map(({ text }) => text))
copyHtml()
