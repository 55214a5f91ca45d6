/** The built Worker under workerd in front of a sandbox, and a browser for its page. */
import type { Sandbox } from '@isoauth/sandbox'
import { freePort } from '../../../tests/support/free-port.ts'
import { localVariables } from '../src/local/variables.ts'
import { startWorkerd, type WorkerdOptions } from '../src/local/workerd.ts'
import { type BrowserLike, browserLike } from './browser-like.ts'

export interface Running {
  /** One port for each isolate. */
  readonly ports: readonly number[]
  readonly browser: BrowserLike
  readonly code: string
  readonly variables: Readonly<Record<string, string>>
  /** What it printed. */
  readonly said: readonly string[]
  stop(): Promise<void>
}

export async function runWorkerd(
  sandbox: Sandbox,
  config: WorkerdOptions['config'],
  changes: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const variables = { ...localVariables(sandbox.credentials, origin), ...changes }
  const said: string[] = []
  const workerd = await startWorkerd({
    config,
    sockets: config === 'many' ? 8 : 1,
    port,
    variables,
    onLine: (line) => said.push(line),
  })
  const browser = browserLike(origin)
  return {
    ports: workerd.ports,
    browser,
    code: variables['ISOAUTH_EDGE_DEVELOPMENT_CODE'] ?? '',
    variables,
    said,
    async stop() {
      browser.close()
      await workerd.stop()
    },
  }
}
