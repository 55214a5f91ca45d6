/** workerd as a child process: its own program, so that a signal reaches it and not a wrapper. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export interface Workerd {
  /** The ports of the sockets, in their order. */
  readonly ports: readonly number[]
  /** Resolves with a sentence when it ended. */
  readonly ended: Promise<string>
  /** Ends it, at the latest after two seconds. */
  stop(): Promise<void>
}

export interface WorkerdOptions {
  /** A constant of `workerd.capnp`. */
  readonly config: 'local' | 'many'
  readonly sockets: number
  /** The port of the first socket; the others take any free one. */
  readonly port: number
  /** The settings; nothing else of the environment is passed on. */
  readonly variables: Readonly<Record<string, string>>
  readonly onLine?: ((line: string) => void) | undefined
}

const CONFIG = fileURLToPath(new URL('../../workerd.capnp', import.meta.url))
const GRACE_MS = 2000
const START_MS = 20_000

/** Starts workerd and waits until every socket listens. Rejects with what it said where it did not. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { config, sockets, port, variables, onLine } = options
  const program = createRequire(import.meta.url)('workerd') as { default: string }
  const child = spawn(
    program.default,
    ['serve', CONFIG, config, '--control-fd=3', `--socket-addr=http1=127.0.0.1:${port}`],
    { env: variables, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  )
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream as Readable }).on('line', (line) => {
      if (said.push(line) > 20) said.shift()
      onLine?.(line)
    })
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(`workerd did not start: ${message}`))
    child.once('close', (code, signal) => resolve(`workerd ended (${signal ?? code}).`))
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  void ended.then(() => process.off('exit', kill))

  const tooLate = setTimeout(kill, START_MS)
  const ports = await listening(child, sockets)
  clearTimeout(tooLate)
  if (ports.length < sockets) throw new Error([await ended, ...said].join('\n'))
  return { ports, ended, stop: () => stop(child, ended) }
}

/** The ports as they are announced; fewer when it ended before. */
async function listening(child: ChildProcess, sockets: number): Promise<number[]> {
  const ports = new Map<string, number>()
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    const { event, socket, port } = JSON.parse(line) as Record<string, unknown>
    if (event === 'listen') ports.set(String(socket), Number(port))
    if (ports.size === sockets) break
  }
  return [...ports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port)
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  await ended
  clearTimeout(timer)
}
