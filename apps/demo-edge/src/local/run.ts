/** What `npm run demo:edge` does, from its arguments to its exit status. */
import process from 'node:process'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { plural } from '../plural.ts'
import { readArguments, USAGE } from './arguments.ts'
import { freePort } from './free-port.ts'
import { openPage } from './open-page.ts'
import { localVariables } from './variables.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

/** Runs until a signal, or until workerd ends; resolves with the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const args = readArguments(argv)
  if (typeof args === 'string') {
    console.error(`demo:edge: ${args}\n\n${USAGE}`)
    return 2
  }
  if (args.help) {
    console.log(USAGE)
    return 0
  }
  const stopped = stopSignal()
  const sandbox = await serve({ port: 0 })
  try {
    return await runEdge(sandbox, args, stopped)
  } finally {
    await sandbox.close({ timeoutMs: 0 })
  }
}

async function runEdge(
  sandbox: SandboxServer,
  { port: wanted, open }: { readonly port: number; readonly open: boolean },
  stopped: Promise<void>,
): Promise<number> {
  const port = wanted === 0 ? await freePort() : wanted
  const origin = `http://127.0.0.1:${port}`
  const variables: Record<string, string> = {
    ...localVariables(sandbox.sandbox.credentials, origin),
    ISOAUTH_EDGE_KEEP_SESSION: 'leave',
  }
  let workerd: Workerd
  try {
    workerd = await startWorkerd({
      ...{ config: 'local', sockets: 1, port, variables },
      onLine: (line) => console.log(`workerd  ${line}`),
    })
  } catch (error) {
    console.error(`demo:edge: ${error instanceof Error ? error.message : 'workerd failed'}`)
    return 1
  }
  const code = variables['ISOAUTH_EDGE_DEVELOPMENT_CODE']
  // The fragment stays in the browser; the page takes it out of the address at once.
  const link = `${origin}/#code=${code}`
  console.log(
    [
      '',
      `sandbox  ${sandbox.origin}, fresh credentials; nothing leaves this machine`,
      `page     ${link}`,
      `code     ${code}, to sign in; good until this ends`,
      '',
      'Ctrl-C ends all of it.',
    ].join('\n'),
  )
  if (open) openPage(link)
  const early = await Promise.race([stopped, workerd.ended])
  await workerd.stop()
  const { handshakes, authorized } = sandbox.sandbox.counts
  console.log(`\n${plural(handshakes, 'handshake')} for ${plural(authorized, 'authorized call')}`)
  if (early !== undefined) console.error(`demo:edge: ${early}`)
  return early === undefined ? 0 : 1
}

/** `npm` and a terminal may both pass on one Ctrl-C. */
const SAME_SIGNAL_MS = 1000

/** Resolves at the first signal to end; a later one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        askedAt ??= performance.now()
        if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(1)
        resolve()
      })
    }
  })
}
