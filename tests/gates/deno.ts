/**
 * What Deno's own type checker and JSR say of the packages: `deno.ts sources`, `deno.ts built`, `deno.ts jsr`.
 */
import { argv } from 'node:process'
import { inTemporaryFolder } from '../../scripts/lib/temporary-folder.ts'
import { layOutInstalled, layOutWorkspace } from './deno-layouts.ts'
import { deno, findDeno } from './deno-tool.ts'
import { gate, type Outcome } from './gate.ts'

const NO_DENO = { skipped: 'Deno (tests/engines) is not to be had for this platform' }

function denoChecksSources(): Outcome | Promise<Outcome> {
  if (findDeno() === undefined) return NO_DENO
  return inTemporaryFolder((folder) =>
    deno(['check', '--no-remote', ...layOutWorkspace(folder)], folder),
  )
}

/** The built packages, installed; with `--all` their declarations are checked, not only how they are used. */
function denoChecksBuilt(): Outcome | Promise<Outcome> {
  if (findDeno() === undefined) return NO_DENO
  return inTemporaryFolder((folder) => deno(['check', '--all', layOutInstalled(folder)], folder))
}

/** Everything of a publication but the upload: what would be in it, its types, that they need no inference. */
function jsrDryRun(): Outcome | Promise<Outcome> {
  if (findDeno() === undefined) return NO_DENO
  return inTemporaryFolder((folder) => {
    layOutWorkspace(folder)
    return deno(['publish', '--dry-run', '--allow-dirty'], folder)
  })
}

const CHECKS: Record<string, () => Outcome | Promise<Outcome>> = {
  sources: denoChecksSources,
  built: denoChecksBuilt,
  jsr: jsrDryRun,
}

await gate(import.meta.filename, () => {
  const check = CHECKS[argv[2] ?? '']
  return check?.() ?? [`usage: deno.ts ${Object.keys(CHECKS).join(' | ')}`]
})
