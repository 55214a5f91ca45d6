/** The README walked by a newcomer: its commands in their order, in an empty folder. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { takePreparedKeys } from '../../../tests/support/prepared-keys.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { CONFIG_TEMPLATE } from '../src/internal/config/template.ts'
import { isoauth } from './harness.ts'
import { ENTER, talk } from './person.ts'
import { register } from './support.ts'

let cwd: string
let readme: string
let server: SandboxServer

takePreparedKeys()

beforeAll(async () => {
  readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-readme-'))
  server = await serve({ port: 0, credentials: testCredentials })
})

afterAll(async () => {
  await server.close()
  await rm(cwd, { recursive: true, maxRetries: 5 })
})

/** The arguments of every `isoauth` line of the n-th shell block, without its comment. */
function commandsOf(block: number): string[][] {
  const blocks = [...readme.matchAll(/```sh\n([^`]*)```/g)].map(([, text = '']) => text)
  return (blocks[block] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('isoauth '))
    .map((line) =>
      line
        .replace(/ +#.*$/, '')
        .split(' ')
        .slice(1),
    )
}

it('the quick start: init and the first call', async () => {
  const [init = [], request = [], ...more] = commandsOf(1)
  expect([init, request[0], more]).toEqual([['init'], 'request', []])
  const folder = await mkdtemp(join(cwd, 'init-'))
  const { status, left } = await talk(
    [...init, '--base-url', server.origin],
    [
      [/What do you sign in to/, ENTER],
      [/Diffie-Hellman/, ENTER],
      [/Consumer key/, `READMEABC${ENTER}`],
    ],
    { cwd: folder },
  )
  expect([left, status]).toEqual([0, 0])
  const env = { XDG_CACHE_HOME: join(cwd, 'cache') }
  expect((await isoauth(request, { cwd: folder, env })).status).toBe(0)
})

it('by hand, with the portal between its first and its second command', async () => {
  const [keygen = [], doctor = [], request = [], ...more] = commandsOf(2)
  expect([keygen[0], doctor[0], request[0], more]).toEqual(['keygen', 'doctor', 'request', []])
  // The search for a prime has a test of its own.
  expect((await isoauth([...keygen, '--group', 'modp2048'], { cwd })).status).toBe(0)
  const file = join(cwd, 'keys/isoauth.json')
  const config = JSON.parse(await readFile(file, 'utf8'))
  const { ibkr } = (await register(server, join(cwd, 'keys'))) as { ibkr: { oauth1: object } }
  config.ibkr.oauth1 = { ...config.ibkr.oauth1, ...ibkr.oauth1 }
  await writeFile(file, JSON.stringify(config))
  const env = { ISOAUTH_IBKR_BASE_URL: server.origin, XDG_CACHE_HOME: join(cwd, 'cache') }
  const found = await isoauth(doctor, { cwd, env })
  expect(found.stdout).toContain('Healthy.')
  expect(found.status).toBe(0)
  expect((await isoauth(request, { cwd, env })).status).toBe(0)
})

it('two terminals without an account', async () => {
  const [sandbox = [], doctor = [], ...more] = commandsOf(3)
  expect([sandbox[0], doctor[0], more]).toEqual(['sandbox', 'doctor', []])
  const end = new AbortController()
  let listens = () => {}
  const listening = new Promise<void>((done) => {
    listens = done
  })
  const running = isoauth([...sandbox, '--port', '0'], {
    cwd,
    signal: end.signal,
    onOutput: (text) => text.startsWith('listening') && listens(),
  })
  await Promise.race([listening, running])
  const found = await isoauth(doctor, { cwd })
  end.abort()
  expect(found.stdout).toContain('Healthy.')
  expect((await running).status).toBe(0)
})

it('shows the configuration that keygen writes', () => {
  expect(readme).toContain(`\`\`\`json\n${CONFIG_TEMPLATE}\n\`\`\``)
})
