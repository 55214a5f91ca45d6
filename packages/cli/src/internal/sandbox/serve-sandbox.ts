/** The sandbox, served until it is interrupted. */
import { resolve } from 'node:path'
import { checkCredentialsFile, serve, writeCredentialsFile } from '@isoauth/sandbox/node'
import type { SandboxOptions } from '../commands/sandbox-options.ts'
import type { Context } from '../context.ts'
import { fileError } from '../files.ts'

/** Serves the sandbox until it is interrupted. */
export async function serveSandbox({ io }: Context, options: SandboxOptions): Promise<void> {
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
