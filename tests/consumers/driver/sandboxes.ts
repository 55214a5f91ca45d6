/** The sandboxes that the programs talk to: the published one, started by its command. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlainError } from '../../../scripts/lib/process.mjs'
import { readJson, root } from '../../../scripts/lib/workspace.mjs'
import { add, factsOf, makeProject } from './alone.ts'
import type { Context, Tarball } from './context.ts'
import { consumerEnv, type Manager } from './managers.ts'
import { startServer } from './temporary.ts'

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
    const project = makeProject(context, npm, 'command')
    await add(context, { manager: npm, tarball, project })
    const vectors = readJson(join(root, 'vectors/ibkr-oauth1.json'))
    for (let lane = 0; lane < lanes; lane++) {
      const sandbox = await startSandbox(context, project, lane)
      writeFileSync(factsOf(context.folder, lane), JSON.stringify({ sandbox, vectors }))
    }
    return 'listens, credentials written'
  })
}

/** What it writes to the file of its credentials. */
async function startSandbox(
  { folder, signal }: Context,
  project: string,
  lane: number,
): Promise<unknown> {
  const credentials = join(folder, `credentials-${lane}.json`)
  const command = join(project, 'node_modules/.bin/isoauth-sandbox')
  const args = ['--port', '0', '--credentials-file', credentials]
  const env = consumerEnv(folder)
  const address = await startServer(command, args, { cwd: project, env, signal })
  const sandbox = readJson(credentials)
  if (sandbox.ibkr.baseUrl !== address) throw new PlainError(`it wrote ${sandbox.ibkr.baseUrl}`)
  return sandbox
}
