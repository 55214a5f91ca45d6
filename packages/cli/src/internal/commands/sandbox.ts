/** `isoauth sandbox`: the stand-in for the services on this machine, until it is interrupted. */
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from '../context.ts'
import { fileError } from '../files.ts'

interface SandboxOptions {
  readonly port: number
  readonly credentialsFile?: string
  readonly signedOrigin?: readonly string[]
  readonly user?: readonly string[]
  readonly cors?: boolean
  readonly pacing?: boolean
  readonly stickyCookie?: boolean
  readonly orderQuestion?: readonly string[]
  readonly force?: boolean
}

const AFTER = `
Serves a strict stand-in for the sign-in services on 127.0.0.1, with fresh
credentials each run; nothing that it hands out is valid anywhere else.
GET /__sandbox/requests tells of each request why it was refused. Register
keys of your own at /portal. What happens at the broker (a lost session, a cut
stream, an order) is said by POST /__sandbox/broker. Ctrl-C ends it.
`

export function addSandbox(program: Command, context: Context): void {
  program
    .command('sandbox')
    .description('serve a stand-in for the services on this machine')
    .addOption(
      new Option('-p, --port <port>', 'port to listen on, 0 for any free one')
        .default(8787)
        .argParser(readPort),
    )
    .addOption(
      new Option('--credentials-file <file>', 'write the credentials there (mode 0600)').argParser(
        readFileName,
      ),
    )
    .option('--force', 'replace a credentials file that no sandbox wrote')
    .option('--signed-origin <origin>', 'accept this origin too in what is signed', collect)
    .option('--user <name>', 'open SSO sessions for this user name too', collect)
    .option('--cors', 'answer pages of other origins (the broker does not)')
    .option('--pacing', 'hold /v1/api to the limits, with the penalty box behind them')
    .option('--sticky-cookie', 'keep a session on the machine that its cookie names')
    .option('--order-question <id>', 'ask this about each order, such as o163', collect)
    .addHelpText('after', AFTER)
    .action((options: SandboxOptions) => sandbox(context, options))
}

async function sandbox({ io }: Context, options: SandboxOptions): Promise<void> {
  const { port, cors, pacing, stickyCookie, credentialsFile } = options
  const {
    signedOrigin: signedOrigins = [],
    user = [],
    orderQuestion: orderQuestions = [],
  } = options
  const users = user.map((username, index) => ({
    username,
    accountId: `DU${2_000_001 + index}`,
  }))
  const { checkCredentialsFile, serve, writeCredentialsFile } = await import(
    '@isoauth/sandbox/node'
  )
  const file = credentialsFile === undefined ? undefined : resolve(io.cwd, credentialsFile)
  const force = options.force === true
  // Before it listens: a real configuration is refused, and nothing was begun.
  if (file !== undefined) await withWords(file, checkCredentialsFile(file, { force }))
  const server = await serve({
    ...{ port, signedOrigins, users, orderQuestions },
    cors: cors === true,
    pacing: pacing === true,
    stickyCookie: stickyCookie === true,
  })
  try {
    if (file !== undefined) {
      const { credentials } = server.sandbox
      await withWords(file, writeCredentialsFile(file, credentials, { force }))
    }
    await io.stdout.write(`listening ${server.origin}\n`)
    await aborted(io.signal)
  } finally {
    await server.close()
  }
}

/** What the file system refuses, in this command's words; what the sandbox refuses stays as it is. */
async function withWords(file: string, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    const { syscall } = Object(error) as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    throw fileError('CLI_FILE_UNWRITABLE', `Cannot write ${file}`, error)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }))
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError('A whole number from 0 to 65535 is required.')
}

function readFileName(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('A file name is required.')
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
