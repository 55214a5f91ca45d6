/**
 * Nothing runs when a built entry is loaded. Each is bundled with all it imports, nothing left out, and run in a realm
 * of its own where everything that is not of the language itself (`fetch`, `crypto`, `URL`, `process`, …), the clock
 * and the random numbers are traps. The built-in objects must be afterwards what they were before.
 */
import { basename, relative } from 'node:path'
import { type BuildFailure, build } from 'esbuild'
import { entriesOf } from '../../scripts/lib/entries.ts'
import { publicPackages, root } from '../../scripts/lib/workspace.mjs'
import { gate } from './gate.ts'
import { NODE_ENTRIES, NODE_PACKAGES } from './isomorphic.ts'
import { loadInTrappedRealm } from './trapped-realm.ts'

/** What other people's modules do on load, and why that is taken. One that no longer does it must leave the list. */
interface Exception {
  readonly of: string
  /** The entries that may load it. Default: all. */
  readonly by?: readonly string[]
  readonly reads: readonly string[]
}

const EXCEPTIONS: readonly Exception[] = [
  {
    // It asks once what the platform's Request can do, which has Node 20 load that. Whoever calls no endpoint starts without it.
    of: 'ky',
    by: [
      '@isoauth/core-client/transport',
      '@isoauth/ibkr-oauth1',
      '@isoauth/ibkr-oauth2',
      '@isoauth/ibkr-sso',
      '@isoauth/ultracart-sso',
    ],
    reads: [
      'Request',
      'ReadableStream',
      'AbortController',
      'AbortSignal',
      'FormData',
      'TextEncoder',
    ],
  },
  // Two constants that hold nothing of the platform's state.
  { of: 'jose', reads: ['TextEncoder', 'TextDecoder'] },
]

export async function loadProblems(): Promise<string[]> {
  const seen = new Set<string>()
  const problems: string[] = []
  const entries = publicPackages()
    .filter(({ dir }) => !NODE_PACKAGES.includes(basename(dir)))
    .flatMap(entriesOf)
    .filter(({ key }) => !NODE_ENTRIES.includes(key))
  for (const { specifier, output } of entries) {
    for (const { what, file } of await loadEffects(output)) {
      const exception = EXCEPTIONS.find(
        ({ of, by }) => of === packageOf(file) && (by?.includes(specifier) ?? true),
      )
      if (exception?.reads.includes(what)) seen.add(`${exception.of} ${what}`)
      else problems.push(`${specifier}: ${file}, at load: ${what}`)
    }
  }
  return [...new Set(problems), ...staleExceptions(seen)]
}

/** `[{ what, file }]` for one file and all it imports. */
async function loadEffects(file: string): Promise<{ what: string; file: string }[]> {
  const { errors, outputFiles = [] } = await build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: true,
    // A module of Node does not resolve for a browser, and so fails here whoever imports it.
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    write: false,
    // A runtime without a bundler evaluates every module and every constant.
    ignoreAnnotations: true,
    treeShaking: false,
    logLevel: 'silent',
  }).catch((failure: BuildFailure) => ({ errors: failure.errors, outputFiles: [] }))
  if (errors.length > 0) {
    return errors.map(({ text, location }) => ({ what: text, file: location?.file ?? file }))
  }
  const { text = '' } = outputFiles[0] ?? {}
  return loadInTrappedRealm(text).map(({ what, line }) => ({ what, file: fileAt(text, line) }))
}

/** esbuild writes each module's path in a comment above it. */
function fileAt(bundle: string, line: number): string {
  const above = bundle.split('\n').slice(0, line).reverse()
  const comment = above.map((text) => /^\s*\/\/ (\S+\.[cm]?js)$/.exec(text)?.[1]).find(Boolean)
  return comment ?? 'the bundle'
}

function packageOf(file: string): string | undefined {
  return [...file.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1]
}

function staleExceptions(seen: Set<string>): string[] {
  return EXCEPTIONS.flatMap(({ of, reads }) =>
    reads
      .filter((what) => !seen.has(`${of} ${what}`))
      .map(
        (what) =>
          `${relative(root, import.meta.filename)}: ${of} no longer touches ${what}: strike it out`,
      ),
  )
}

await gate(import.meta.filename, loadProblems)
