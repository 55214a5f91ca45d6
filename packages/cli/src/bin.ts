#!/usr/bin/env node
/** The `isoauth` command: this process as its outside. */
import process from 'node:process'
import { addAbortSignal } from 'node:stream'
import { isatty } from 'node:tty'
import { FAILED, HUNG_UP, INTERRUPTED, READER_GONE, TERMINATED } from './internal/exit-status.ts'
import type { Io, Output } from './internal/io.ts'
import { version } from './internal/version.ts'

const interruption = new AbortController()
let status: number | undefined
/** What ends a command, in milliseconds, where nobody is there any more to ask twice. */
const HUNG_UP_FOR_MS = 10_000
/** Asked now, since a terminal that is gone is none any more. */
const hasTerminal = [0, 1, 2].some((stream) => isatty(stream))
let isHungUp = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for what is under way.
    if (interruption.signal.aborted) endBy(signal, signal === 'SIGINT' ? INTERRUPTED : TERMINATED)
    if (signal === 'SIGTERM') status = TERMINATED
    interruption.abort()
  })
}
// More than one may come, of the platform and of the shell: a second one asks for nothing.
process.on('SIGHUP', hangUp)

/**
 * By the signal itself, since an exit waits for what the platform is reading, such as a pipe that nobody writes to; where
 * that does not end it, an exit does.
 */
function endBy(signal: NodeJS.Signals, code: number): never {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  process.exit(code)
}

/** The terminal is gone: what is kept is written as after another signal, and what is told is read by nobody. */
function hangUp(): void {
  if (isHungUp) return
  isHungUp = true
  status ??= HUNG_UP
  setTimeout(() => endBy('SIGHUP', HUNG_UP), HUNG_UP_FOR_MS).unref()
  // A question waits, nothing is under way, and ending it would give the terminal back: Node crashes where that fails.
  if (hasTerminal && process.stdin.isRaw) endBy('SIGHUP', HUNG_UP)
  interruption.abort()
}

if (process.stdin.isTTY) {
  process.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EIO') throw error
    hangUp()
  })
}

// The reader may leave early, as `head` does, of either output.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // So a terminal answers that is gone, which may be known before the signal is there.
    if (error.code === 'EIO' && stream.isTTY) return hangUp()
    if (error.code === 'EPIPE') process.exit(READER_GONE)
    // A disk that is full, for instance. Where it is the standard error, nothing can be told.
    if (stream === process.stdout) {
      process.stderr.write(
        `isoauth: Cannot write what was asked for: the output answered ${error.code}. Check the disk, and where the output goes.\n`,
      )
    }
    process.exit(FAILED)
  })
}

function output(stream: NodeJS.WriteStream): Output {
  // One for all that is written meanwhile: most of it is not waited for.
  let drained: Promise<void> | undefined
  const nextDrain = () =>
    new Promise<void>((done) => {
      stream.once('drain', () => {
        drained = undefined
        done()
      })
    })
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns
    },
    write(chunk) {
      // A terminal that is gone takes nothing, and is never drained.
      if (stream.write(chunk) || (isHungUp && stream.isTTY)) return undefined
      drained ??= nextDrain()
      return drained
    },
  }
}

/** Of which an interruption ends the waiting. */
const stdin: Io['stdin'] = {
  [Symbol.asyncIterator]: () =>
    addAbortSignal(interruption.signal, process.stdin)[Symbol.asyncIterator](),
}

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  // Asked for by scripts and shells: nothing else is loaded.
  process.stdout.write(`${version()}\n`)
} else {
  const { run } = await import('./internal/run.ts')
  const ended = await run(argv, {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    stdin,
    terminal:
      process.stdin.isTTY && process.stdout.isTTY
        ? { input: process.stdin, output: process.stdout }
        : undefined,
    env: process.env,
    cwd: process.cwd(),
    userFolders: async () => (await import('./internal/user-folders.ts')).userFolders(),
    signal: interruption.signal,
    now: Date.now,
  })
  process.exitCode = ended === 0 ? ended : (status ?? ended)
  // Node aborts, with a core dump, where it cannot give the terminal back as it found it.
  if (isHungUp && hasTerminal) endBy('SIGHUP', process.exitCode)
}
