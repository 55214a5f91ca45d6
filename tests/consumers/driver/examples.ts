/** The programs of `examples/`, each installed as it stands from the registry of our own, run, and asked what it says. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { PlainError } from '../../../scripts/lib/process.mjs'
import { missingRedis, startRedis } from '../../fleet/redis-server.ts'
import { freePort } from '../../support/free-port.ts'
import { inChromium } from './chromium.ts'
import type { Context, Work } from './context.ts'
import { compile, type Example, tryExample } from './example.ts'
import { type Manager, present } from './managers.ts'

const ACCOUNT = /account DU\d+, DEMO, in USD/

interface Program {
  readonly manager: 'npm' | 'bun' | 'deno'
  readonly needs?: 'chromium' | 'redis'
  /** Does what its README says; gives what was seen. */
  readonly work: (example: Example, runtime: string) => Promise<string>
}

/** The longest first, so that both lanes end together. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  'next-route': { manager: 'npm', work: nextRoute },
  worker: { manager: 'npm', work: worker },
  'redis-fleet': { manager: 'npm', needs: 'redis', work: redisFleet },
  'vite-page': { manager: 'npm', needs: 'chromium', work: vitePage },
  'third-party': { manager: 'npm', needs: 'chromium', work: thirdParty },
  'hono-ultracart': { manager: 'npm', needs: 'chromium', work: honoUltraCart },
  'vitest-suite': { manager: 'npm', work: vitestSuite },
  'node-script': { manager: 'npm', work: nodeScript },
  bun: { manager: 'bun', work: bun },
  deno: { manager: 'deno', work: deno },
}

/** One piece of work for each folder; `missing` are the browsers that this machine does not have. */
export function exampleWorks(
  context: Context,
  {
    copy,
    managers,
    missing,
  }: { copy: string; managers: readonly Manager[]; missing: readonly string[] },
): Work[] {
  const folder = join(copy, 'examples')
  const there = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const names = [...new Set([...Object.keys(PROGRAMS), ...there.map(({ name }) => name)])]
  return names.map((name) => () => {
    const program = PROGRAMS[name]
    const manager = managers.find((one) => one.name === program?.manager)
    const row = { consumer: 'example', version: manager?.version, what: name }
    const { table } = context
    if (program === undefined || manager === undefined) {
      return table.check(row, () => {
        throw new PlainError('nobody runs it: add it to tests/consumers/driver/examples.ts')
      })
    }
    const { needs, work } = program
    const isMissing =
      needs === 'redis' ? missingRedis() !== undefined : missing.includes(needs ?? '')
    if (manager.runtime === undefined || isMissing) return table.missing(row)
    const { path } = present(manager)
    return table.check(row, () => {
      requirePages(folder, name)
      const from = join(folder, name)
      return tryExample(context, { from, name, manager }, (example) => work(example, path))
    })
  })
}

/** A README of its own, and a line in that of all. */
function requirePages(folder: string, name: string): void {
  const all = readFileSync(join(folder, 'README.md'), 'utf8')
  if (!all.includes(`| [${name}](${name}) |`)) throw new PlainError('examples/README.md omits it')
  if (!existsSync(join(folder, name, 'README.md'))) throw new PlainError('it has no README.md')
}

async function nodeScript({ run }: Example): Promise<string> {
  const output = await run('npm', 'start')
  return `${found(output, ACCOUNT)}; ${found(output, /orders would go to DU\d+/)}`
}

async function deno({ run }: Example, runtime: string): Promise<string> {
  await run(runtime, 'check', 'main.ts')
  return found(await run(runtime, 'task', 'start'), ACCOUNT)
}

async function bun(example: Example, runtime: string): Promise<string> {
  await compile(example)
  const program = example.start([runtime, 'index.ts'])
  await program.wrote(/Ctrl-C ends/)
  await program.wrote(/last .* bid .* ask/)
  const event = { kind: 'market-data', conid: 265598, fields: { 31: '190.25' } }
  await fetch(`${example.origin}/__sandbox/broker`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
  const [price] = await program.wrote(/last 190\.25 {2}bid [\d.]+/)
  await program.end('SIGINT')
  return price
}

async function worker(example: Example): Promise<string> {
  await compile(example)
  const [, key = ''] = /Bearer ([\w-]+)/.exec(await example.run('npm', 'run', 'secrets')) ?? []
  const port = await freePort()
  const program = example.start(['npm', 'start', '--', '--port', String(port)])
  await program.wrote(/Ready on/)
  const call = (path: string, authorization = `Bearer ${key}`) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } })
  same((await call('/portfolio/accounts', 'Bearer other')).status, 401, 'with another key')
  same((await call('/iserver/accounts')).status, 404, 'what is not allowed')
  const answer = await call('/portfolio/accounts')
  same(answer.status, 200, 'what is allowed')
  const account = found(await answer.text(), /"accountId":"DU\d+"/)
  // Deployed before its key was set: nobody's key is the right one.
  const vars = join(example.dir, '.dev.vars')
  writeFileSync(vars, readFileSync(vars, 'utf8').replace(/^API_KEY=.*$/m, ''))
  const keyless = await freePort()
  await example.start(['npm', 'start', '--', '--port', String(keyless)]).wrote(/Ready on/)
  const headers = { authorization: 'Bearer undefined' }
  const refused = await fetch(`http://127.0.0.1:${keyless}/portfolio/accounts`, { headers })
  same(refused.status, 401, 'without a key of its own')
  return account
}

async function vitePage(example: Example): Promise<string> {
  const { start, run, origin, dir, signal } = example
  await compile(example)
  await run('npm', 'run', 'build')
  const port = await freePort()
  const args = ['--port', String(port), '--strictPort']
  await start(['npm', 'start', '--', ...args], { IBKR_ORIGIN: origin }).wrote(/ready in/)
  return await inChromium(signal, async (page) => {
    await page.goto(`http://127.0.0.1:${port}/`)
    await page.setInputFiles('input', join(dir, 'isoauth.json'))
    const shown = page.locator('output', { hasText: ACCOUNT })
    return (await shown.textContent()) ?? ''
  })
}

async function nextRoute({ run, start }: Example): Promise<string> {
  await run('npm', 'run', 'build')
  const port = await freePort()
  await start(['npm', 'start', '--', '--port', String(port)]).wrote(/Ready in/)
  const route = await fetch(`http://127.0.0.1:${port}/api/accounts`)
  same(route.headers.get('cache-control'), 'no-store', 'Cache-Control of the route')
  const id = found(await route.text(), /"accountId":"DU\d+"/)
  const page = await (await fetch(`http://127.0.0.1:${port}/`)).text()
  return `${id}; ${found(page, /DU\d+, DEMO, in USD/)}`
}

/** Goes from the first page by its link to the sandbox's, and says yes there. */
async function approve(page: Page, port: number, link: string): Promise<void> {
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.getByRole('link', { name: link }).click()
  await page.getByRole('button', { name: 'Approve' }).click()
}

async function honoUltraCart({ start, signal }: Example): Promise<string> {
  const port = await freePort()
  await start(['npm', 'start'], { PORT: String(port) }).wrote(/listening/)
  return await inChromium(signal, async (page) => {
    await approve(page, port, 'Sign in')
    const said = await page.getByText('Signed in as').textContent()
    same(new URL(page.url()).pathname, '/', 'the page after signing in')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    return said ?? ''
  })
}

async function thirdParty({ start, signal }: Example): Promise<string> {
  const port = await freePort()
  const env = { PORT: '0', CALLBACK: `http://127.0.0.1:${port}/callback` }
  await start(['npm', 'run', 'sandbox'], env).wrote(/listening/)
  await start(['npm', 'start'], { PORT: String(port) }).wrote(/listening/)
  return await inChromium(signal, async (page) => {
    await approve(page, port, 'Connect your account')
    const account = await page.getByRole('listitem').textContent()
    same(new URL(page.url()).pathname, '/', 'the page after the consent')
    return found(account ?? '', /DU\d+, DEMO/)
  })
}

async function redisFleet({ start, origin }: Example): Promise<string> {
  const redis = await startRedis()
  try {
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
    const env = { STORE_KEY: key, REDIS_URL: `redis://127.0.0.1:${redis.sharing.port}` }
    const members = Array.from({ length: 3 }, () => start([process.execPath, 'member.js'], env))
    await Promise.all(members.map((member) => member.wrote(/member \d+: 200 .*DU\d+/)))
    const counts = (await (await fetch(`${origin}/__sandbox/counts`)).json()) as {
      readonly handshakes: number
    }
    same(counts.handshakes, 1, 'sign-ins of three members')
    for (const member of members) await member.end('SIGTERM')
    return 'three members, one sign-in'
  } finally {
    await redis.remove()
  }
}

async function vitestSuite(example: Example): Promise<string> {
  await compile(example)
  return found(await example.run('npm', 'test'), /Tests +\d+ passed/)
}

function found(text: string, pattern: RegExp): string {
  const [match] = pattern.exec(text) ?? []
  if (match === undefined) throw new PlainError(`nothing fits ${pattern}\n${text.trim()}`)
  return match
}

function same(seen: unknown, expected: unknown, what: string): void {
  if (seen !== expected) throw new PlainError(`${what}: ${seen}, expected ${expected}`)
}
