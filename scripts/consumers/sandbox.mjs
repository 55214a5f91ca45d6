/** The sandbox that the programs talk to: the published one, started by its command. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlainError } from '../lib/process.mjs'
import { readJson, root } from '../lib/workspace.mjs'
import { add, makeProject } from './alone.mjs'
import { consumerEnv } from './managers.mjs'
import { startServer } from './temporary.mjs'

/** Installs and starts it, and writes what every program is given; true when all that went well. */
export function startSandbox(context, npm, tarballs) {
  const { folder, signal, table } = context
  const tarball = tarballs.find(({ name }) => name.endsWith('/sandbox'))
  const row = { consumer: 'npm', version: npm.version, what: 'the command isoauth-sandbox' }
  return table.check(row, async () => {
    const project = makeProject(context, npm, 'command')
    await add(context, npm, tarball, project)
    const credentials = join(folder, 'credentials.json')
    const command = join(project, 'node_modules/.bin/isoauth-sandbox')
    const args = ['--port', '0', '--credentials-file', credentials]
    const env = consumerEnv(folder)
    const address = await startServer(command, args, { cwd: project, env, signal })
    const sandbox = readJson(credentials)
    if (sandbox.ibkr.baseUrl !== address) throw new PlainError(`it wrote ${sandbox.ibkr.baseUrl}`)
    const vectors = readJson(join(root, 'vectors/ibkr-oauth1.json'))
    writeFileSync(join(folder, 'facts.json'), JSON.stringify({ sandbox, vectors }))
    return 'listens, credentials written'
  })
}
