/** What the `isoauth-sandbox` command does, from its arguments to its exit status. */
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
  try {
    await runSandbox(options, {
      write: (text) => process.stdout.write(text),
      signal: stopSignal(),
      isoauth: 'npx @isoauth/cli',
    })
    return 0
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    process.stderr.write(`isoauth-sandbox: ${error.message}\n`)
    return isOfUsage(error.code) ? 2 : 1
  }
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

/** Aborted at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(1)
      stop.abort()
    })
  }
  return stop.signal
}
