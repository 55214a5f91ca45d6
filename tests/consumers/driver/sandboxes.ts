/** The sandboxes that the programs talk to: the published one, started by its command. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlainError } from '../../../scripts/lib/process.mjs'
import { readJson, root } from '../../../scripts/lib/workspace.mjs'
import { add, factsOf, makeProject } from './alone.ts'
import type { Context, Tarball } from './context.ts'
import { consumerEnv, type Manager } from './managers.ts'
import { startServer } from './temporary.ts'

/** The project that has it. */
const COMMAND = 'command'

/** What is read here of the credentials. */
export interface Credentials {
  readonly ibkr: { readonly baseUrl: string }
}

/**
 * Installs it, starts one for each lane and writes what the programs there are given; true when all that went well.
 * Two programs that share one would take the live session token from each other, as at the broker.
 */
export function startSandboxes(
  context: Context,
  { npm, tarballs, lanes }: { npm: Manager; tarballs: readonly Tarball[]; lanes: number },
): Promise<unknown> {
  const tarball = tarballs.find(({ name }) => name.endsWith('/sandbox'))
  if (tarball === undefined) throw new PlainError('the sandbox was not packed')
  const row = { consumer: 'npm', version: npm.version, what: 'the command isoauth-sandbox' }
  return context.table.check(row, async () => {
    const project = makeProject(context, npm, COMMAND)
    await add(context, { manager: npm, tarball, project })
    const vectors = readJson(join(root, 'vectors/ibkr-oauth1.json'))
    for (let lane = 0; lane < lanes; lane++) {
      const sandbox = await startSandbox(context, `lane-${lane}`)
      writeFileSync(factsOf(context.folder, lane), JSON.stringify({ sandbox, vectors }))
    }
    return 'listens, credentials written'
  })
}

/**
 * Starts one more of the published sandbox, until `signal` is aborted; gives what it writes to the file of its credentials.
 *
 * @param name - of that file, in the folder of the run
 */
export async function startSandbox(
  { folder, signal }: Pick<Context, 'folder' | 'signal'>,
  name: string,
): Promise<Credentials> {
  const project = join(folder, 'projects', `npm-${COMMAND}`)
  const credentials = join(folder, `credentials-${name}.json`)
  const command = join(project, 'node_modules/.bin/isoauth-sandbox')
  const args = ['--port', '0', '--credentials-file', credentials]
  const env = consumerEnv(folder)
  const address = await startServer(command, args, { cwd: project, env, signal })
  const sandbox: Credentials = readJson(credentials)
  if (sandbox.ibkr.baseUrl !== address) throw new PlainError(`it wrote ${sandbox.ibkr.baseUrl}`)
  return sandbox
}
