/**
 * Clients in a Worker's module scope whose requests end early: what they started never settles, and
 * whoever comes later is served all the same. Run in workerd at a date with and one without
 * `handle_cross_request_promise_resolution`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { serve } from '@isoauth/sandbox/node'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'
import { untilSlow } from '../support/events.ts'

const closers: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** A server that answers once something has come to be. */
async function startGate(isSo: () => Promise<void>): Promise<string> {
  const server = createServer((_, response) => void isSo().then(() => response.end()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function startWorker(compatibilityDate: string): Promise<{ origin: string; server: Server }> {
  const server = await serve({ port: 0, credentials: testCredentials })
  closers.push(() => server.close({ timeoutMs: 0 }))
  const underWay = await startGate(() => untilSlow(server.sandbox))
  const { ibkr, ultracart } = server.sandbox.credentials
  const folder = mkdtempSync(join(tmpdir(), 'isoauth-worker-'))
  closers.push(() => rmSync(folder, { recursive: true }))
  const settings = JSON.stringify({ oauth1: ibkr.oauth1, ultracart, underWay })
  await build({
    entryPoints: [here('workers/shared-client.ts')],
    outfile: join(folder, 'worker.mjs'),
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'sources and settings',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^@isoauth\// }, ({ path }) => {
            const [, name = '', entry = 'index'] = path.split('/')
            return { path: here(`../../packages/${name}/src/${entry}.ts`) }
          })
          onResolve({ filter: /^made-settings$/ }, () => ({ path: 'settings', namespace: 'made' }))
          onLoad({ filter: /.*/, namespace: 'made' }, () => ({
            contents: settings,
            loader: 'json',
          }))
        },
      },
    ],
  })
  writeFileSync(join(folder, 'config.capnp'), configOf(compatibilityDate))
  const { default: program } = createRequire(import.meta.url)('workerd') as { default: string }
  const child = spawn(program, ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  closers.push(() => {
    child.kill('SIGKILL')
    return ended
  })
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    const { event, port } = JSON.parse(line) as { event: string; port: number }
    if (event === 'listen') return { origin: `http://127.0.0.1:${port}`, server }
  }
  throw new Error('workerd did not listen')
}

type Server = Awaited<ReturnType<typeof serve>>

function configOf(compatibilityDate: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ( name = "main", worker = (
      modules = [ ( name = "worker", esModule = embed "worker.mjs" ) ],
      compatibilityDate = "${compatibilityDate}",
      globalOutbound = "loopback",
    ) ),
    ( name = "loopback", network = ( allow = ["private"] ) ),
  ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", service = "main" ) ],
);
`
}

const SLOW = {
  ibkr: '/v1/api/oauth/live_session_token',
  ultracart: '/rest/v2/sso/authorize',
} as const

describe.each(['2024-01-01', '2025-10-01'])('at compatibility date %s', (date) => {
  it.each([
    ['ibkr', 200],
    ['ultracart', 'http:'],
  ] as const)('%s serves whoever comes after a request that ended early', async (name, answer) => {
    const { origin, server } = await startWorker(date)
    server.sandbox.fault({ path: SLOW[name], kind: 'slow', value: 600_000, times: 1 })
    const first = await fetch(`${origin}/${name}/ending`)
    expect([first.status, await first.json()]).toMatchObject([502, { message: 'other' }])
    // A lost sign-in is noticed in seconds: by the answer to it, or by anybody's own time, all would come too late.
    const later = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(`${origin}/${name}`)).json()),
    )
    expect(later).toEqual(Array(5).fill(answer))
    expect(await (await fetch(`${origin}/${name}`)).json()).toBe(answer)
  })
})
