import { build, createLogger } from 'vite'
import { out, page, refuseWarnings } from './arguments.mjs'

const warnings = []
const customLogger = createLogger('warn')
customLogger.warn = (message) => warnings.push(message)
customLogger.warnOnce = customLogger.warn
await build({
  root: page,
  configFile: false,
  customLogger,
  build: { outDir: out, emptyOutDir: true },
})
refuseWarnings(warnings)
