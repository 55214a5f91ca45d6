/**
 * Brings a machine that has only Node and npm to where the project's commands can run. Needs nothing installed,
 * no root and no global package; safe to run again; says each step in one line.
 */
import { existsSync, rmSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
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
/** What npm and pnpm say when the registry cannot be reached. */
const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network timeout|error sending request|META_FETCH_FAIL|dns error/i
/** Where the registry cannot be reached, npm and pnpm try again for many minutes without a word: asked every so often. */
const ASKED_EVERY_MS = 15_000
const EVERYTHING = 'everything'
const WITH_ENGINES = 'everything, with engines'
/** What few commands need: set up with the engines, or where it is asked for by name. */
const APART = ['@isoauth/tests-engines', '@isoauth/docs']
const SITE = 'the documentation site'
const toolsBin = join(tools, 'node_modules/.bin')

/**
 * Everything but the browsers: the right Node, pnpm, dependencies: those of one package (`only`), all, or all with
 * the other runtimes and the documentation site (`engines`).
 *
 * @param {{ only?: string, engines?: boolean, site?: boolean }} [options] - `site`: all, with what builds the site
 */
export async function setUp({ site = false, ...options } = {}) {
  checkNode()
  await setUpPnpm()
  await installDependencies(options)
  if (site) await installSite()
}

/** What builds the documentation site: installed beside everything else, and only where the site is built. */
async function installSite() {
  if (existsSync(join(root, 'apps/docs/node_modules/.bin/vitepress'))) {
    const { hash } = readNote('install-site') ?? {}
    if (hash === installHash() || readNote('install')?.scopes?.includes(WITH_ENGINES)) return
  }
  await step(SITE, 'pnpm', ['install', '--frozen-lockfile', '--filter', '@isoauth/docs...'])
  writeNote('install-site', { hash: installHash() })
}

/** Refuses a Node that is older than the project supports, before anything else fails on it. */
function checkNode() {
  const wanted = rootManifest.engines.node.replace('>=', '')
  const [needMajor, needMinor] = wanted.split('.').map(Number)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return
  throw new PlainError(
    `This is Node ${process.versions.node}; the project needs ${wanted} or newer (https://nodejs.org).`,
  )
}

/**
 * The environment for every tool: our pnpm first on the path, no telemetry, nothing inherited from `npm run`.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnv() {
  const env = {}
  for (const [name, value] of Object.entries(process.env)) {
    // `npm start` passes its own settings down as npm_config_…; pnpm would take them for the person's.
    if (!/^npm_(config|lifecycle|package)_/i.test(name) || keptSetting(name)) env[name] = value
  }
  env.PATH = `${toolsBin}${delimiter}${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`
  env.TURBO_TELEMETRY_DISABLED = '1'
  // What ran under another Node is not what would run under this one.
  env.ISOAUTH_NODE = process.version
  env.DO_NOT_TRACK = '1'
  return env
}

/** pnpm in the exact version of `packageManager`, in `.tools/`: a pnpm of the machine is never used. */
async function setUpPnpm() {
  const wanted = rootManifest.packageManager.split('@')[1].split('+')[0]
  if (pnpmThere(wanted)) return
  // Whatever an ended installation left is not built upon.
  rmSync(join(tools, 'node_modules'), { recursive: true, force: true })
  await step(`pnpm ${wanted} into .tools/`, 'npm', [
    'install',
    '--prefix',
    tools,
    '--no-save',
    '--no-package-lock',
    '--no-fund',
    '--no-audit',
    '--loglevel=error',
    ...(await machineSettings()),
    `pnpm@${wanted}`,
  ])
}

/** With `--prefix` npm looks for the machine's settings (registry, certificates, proxy) in that folder instead. */
async function machineSettings() {
  const { stdout } = await run('npm', ['config', 'get', 'globalconfig'], {
    cwd: root,
    env: toolEnv(),
  })
  const file = stdout.trim()
  return file === '' ? [] : [`--globalconfig=${file}`]
}

/** Not so where an installation was ended half-way: its manifest lies there before its program does. */
function pnpmThere(wanted) {
  try {
    const { version } = readJson(join(tools, 'node_modules/pnpm/package.json'))
    return version === wanted && existsSync(join(toolsBin, 'pnpm'))
  } catch {
    return false
  }
}

/**
 * Installs what the lockfile says: everything, or only what one package needs to be built and to run. Nothing to do
 * is free. The root's `dependencies` are what building takes and its `devDependencies` what testing takes, so that
 * `--prod` leaves out the gigabyte of test runtimes. A tree that has more keeps it.
 */
async function installDependencies({ only, engines = false } = {}) {
  const complete = existsSync(join(root, 'node_modules/.bin/vitest'))
  const withEngines = engines || enginesThere()
  const scope = scopeOf(only, complete, withEngines)
  const hash = installHash()
  const before = readNote('install')
  const done = before?.hash === hash ? (before.scopes ?? []) : []
  if (done.includes(scope) && foldersThere(scope)) return
  if (scope === WITH_ENGINES) {
    const what = 'all dependencies, with other versions of Node, Deno and Bun'
    await step(what, 'pnpm', ['install', '--frozen-lockfile'])
  } else if (scope === EVERYTHING) {
    const filter = APART.flatMap((name) => ['--filter', `!${name}`])
    const what = 'all dependencies, test runtimes included'
    await step(what, 'pnpm', ['install', '--frozen-lockfile', ...filter])
  } else {
    const filter = ['--prod', '--filter', `${only}...`]
    await step(`dependencies of ${only}`, 'pnpm', ['install', '--frozen-lockfile', ...filter])
  }
  // Installing for one package leaves what was installed for another; the other scopes replace each other.
  const kept = scope === only ? done.filter((name) => name !== only) : []
  writeNote('install', { hash, scopes: [...kept, scope] })
}

function scopeOf(only, complete, withEngines) {
  if (only !== undefined && !complete) return only
  return withEngines ? WITH_ENGINES : EVERYTHING
}

/** One announced step: its output passes through on a terminal, else it is shown only on failure. */
async function step(what, command, args) {
  console.log(`setup: ${what} …`)
  const show = process.stdout.isTTY === true
  const stopWatching = tellWhenUnreachable(command)
  const {
    code,
    output,
    seconds: took,
  } = await run(command, args, { cwd: root, env: toolEnv(), show })
  stopWatching()
  if (code === 0) {
    console.log(`setup: ${what}: done (${seconds(took)})`)
    return
  }
  // What a terminal showed was not collected.
  const offline = show ? await isUnreachable() : UNREACHABLE.test(output)
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

/** Says once that the registry does not answer, while npm or pnpm go on trying: it may be back, or not be needed. */
function tellWhenUnreachable(command) {
  let isOver = false
  const timer = setInterval(async () => {
    // Told by another look meanwhile, or of a step that has ended: no word.
    if (isOver || !(await isUnreachable()) || isOver) return
    isOver = true
    console.log(
      `setup: the package registry cannot be reached; ${command} goes on trying. Ctrl-C ends it: what is done is not done twice`,
    )
  }, ASKED_EVERY_MS)
  return () => {
    isOver = true
    clearInterval(timer)
  }
}

async function isUnreachable() {
  const args = ['ping', '--fetch-retries=0', '--fetch-timeout=10000']
  const { code, output } = await run('npm', args, { cwd: root, env: toolEnv() })
  return code !== 0 && UNREACHABLE.test(output)
}

function keptSetting(name) {
  return /^npm_config_(registry|cafile|ca|cert|key|proxy|https_proxy|noproxy|userconfig|cache|strict_ssl)$/i.test(
    name,
  )
}

function installHash() {
  return hashOf(
    ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifestsOfAll()].map(inRoot),
  )
}

function manifestsOfAll() {
  return workspacePackages().map(({ dir }) => join(relative(root, dir), 'package.json'))
}

/** False when somebody deleted a package's `node_modules`. */
function foldersThere(scope) {
  if (scope === WITH_ENGINES && !enginesThere()) return false
  const everything = scope === EVERYTHING || scope === WITH_ENGINES
  const isWanted = ({ name }) => scope !== EVERYTHING || !APART.includes(name)
  const wanted = everything ? workspacePackages().filter(isWanted) : closureOf(scope)
  return wanted.every(({ dir, manifest }) => {
    const needed = { ...manifest.dependencies, ...(everything ? manifest.devDependencies : {}) }
    return Object.keys(needed).length === 0 || existsSync(join(dir, 'node_modules'))
  })
}

function enginesThere() {
  return existsSync(join(root, 'tests/engines/node_modules'))
}

function inRoot(name) {
  return join(root, name)
}
