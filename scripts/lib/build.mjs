/** Builds workspace packages, in the order they need each other, only where something changed. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PlainError, run, seconds } from './process.mjs'
import { toolEnv } from './setup.mjs'
import { closureOf, filesBelow, hashOf, readNote, root, writeNote } from './workspace.mjs'

/**
 * Builds one package with all it needs, or every package. Where turbo is installed it decides what is stale; the
 * demo alone does not bring turbo, so then pnpm builds whenever a hash over the sources differs.
 */
export async function build({ only } = {}) {
  if (existsSync(join(root, 'node_modules/.bin/turbo'))) {
    writeNote('build', {})
    await announce('turbo', [
      'run',
      'build',
      '--output-logs=errors-only',
      '--no-update-notifier',
      ...(only === undefined ? [] : ['--filter', `${only}...`]),
    ])
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
  return [...filesBelow(join(dir, 'src')), join(dir, 'tsconfig.json'), join(dir, 'package.json')]
}

function hasOutput({ dir, manifest }) {
  return manifest.scripts?.build === undefined || existsSync(join(dir, 'dist'))
}
