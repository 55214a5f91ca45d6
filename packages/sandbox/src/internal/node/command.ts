/** What the `isoauth-sandbox` command does, from its arguments to its exit status. */
import { isatty } from 'node:tty'
import { SandboxError, type SandboxErrorCode } from '../errors.ts'
import { readArguments, USAGE } from './arguments.ts'
import { runSandbox } from './run-sandbox.ts'

/** Runs until a signal; resolves with the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endWithReader)
  const parsed = readArguments(argv)
  if (typeof parsed === 'string') {
    process.stderr.write(`isoauth-sandbox: ${parsed}\nTry isoauth-sandbox --help\n`)
    return 2
  }
  const { help, ...options } = parsed
  if (help) {
    process.stdout.write(USAGE)
    return 0
  }
  // Asked now, since a terminal that is gone is none any more.
  const hasTerminal = [0, 1, 2].some((stream) => isatty(stream))
  const stop = stopSignal()
  try {
    await runSandbox(options, {
      write: (text) => process.stdout.write(text),
      signal: stop.signal,
      isoauth: 'npx @isoauth/cli',
    })
    return 0
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    process.stderr.write(`isoauth-sandbox: ${error.message}\n`)
    return isOfUsage(error.code) ? 2 : 1
  } finally {
    // Node aborts, with a core dump, where it cannot give the terminal back as it found it.
    if (stop.isHungUp() && hasTerminal) endByHangUp()
  }
}

function endByHangUp(): void {
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}

/** What was given is at fault, and nothing was tried; the rule of `isoauth`, of which this is one command. */
function isOfUsage(code: SandboxErrorCode): boolean {
  const usage = ['SANDBOX_OPTION_INVALID', 'SANDBOX_FILE_NOT_OWN', 'SANDBOX_STATE_UNUSABLE']
  return usage.includes(code)
}

/** The reader may leave early, as `head` does: then it ends as SIGPIPE ends others. Another failure is a full disk. */
function endWithReader({ code }: NodeJS.ErrnoException): never {
  process.exit(code === 'EPIPE' ? 141 : 1)
}

/**
 * Aborted at the first SIGINT, SIGTERM or SIGHUP; a second one of the first two ends the process at once. Of SIGHUP more
 * than one may come where a terminal is closed, of the platform and of the shell: it asks for nothing more.
 */
function stopSignal(): { readonly signal: AbortSignal; readonly isHungUp: () => boolean } {
  const stop = new AbortController()
  let isHungUp = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(1)
      stop.abort()
    })
  }
  process.on('SIGHUP', () => {
    isHungUp = true
    stop.abort()
  })
  return { signal: stop.signal, isHungUp: () => isHungUp }
}
