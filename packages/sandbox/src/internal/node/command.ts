/** What the `isoauth-sandbox` command does, from its arguments to its exit status. */
import { SandboxError, type SandboxErrorCode } from '../errors.ts'
import { readArguments, USAGE } from './arguments.ts'
import { checkCredentialsFile, writeCredentialsFile } from './credentials-file.ts'
import { type SandboxServer, serve } from './server.ts'

/** Runs until a signal; resolves with the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = readArguments(argv)
  if (typeof parsed === 'string') {
    process.stderr.write(`isoauth-sandbox: ${parsed}\nTry isoauth-sandbox --help\n`)
    return 2
  }
  if (parsed.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const { port, cors, signedOrigins, credentialsFile, force } = parsed
  const { pacing, stickyCookie, orderQuestions } = parsed
  const users = parsed.users.map((username, index) => ({
    username,
    accountId: `DU${2_000_001 + index}`,
  }))
  const stop = stopSignal()
  let server: SandboxServer | undefined
  try {
    // Before anything is served: what stands in the file may be of more worth than this run.
    if (credentialsFile !== undefined) await checkCredentialsFile(credentialsFile, { force })
    server = await serve({
      ...{ port, cors, signedOrigins, users },
      ...{ pacing, stickyCookie, orderQuestions },
    })
    if (credentialsFile !== undefined) {
      await writeCredentialsFile(credentialsFile, server.sandbox.credentials, { force })
    }
  } catch (error) {
    await server?.close({ timeoutMs: 0 })
    return fail(error, credentialsFile)
  }
  process.stdout.write(`listening ${server.origin}\n`)
  await stop
  await server.close()
  return 0
}

/** Says what went wrong; gives the exit status. */
function fail(error: unknown, credentialsFile: string | undefined): number {
  if (error instanceof SandboxError) {
    process.stderr.write(`isoauth-sandbox: ${error.message}\n`)
    return isOfUsage(error.code) ? 2 : 1
  }
  const { code, syscall } = error as NodeJS.ErrnoException
  // Only the file system is asked for anything here that fails with a system call's name.
  if (code === undefined || syscall === undefined) throw error
  process.stderr.write(`isoauth-sandbox: cannot write ${credentialsFile}: ${code}\n`)
  return 1
}

/** What was given is at fault, and nothing was tried; the rule of `isoauth`, of which this is one command. */
function isOfUsage(code: SandboxErrorCode): boolean {
  return code === 'SANDBOX_OPTION_INVALID' || code === 'SANDBOX_FILE_NOT_OWN'
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const stop = () => {
      if (asked) process.exit(1)
      asked = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
