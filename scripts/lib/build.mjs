/** Builds workspace packages, in the order they need each other, only where something changed. */
import { existsSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { PlainError, run, seconds } from './process.mjs'
import { toolEnv } from './setup.mjs'
import {
  closureOf,
  filesBelow,
  hashOf,
  publicPackages,
  readNote,
  root,
  workspacePackages,
  writeNote,
} from './workspace.mjs'

/**
 * Builds one package with all it needs, or every package. Where turbo is installed it decides what is stale; the
 * demo alone does not bring turbo, so then pnpm builds whenever a hash over the sources differs.
 *
 * `keep` leaves what was built from these same sources as it lies: turbo would put its own copy back over a file
 * that differs, and whoever tests what was built wants that file tested.
 */
export async function build({ only, keep = false } = {}) {
  if (existsSync(join(root, 'node_modules/.bin/turbo'))) {
    const everything = workspacePackages()
    const hash = hashOf([join(root, 'tsconfig.base.json'), ...everything.flatMap(sourcesOf)])
    if (keep && readNote('build')?.everything === hash && everything.every(hasOutput)) return
    writeNote('build', {})
    await announce('turbo', [
      'run',
      'build',
      '--output-logs=errors-only',
      '--no-update-notifier',
      ...(only === undefined ? [] : ['--filter', `${only}...`]),
    ])
    if (only === undefined) writeNote('build', { everything: hash, outputs: outputs() })
    return
  }
  const note = readNote('build') ?? {}
  const stale = closureOf(only).filter(
    (item) => note[item.name] !== hashWithNeeds(item) || !hasOutput(item),
  )
  if (stale.length === 0) return
  for (const { dir } of stale) rmSync(join(dir, 'dist'), { recursive: true, force: true })
  await announce('pnpm', [...stale.flatMap(({ name }) => ['--filter', name]), 'run', 'build'])
  const built = Object.fromEntries(stale.map((item) => [item.name, hashWithNeeds(item)]))
  writeNote('build', { ...note, ...built })
}

/** Changes with a package and with everything that it needs. */
function hashWithNeeds({ name }) {
  return hashOf([join(root, 'tsconfig.base.json'), ...closureOf(name).flatMap(sourcesOf)])
}

/** Files below a `dist` that are not what the last build of everything made, by their path. */
export function changedOutputs() {
  const now = outputs()
  const then = readNote('build')?.outputs ?? now
  const paths = new Set([...Object.keys(then), ...Object.keys(now)])
  return [...paths].filter((path) => now[path] !== then[path])
}

function outputs() {
  const files = publicPackages().flatMap(({ dir }) => filesBelow(join(dir, 'dist')))
  return Object.fromEntries(files.map((file) => [relative(root, file), hashOf([file])]))
}

/** Says that it builds only where that takes long enough to be noticed. */
async function announce(command, args) {
  const notice = setTimeout(() => console.log('build: compiling the packages …'), 1000)
  const { code, output, seconds: took } = await run(command, args, { cwd: root, env: toolEnv() })
  clearTimeout(notice)
  if (code !== 0) {
    throw new PlainError(`${output.trim()}\n\nThe build failed: ${command} ${args.join(' ')}`)
  }
  if (took > 1) console.log(`build: done (${seconds(took)})`)
}

function sourcesOf({ dir }) {
  const beside = ['build.mjs', 'tsconfig.json', 'package.json'].map((name) => join(dir, name))
  return [...filesBelow(join(dir, 'src')), ...beside]
}

function hasOutput({ dir, manifest }) {
  return manifest.scripts?.build === undefined || existsSync(join(dir, 'dist'))
}
