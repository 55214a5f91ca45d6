import { nodeResolve } from '@rollup/plugin-node-resolve'
import { transform } from 'esbuild'
import { rollup } from 'rollup'
import { copyHtml, entry, out, refuseWarnings } from './arguments.mjs'

const warnings = []
const bundle = await rollup({
  input: entry,
  plugins: [nodeResolve({ browser: true })],
  onwarn: ({ message }) => warnings.push(message),
})
// Rollup leaves minifying to others.
const minify = { name: 'minify', renderChunk: (code) => transform(code, { minify: true }) }
await bundle.write({ dir: out, format: 'es', plugins: [minify] })
await bundle.close()
refuseWarnings(warnings)
copyHtml()
