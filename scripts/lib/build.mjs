/** Builds workspace packages by turbo, and tells what was changed by hand in what it built. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { PlainError, run, seconds } from './process.mjs'
import { toolEnv } from './setup.mjs'
import { filesBelow, hashOf, publicPackages, readJson, root } from './workspace.mjs'

/** What a package's build notes beside its `dist`: see `scripts/build-package.mjs`. */
export const BUILT = '.built.json'

/**
 * Builds one package with all it needs, or every package.
 *
 * `keep` leaves what was built from these same sources as it lies: turbo would put its own copy back over a file
 * that differs, and whoever tests what was built wants that file tested.
 *
 * @param {{ only?: string, keep?: boolean }} [options]
 */
export async function build({ only, keep = false } = {}) {
  const args = [
    'run',
    'build',
    '--concurrency=2',
    '--no-update-notifier',
    ...(only ? ['--filter', `${only}...`] : []),
  ]
  if (keep && (await isBuiltFromTheseSources(args))) return
  // Says that it builds only where that takes long enough to be noticed.
  const notice = setTimeout(() => console.log('build: compiling the packages …'), 1000)
  const result = await turbo([...args, '--output-logs=errors-only'])
  clearTimeout(notice)
  if (result.code !== 0) throw new PlainError(`${result.output.trim()}\n\nThe build failed`)
  if (result.seconds > 1) console.log(`build: done (${seconds(result.seconds)})`)
}

/**
 * Runs turbo with the project's environment.
 *
 * @param {readonly string[]} args
 * @param {{ show?: boolean, env?: NodeJS.ProcessEnv }} [options]
 */
export function turbo(args, { show = false, env = {} } = {}) {
  return run('turbo', args, { cwd: root, env: { ...toolEnv(), ...env }, show })
}

/** Files below a `dist` that are not what its last build made, by their path. */
export function changedOutputs() {
  return publicPackages().flatMap(({ dir }) => {
    const file = join(dir, BUILT)
    const then = existsSync(file) ? readJson(file).files : {}
    const now = outputsOf(dir)
    const paths = [...new Set([...Object.keys(then), ...Object.keys(now)])]
    return paths
      .filter((path) => now[path] !== then[path])
      .map((path) => relative(root, join(dir, path)))
  })
}

/**
 * The files of a package's `dist`, each with its hash.
 *
 * @param {string} dir
 * @returns {Record<string, string>}
 */
export function outputsOf(dir) {
  const files = filesBelow(join(dir, 'dist'))
  return Object.fromEntries(files.map((file) => [relative(dir, file), hashOf([file])]))
}

/** @param {readonly string[]} args */
async function isBuiltFromTheseSources(args) {
  const { code, stdout } = await turbo([...args, '--dry=json'])
  if (code !== 0) return false
  const hashes = new Map(JSON.parse(stdout).tasks.map(({ package: name, hash }) => [name, hash]))
  return publicPackages().every(({ name, dir }) => {
    const file = join(dir, BUILT)
    return existsSync(file) && readJson(file).hash === hashes.get(name)
  })
}
