/** The version of this package, read from its manifest. */
import { createRequire } from 'node:module'

export function version(): string {
  // By its name, from wherever in the package this code has been bundled to.
  const manifest: { readonly version: string } = createRequire(import.meta.url)(
    '@isoauth/cli/package.json',
  )
  return manifest.version
}
