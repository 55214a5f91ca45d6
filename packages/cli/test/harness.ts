/** Runs the command in this process, with an outside made for it, and keeps what it wrote. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Io } from '../src/internal/io.ts'
import { run } from '../src/internal/run.ts'

export interface Run {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  readonly bytes: Uint8Array
}

export interface Outside {
  readonly env?: Io['env']
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
  readonly isTerminal?: boolean
  readonly columns?: number
  readonly now?: () => number
  readonly signal?: AbortSignal
  readonly terminal?: Io['terminal']
  /** Told of all that is written, to either output. */
  readonly onOutput?: (text: string) => void
}

export async function isoauth(argv: readonly string[], outside: Outside = {}): Promise<Run> {
  const stdout: Uint8Array[] = []
  const stderr: Uint8Array[] = []
  const { isTerminal = false, stdin = '' } = outside
  const collect = (chunks: Uint8Array[]) => ({
    isTerminal,
    columns: outside.columns,
    write(chunk: string | Uint8Array) {
      chunks.push(Buffer.from(chunk))
      outside.onOutput?.(String(chunk))
    },
  })
  // Never the folders of the person who runs the tests, nor those of another test.
  const folder = join(tmpdir(), `isoauth-user-${randomUUID()}`)
  const { XDG_CONFIG_HOME = folder, XDG_CACHE_HOME = folder } = outside.env ?? {}
  const status = await run(argv, {
    stdout: collect(stdout),
    stderr: collect(stderr),
    stdin: (async function* () {
      yield Buffer.from(stdin)
    })(),
    terminal: outside.terminal,
    env: outside.env ?? {},
    userFolders: async () => ({
      config: join(XDG_CONFIG_HOME, 'isoauth'),
      cache: join(XDG_CACHE_HOME, 'isoauth'),
    }),
    cwd: outside.cwd ?? tmpdir(),
    signal: outside.signal ?? new AbortController().signal,
    now: outside.now ?? Date.now,
  })
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  const bytes = Buffer.concat(stdout)
  return { status, stdout: bytes.toString(), stderr: Buffer.concat(stderr).toString(), bytes }
}

/** Text without line breaks and indents: where a line breaks is not what a test is about. */
export function flat(text: string): string {
  return text.replace(/\s+/g, ' ')
}

export function longestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}

/** Text without colours. */
export function plain(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')
}
