/**
 * Brings a machine that has only Node and npm to where the project's commands can run. Needs nothing installed,
 * no root and no global package; safe to run again; says each step in one line.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { PlainError, run, seconds } from './process.mjs'
import {
  closureOf,
  hashOf,
  readJson,
  readNote,
  root,
  rootManifest,
  workspacePackages,
  writeNote,
} from './workspace.mjs'

const tools = join(root, '.tools')
const toolsBin = join(tools, 'node_modules/.bin')

/** Refuses a Node that is older than the project supports, before anything else fails on it. */
export function checkNode() {
  const wanted = rootManifest.engines.node.replace('>=', '')
  const [needMajor, needMinor] = wanted.split('.').map(Number)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return
  throw new PlainError(
    `This is Node ${process.versions.node}; the project needs ${wanted} or newer (https://nodejs.org).`,
  )
}

/** The environment for every tool: our pnpm first on the path, no telemetry, nothing inherited from `npm run`. */
export function toolEnv() {
  const env = {}
  for (const [name, value] of Object.entries(process.env)) {
    // `npm start` passes its own settings down as npm_config_…; pnpm would take them for the person's.
    if (!/^npm_(config|lifecycle|package)_/i.test(name) || keptSetting(name)) env[name] = value
  }
  env.PATH = `${toolsBin}${delimiter}${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`
  env.TURBO_TELEMETRY_DISABLED = '1'
  env.DO_NOT_TRACK = '1'
  return env
}

/** pnpm in the exact version of `packageManager`, in `.tools/`: a pnpm of the machine is never used. */
export async function setUpPnpm() {
  const wanted = rootManifest.packageManager.split('@')[1].split('+')[0]
  const manifest = join(tools, 'node_modules/pnpm/package.json')
  if (existsSync(manifest) && readJson(manifest).version === wanted) return
  await step(`pnpm ${wanted} into .tools/`, 'npm', [
    'install',
    '--prefix',
    tools,
    '--no-save',
    '--no-package-lock',
    '--no-fund',
    '--no-audit',
    '--loglevel=error',
    `pnpm@${wanted}`,
  ])
}

/** Installs what the lockfile says: everything, or only what one package needs. Nothing to do is free. */
export async function installDependencies({ only } = {}) {
  const everything = workspacePackages()
  const wanted = only === undefined ? everything : closureOf(only)
  const manifests = everything.map(({ dir }) => join(dir, 'package.json'))
  const hash = hashOf(
    [...['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'].map(inRoot), ...manifests].sort(),
  )
  const before = readNote('install')
  const current =
    before?.hash === hash &&
    (before.scope === 'everything' || before.scope === only) &&
    wanted.every(
      ({ dir, manifest }) => !hasDependencies(manifest) || existsSync(join(dir, 'node_modules')),
    )
  if (current) return
  const filter = only === undefined ? [] : ['--filter', `${only}...`]
  const what =
    only === undefined ? 'all dependencies, test runtimes included' : `dependencies of ${only}`
  await step(what, 'pnpm', ['install', '--frozen-lockfile', ...filter])
  writeNote('install', { hash, scope: only ?? 'everything' })
}

/** One announced step: its output passes through on a terminal, else it is shown only on failure. */
export async function step(what, command, args) {
  console.log(`setup: ${what} …`)
  const show = process.stdout.isTTY === true
  const {
    code,
    output,
    seconds: took,
  } = await run(command, args, { cwd: root, env: toolEnv(), show })
  if (code === 0) {
    console.log(`setup: ${what}: done (${seconds(took)})`)
    return
  }
  const offline =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ERR_PNPM_META_FETCH_FAIL|network|dns error/i.test(
      output,
    )
  throw new PlainError(
    [
      output.trim().split('\n').slice(-25).join('\n'),
      '',
      `Set-up failed at: ${what}`,
      `  command: ${command} ${args.join(' ')}   (in ${root})`,
      offline
        ? '  The package registry could not be reached. Connect, or set your proxy or registry in ~/.npmrc, and run'
        : '  Mend what the lines above say, and run',
      '  the same command again: what is done is not done twice.',
    ].join('\n'),
  )
}

function keptSetting(name) {
  return /^npm_config_(registry|cafile|ca|cert|key|proxy|https_proxy|noproxy|userconfig|cache|strict_ssl)$/i.test(
    name,
  )
}

function hasDependencies({ dependencies, devDependencies }) {
  return Object.keys({ ...dependencies, ...devDependencies }).length > 0
}

function inRoot(name) {
  return join(root, name)
}
