/** The package managers, each as its users set it up, with the runtime that its project is run by. */
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { type Engine, installedEngines } from '../../../scripts/lib/engines.ts'
import { PlainError, run } from '../../../scripts/lib/process.mjs'
import { toolEnv } from '../../../scripts/lib/setup.mjs'
import { readJson, root, rootManifest } from '../../../scripts/lib/workspace.mjs'

const scope = `@${rootManifest.name}`
const tools = join(root, 'tests/consumers/node_modules')

/** A package manager, and the runtime that its projects run in. */
export interface Manager {
  readonly name: string
  version?: string | undefined
  readonly runtime:
    | { readonly name: string; readonly version: string; readonly path: string }
    | undefined
  readonly files: Record<string, string>
  readonly manifest: boolean
  readonly add: (path: string, spec: string) => Command
  readonly start: (path: string, program: string, args: readonly string[]) => Command
}

/** What most of them leave out. */
type Given = Omit<Manager, 'manifest' | 'start'> & Partial<Pick<Manager, 'manifest' | 'start'>>

export type Command = readonly [string, ...string[]]

/**
 * Each with the files of an empty project, the command that adds a package
 * to it, and the command that runs a program of it. `runtime` is undefined where this machine does not have it.
 *
 * Only our scope is mapped to the registry of our own; all else comes from wherever the person gets it. Managers that
 * refuse what is younger than a day are told to take ours, for a release that is minutes old is what this is about.
 */
export function packageManagers(registry: string): Manager[] {
  const engines = new Map<string, Engine>(
    installedEngines().map((engine) => [engine.name, engine] as const),
  )
  const own = { name: 'node', version: process.versions.node, path: process.execPath }
  const npmrc = `${scope}:registry=${registry}/\n`
  const berry = join(tools, '@yarnpkg/cli-dist/bin/yarn.js')
  const classic = join(tools, 'yarn/bin/yarn.js')
  const managers: Given[] = [
    {
      name: 'npm',
      runtime: own,
      files: { '.npmrc': npmrc },
      add: (_, spec) => ['npm', 'install', '--no-audit', '--no-fund', spec],
    },
    {
      name: 'pnpm',
      version: rootManifest.packageManager.split('@')[1],
      runtime: engines.get('node22'),
      files: {
        '.npmrc': npmrc,
        'pnpm-workspace.yaml': `minimumReleaseAgeExclude: ['${scope}/*']\n`,
      },
      add: (_, spec) => ['pnpm', 'add', spec],
    },
    {
      name: "yarn, Plug'n'Play",
      version: readJson(join(tools, '@yarnpkg/cli-dist/package.json')).version,
      runtime: engines.get('node24'),
      files: {
        'yarn.lock': '',
        '.yarnrc.yml': [
          'npmScopes:',
          `  ${rootManifest.name}:`,
          `    npmRegistryServer: '${registry}'`,
          '    npmMinimalAgeGate: 0',
          "unsafeHttpWhitelist: ['127.0.0.1']",
          'enableImmutableInstalls: false',
          'enableTelemetry: false',
          '',
        ].join('\n'),
      },
      add: (node, spec) => [node, berry, 'add', spec],
      start: (node, program, args) => [node, berry, 'node', program, ...args],
    },
    {
      name: 'yarn classic',
      version: readJson(join(tools, 'yarn/package.json')).version,
      runtime: engines.get('node26'),
      files: { '.npmrc': npmrc },
      add: (node, spec) => [node, classic, 'add', '--non-interactive', spec],
    },
    {
      name: 'bun',
      version: engines.get('bun')?.version,
      runtime: engines.get('bun'),
      files: { 'bunfig.toml': `[install.scopes]\n"${scope}" = "${registry}/"\n` },
      add: (bun, spec) => [bun, 'add', spec],
    },
    {
      name: 'deno',
      version: engines.get('deno')?.version,
      runtime: engines.get('deno'),
      files: { '.npmrc': npmrc, 'deno.json': '{ "minimumDependencyAge": "0" }\n' },
      manifest: false,
      add: (deno, spec) => [deno, 'add', `npm:${spec}`],
      start: (deno, program, args) => [
        deno,
        ...['run', '--allow-read', '--allow-net=127.0.0.1', ...denoExtras(program)],
        ...[program, ...args],
      ],
    },
  ]
  const start: Manager['start'] = (path, program, args) => [path, program, ...args]
  return managers.map((manager) => ({ manifest: true, start, ...manager }))
}

/** The runtime of a manager that this machine has. */
export function present({ name, runtime }: Manager): NonNullable<Manager['runtime']> {
  if (runtime === undefined) throw new PlainError(`${name} has no runtime here`)
  return runtime
}

/** The command reads variables and writes its files; the libraries may do neither. */
function denoExtras(program: string): string[] {
  return program === 'cli.mjs' ? ['--allow-env', '--allow-write', '--allow-sys'] : []
}

/**
 * The environment of a user's project: the person's own way to the ordinary registry, caches that are empty at first
 * (a version of ours has other contents each time), and nothing of this project on the path but pnpm.
 */
export function consumerEnv(folder: string, node = process.execPath): NodeJS.ProcessEnv {
  const caches = join(folder, 'caches')
  const own = join(root, 'node_modules')
  const others = (process.env['PATH'] ?? '').split(delimiter).filter((dir) => !dir.startsWith(own))
  const path = [dirname(node), join(root, '.tools/node_modules/.bin'), ...others]
  return {
    ...toolEnv(),
    PATH: path.join(delimiter),
    NO_COLOR: '1',
    npm_config_cache: join(caches, 'npm'),
    npm_config_update_notifier: 'false',
    PNPM_CONFIG_STORE_DIR: join(caches, 'pnpm'),
    XDG_CACHE_HOME: join(caches, 'xdg'),
    YARN_CACHE_FOLDER: join(caches, 'yarn'),
    YARN_GLOBAL_FOLDER: join(caches, 'yarn-global'),
    BUN_INSTALL_CACHE_DIR: join(caches, 'bun'),
    DENO_DIR: join(caches, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
  }
}

/** Runs one command of a project; its output, or a failure that shows it. */
export async function inProject(
  [command, ...args]: Command,
  { cwd, env, signal }: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<{ output: string; stdout: string }> {
  const { code, output, stdout } = await run(command, args, { cwd, env, signal })
  if (code === 0) return { output, stdout }
  const what = [command, ...args].map((word) => (existsSync(word) ? word.split('/').at(-1) : word))
  throw new PlainError(`${what.join(' ')} ended with ${code}\n${output.trim()}`)
}
