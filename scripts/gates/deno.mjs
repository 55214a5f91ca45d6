/** What Deno's own type checker and JSR say of the packages. */
import { deno, findDeno } from '../lib/deno.mjs'
import { layOutInstalled, layOutWorkspace } from '../lib/deno-layouts.mjs'
import { inTemporaryFolder } from '../lib/temporary-folder.mjs'

const NO_DENO = { skipped: 'Deno (tests/engines) is not to be had for this platform' }

export function denoChecksSources() {
  if (findDeno() === undefined) return NO_DENO
  return inTemporaryFolder((folder) =>
    deno(['check', '--no-remote', ...layOutWorkspace(folder)], folder),
  )
}

/** The built packages, installed; with `--all` their declarations are checked, not only how they are used. */
export function denoChecksBuilt() {
  if (findDeno() === undefined) return NO_DENO
  return inTemporaryFolder((folder) => deno(['check', '--all', layOutInstalled(folder)], folder))
}

/** Everything of a publication but the upload: what would be in it, its types, that they need no inference. */
export function jsrDryRun() {
  if (findDeno() === undefined) return NO_DENO
  return inTemporaryFolder((folder) => {
    layOutWorkspace(folder)
    return deno(['publish', '--dry-run', '--allow-dirty'], folder)
  })
}
