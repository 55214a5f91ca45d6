/** The same handler served by Node, and by every other engine that is installed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { installedEngines } from '../../../scripts/lib/engines.ts'
import { freePort } from '../../../tests/support/free-port.ts'
import { localVariables } from '../src/local/variables.ts'
import { browserLike } from './browser-like.ts'
import { checkServed } from './edge-over-sockets.ts'
import { startUpstream, type Upstream } from './upstream.ts'

const DIST = new URL('../dist/', import.meta.url)
const ENGINES = [
  { name: 'node', version: process.versions.node, path: process.execPath },
  ...installedEngines(),
]

let upstream: Upstream
let child: ReturnType<typeof run> | undefined

beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
afterEach(async () => {
  if (child?.pid === undefined || child.exitCode !== null) return
  // Its group: what is on the path of an engine may be a wrapper, which keeps signals to itself.
  process.kill(-child.pid)
  await once(child, 'close')
})

function run({ name, path }: { name: string; path: string }, variables: Record<string, string>) {
  const program = name === 'deno' || name === 'bun' ? name : 'node'
  const file = fileURLToPath(new URL(`${program}.mjs`, DIST))
  const before =
    name === 'deno' ? ['run', '--no-config', '--allow-env', '--allow-net=127.0.0.1'] : []
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, ...variables }
  const started = spawn(path, [...before, file], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  child = started
  return started
}

describe.each(ENGINES)('$name $version', (engine) => {
  it('serves the page, the session and the calls of the list, and streams', async () => {
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const variables = localVariables(upstream.sandbox.credentials, origin)
    const server = run(engine, variables)
    let said = ''
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const [line] = await once(createInterface({ input: server.stdout }), 'line')
    expect(line).toBe(`listening for ${origin}`)
    const browser = browserLike(origin)
    const code = variables['ISOAUTH_EDGE_DEVELOPMENT_CODE'] as string
    try {
      await checkServed({ upstream, browser, port, code })
    } finally {
      browser.close()
    }
    expect(said).toContain('EDGE_CALL_REFUSED')
    expect(said).not.toContain(code)
  })

  it('does not start for an upstream that is not loopback', async () => {
    const variables = localVariables(upstream.sandbox.credentials, 'http://127.0.0.1:8788')
    const ISOAUTH_IBKR_OAUTH1_BASE_URL = 'https://api.ibkr.com/v1/api'
    const server = run(engine, { ...variables, ISOAUTH_IBKR_OAUTH1_BASE_URL })
    let said = ''
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const [status] = await once(server, 'close')
    expect([status, said.split(':', 2).join(':')]).toEqual([2, 'demo-edge: EDGE_UPSTREAM_REFUSED'])
  })

  it('says in one line that the port is taken', async () => {
    const { origin } = upstream.sandbox
    const server = run(engine, localVariables(upstream.sandbox.credentials, origin))
    let said = ''
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const [status] = await once(server, 'close')
    expect([status, said.trim().split('\n').length]).toEqual([2, 1])
    expect(said).toMatch(/^demo-edge: EDGE_LISTEN_FAILED: .*ISOAUTH_EDGE_LISTEN_PORT\.$/m)
  })

  // The others end no request for its silence.
  it.runIf(engine.name === 'bun')(
    'waits for an answer that takes longer than ten seconds',
    async () => {
      const port = await freePort()
      const origin = `http://127.0.0.1:${port}`
      const variables = localVariables(upstream.sandbox.credentials, origin)
      const server = run(engine, variables)
      await once(createInterface({ input: server.stdout }), 'line')
      const browser = browserLike(origin)
      const cookie = await browser.signIn(
        port,
        variables['ISOAUTH_EDGE_DEVELOPMENT_CODE'] as string,
      )
      const { seen, release } = upstream.hold('/portfolio/accounts')
      const answer = browser.send('/api/portfolio/accounts', { port, headers: { cookie } })
      try {
        await seen
        await Promise.race([answer, sleep(13_000)])
      } finally {
        release()
      }
      expect((await answer).statusCode).toBe(200)
      browser.close()
    },
    30_000,
  )
})
