import { nodeResolve } from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'
import { copyHtml, entry, out, refuseWarnings } from './arguments.mjs'

const warnings = []
const bundle = await rollup({
  input: entry,
  plugins: [nodeResolve({ browser: true })],
  onwarn: ({ message }) => warnings.push(message),
})
await bundle.write({ dir: out, format: 'es', compact: true })
await bundle.close()
refuseWarnings(warnings)
copyHtml()
