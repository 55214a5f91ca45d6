import { rolldown } from 'rolldown'
import { copyHtml, entry, out, refuseWarnings } from './arguments.mjs'

const warnings = []
const bundle = await rolldown({
  input: entry,
  platform: 'browser',
  onLog: (level, { message }) => level === 'warn' && warnings.push(message),
})
await bundle.write({ dir: out, format: 'esm', minify: true })
await bundle.close()
refuseWarnings(warnings)
copyHtml()
