import { promisify } from 'node:util'
import webpack from 'webpack'
import { copyHtml, entry, out, refuseWarnings } from './arguments.mjs'

const compiler = webpack({
  mode: 'production',
  target: ['web', 'es2022'],
  entry,
  output: { path: out, filename: 'main.js', module: true, chunkFormat: 'module' },
  experiments: { outputModule: true },
})
const stats = await promisify(compiler.run.bind(compiler))()
if (stats.hasErrors()) throw new Error(stats.toString('errors-only'))
refuseWarnings(stats.compilation.warnings.map(({ message }) => message))
copyHtml()
