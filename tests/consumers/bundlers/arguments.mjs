/** The page's folder and the folder for what comes of it, as every bundler here is given them. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'

export const [page, out] = process.argv.slice(2)
export const entry = join(page, 'main.js')

/** For bundlers that know scripts only. */
export function copyHtml() {
  copyFileSync(join(page, 'index.html'), join(out, 'index.html'))
}

/** A warning would be our users' to read: it fails. */
export function refuseWarnings(warnings) {
  if (warnings.length > 0) throw new Error(`it warns:\n${warnings.join('\n')}`)
}
