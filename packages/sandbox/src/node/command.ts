/** What the `isoauth-sandbox` command does, from its arguments to its exit status. */
import { SandboxError } from '../errors.ts'
import { readArguments, USAGE } from './arguments.ts'
import { writeCredentialsFile } from './credentials-file.ts'
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
  const { port, cors, signedOrigins, credentialsFile } = parsed
  const users = parsed.users.map((username, index) => ({
    username,
    accountId: `DU${2_000_001 + index}`,
  }))
  const stop = stopSignal()
  let server: SandboxServer
  try {
    server = await serve({ port, cors, signedOrigins, users })
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    process.stderr.write(`isoauth-sandbox: ${error.message}\n`)
    return error.code === 'SANDBOX_OPTION_INVALID' ? 2 : 1
  }
  try {
    if (credentialsFile !== undefined) {
      await writeCredentialsFile(credentialsFile, server.sandbox.credentials)
    }
  } catch (error) {
    const { code = 'failed' } = error as NodeJS.ErrnoException
    process.stderr.write(`isoauth-sandbox: cannot write ${credentialsFile}: ${code}\n`)
    await server.close({ timeoutMs: 0 })
    return 1
  }
  process.stdout.write(`listening ${server.origin}\n`)
  await stop
  await server.close()
  return 0
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
