/** A copy of one folder of `examples/`, outside of the project: its programs are installed, run and ended here. */
import { spawn } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlainError } from '../../../scripts/lib/process.mjs'
import { readJson, root } from '../../../scripts/lib/workspace.mjs'
import type { Context } from './context.ts'
import { type Command, consumerEnv, inProject, type Manager, present } from './managers.ts'
import { type Credentials, startSandbox } from './sandboxes.ts'

const WAIT_MS = 120_000

/** A program that runs. */
export interface Running {
  /** Waits until it has written what fits; gives the match. */
  wrote(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends it the signal and waits for its end; fails where that is none with 0. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** What one example is tried with. */
export interface Example {
  /** Its folder; no part of the project is above it. */
  readonly dir: string
  /** Of its sandbox. */
  readonly origin: string
  /** Aborts at its end. */
  readonly signal: AbortSignal
  /** Runs a command to its end; gives what it wrote to standard output. */
  run(...command: Command): Promise<string>
  /** Starts a command that is ended with the example. */
  start(command: Command, env?: Readonly<Record<string, string>>): Running
}

/**
 * Copies the folder, installs it as its README says, and does the work. The sandbox is its own, so that nothing of another
 * program is in it, and refused nothing at the end.
 *
 * @param from - the folder, with the versions of the release
 */
export async function tryExample(
  context: Context,
  { from, name, manager }: { from: string; name: string; manager: Manager },
  work: (example: Example) => Promise<string>,
): Promise<string> {
  const dir = join(context.folder, 'examples', name)
  cpSync(from, dir, { recursive: true })
  const over = new AbortController()
  const signal = AbortSignal.any([context.signal, over.signal])
  try {
    const sandbox = await startSandbox({ folder: context.folder, signal }, name)
    writeFileSync(join(dir, 'isoauth.json'), JSON.stringify(sandbox, null, 2))
    const env = exampleEnv(context.folder, manager)
    const run = async (...command: Command) => {
      return (await inProject(command, { cwd: dir, env, signal })).stdout
    }
    await install(dir, manager, run)
    const start: Example['start'] = (command, more) =>
      startProgram(command, { cwd: dir, env: { ...env, ...more }, signal })
    const example = { dir, origin: originOf(sandbox), signal, run, start }
    const what = await work(example)
    await requireNoRefusals(example)
    return what
  } finally {
    over.abort()
  }
}

/** With settings of package managers beside its own files: where our scope comes from. */
async function install(dir: string, manager: Manager, run: Example['run']): Promise<void> {
  const { name, files } = manager
  for (const [file, text] of Object.entries(files)) {
    const path = join(dir, file)
    // Deno has both in one file.
    if (file === 'deno.json') {
      const both = { ...readJson(path), ...JSON.parse(text) }
      writeFileSync(path, JSON.stringify(both))
    } else writeFileSync(path, text)
  }
  const { path } = present(manager)
  if (name === 'npm') await run('npm', 'install', '--no-audit', '--no-fund')
  else await run(path, 'install')
}

/** Tools of examples ask nobody for versions and tell nobody what they do. */
function exampleEnv(folder: string, manager: Manager): NodeJS.ProcessEnv {
  return {
    ...consumerEnv(folder, present(manager).path),
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    NEXT_TELEMETRY_DISABLED: '1',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_LOG_PATH: join(folder, 'caches/wrangler'),
    WRANGLER_SEND_METRICS: 'false',
  }
}

function originOf({ ibkr }: Credentials): string {
  return ibkr.baseUrl
}

async function requireNoRefusals({ origin }: Example): Promise<void> {
  const records = await fetch(`${origin}/__sandbox/requests`)
  const requests = (await records.json()) as ReadonlyArray<{
    readonly path: string
    readonly refused: string | null
  }>
  const refused = requests.filter((request) => request.refused !== null)
  if (refused.length === 0) return
  throw new PlainError(refused.map(({ path, refused: why }) => `${path}: ${why}`).join('\n'))
}

/**
 * In a process group of its own: what a script of a package manager starts would outlive the manager. Standard input is
 * closed, so that nothing asks a person.
 */
function startProgram(
  [command, ...args]: Command,
  { cwd, env, signal }: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Running {
  const child = spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let code: number | null | undefined
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      changed()
    })
  }
  const closed = (end: number | null) => {
    code = end
    changed()
  }
  child.once('close', closed).once('error', (error) => {
    output += error.message
    closed(127)
  })
  const kill = (name: NodeJS.Signals) => {
    if (child.pid === undefined || code !== undefined) return
    try {
      process.kill(-child.pid, name)
    } catch {
      // It has just ended.
    }
  }
  signal.addEventListener('abort', () => kill('SIGKILL'), { once: true })

  /** Waits until `look` gives something. */
  const until = <T>(what: string, look: () => T | undefined | null) =>
    new Promise<T>((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        listeners.delete(check)
      }
      const fail = (why: string) => {
        done()
        reject(new PlainError(`${[command, ...args].join(' ')} ${why}\n${output.trim()}`))
      }
      const check = () => {
        const found = look()
        if (found !== undefined && found !== null) {
          done()
          resolve(found)
        } else if (code !== undefined) fail(`ended with ${code} before ${what}`)
      }
      const timer = setTimeout(() => fail(`took too long: ${what}`), WAIT_MS)
      listeners.add(check)
      check()
    })

  return {
    wrote: (pattern) => until(`it wrote ${pattern}`, () => pattern.exec(output)),
    async end(name) {
      kill(name)
      const end = await until('it ended', () => (code === undefined ? undefined : { code }))
      if (end.code !== 0) throw new PlainError(`${command} ended with ${end.code}\n${output}`)
    },
  }
}

/** Compiles by the project's TypeScript what the example's own tsconfig.json names. */
export async function compile({ run }: Example): Promise<void> {
  const compiler = join(root, 'tests/consumers/node_modules/typescript/bin/tsc')
  await run(process.execPath, compiler, '-p', 'tsconfig.json')
}
