/** Every TypeScript block of every README and guide compiles as printed, and the quick starts sign in to the sandbox. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import type { UltraCartSession, UltraCartSsoOptions, UltraCartUser } from '@isoauth/ultracart-sso'
import ts from 'typescript'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { filesBelow } from '../../scripts/lib/workspace.mjs'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'
import { approveLogin } from '../runtimes/suite/approve.ts'
import { eventually } from '../support/eventually.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(root, 'tests/gates/node_modules/.readmes-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Block {
  readonly readme: string
  /** Where it is written to be compiled and run. */
  readonly file: string
  readonly text: string
}

const guides = filesBelow(join(root, 'apps/docs/pages'), { keep: (path) => path.endsWith('.md') })
const readmes = [
  ...['README.md', ...['packages', 'apps'].flatMap(inFolders)],
  ...guides.map((file) => relative(root, file)),
]

function inFolders(parent: string): string[] {
  const paths = readdirSync(join(root, parent)).map((name) => `${parent}/${name}/README.md`)
  return paths.filter((path) => existsSync(join(root, path)))
}

const blocks: readonly Block[] = readmes.flatMap((readme) => {
  const found = readFileSync(join(root, readme), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)
  return [...found].map(([, text = ''], at) => {
    const file = join(folder, `${readme.replace(/\W/g, '-')}-${at}.ts`)
    writeFileSync(file, text)
    return { readme, file, text }
  })
})

describe('TypeScript blocks', () => {
  it('are all there, in fences that this test reads', () => {
    for (const readme of readmes) {
      const fences = readFileSync(join(root, readme), 'utf8').match(
        /^ *(```|~~~) *(ts|typescript|js|javascript|tsx)\b/gim,
      )
      const count = blocks.filter((block) => block.readme === readme).length
      expect([readme, fences?.length ?? 0]).toEqual([readme, count])
    }
    expect(blocks.length).toBeGreaterThanOrEqual(20)
  })

  it('compile as printed', () => {
    const runtime = join(folder, 'workers.d.ts')
    writeFileSync(
      runtime,
      "declare module 'cloudflare:workers' { export function waitUntil(promise: Promise<unknown>): void }\n" +
        // What the package of this name gives, which is this one under another name.
        "declare module '@playwright/test' { export * from 'playwright/test' }",
    )
    const { config } = ts.readConfigFile(join(root, 'tsconfig.tests.json'), ts.sys.readFile)
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)
    // A sample may end with what the reader goes on with.
    const settings = { ...options, noEmit: true, noUnusedLocals: false }
    const program = ts.createProgram([...blocks.map(({ file }) => file), runtime], settings)
    const faults = blocks.flatMap(({ readme, file }) =>
      ts
        .getPreEmitDiagnostics(program, program.getSourceFile(file))
        .map(({ messageText, start = 0 }) => {
          const line = readFileSync(file, 'utf8').slice(0, start).split('\n').at(-1)
          return `${readme}: ${ts.flattenDiagnosticMessageText(messageText, '\n')} at ${line}`
        }),
    )
    expect(faults).toEqual([])
  }, 120_000)
})

/** The block of a README that holds all the words. */
function blockOf(readme: string, ...words: readonly string[]): Block {
  const found = blocks.filter(
    (block) => block.readme === readme && words.every((word) => block.text.includes(word)),
  )
  expect(found).toHaveLength(1)
  return found[0] as Block
}

/** Runs a block: what it declares is given as globals, what it prints is returned. */
async function run({ file }: Block, placeholders: object = {}): Promise<readonly unknown[]> {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  for (const [name, value] of Object.entries(placeholders)) vi.stubGlobal(name, value)
  await import(/* @vite-ignore */ file)
  return printed.mock.calls.map(([first]) => first)
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('quick starts against a sandbox at the live address', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await createSandbox({
      origin: 'https://api.ibkr.com',
      allowPublic: true,
      credentials: testCredentials,
    })
    vi.stubGlobal('fetch', sandbox.fetch)
  })

  it.each(['README.md', 'packages/ibkr-oauth1/README.md'])('%s: OAuth 1.0a', async (readme) => {
    const block = blockOf(readme, 'declare const consumerKey')
    const printed = await run(block, sandbox.credentials.ibkr.oauth1)
    expect(printed).toEqual([[expect.objectContaining({ accountId: expect.any(String) })]])
    expect(sandbox.counts.handshakes).toBe(1)
  })

  it('OAuth 2.0', async () => {
    const block = blockOf('packages/ibkr-oauth2/README.md', 'declare const clientId')
    const printed = await run(block, sandbox.credentials.ibkr.oauth2)
    expect(printed).toMatchObject([{ securityPolicy: 'HTTPS' }, { securityPolicy: 'SIGNED_JWT' }])
  })

  it('SSO', async () => {
    const block = blockOf('packages/ibkr-sso/README.md', 'declare const clientId')
    const printed = await run(block, sandbox.credentials.ibkr.oauth2)
    expect(printed).toEqual([[expect.objectContaining({ accountId: expect.any(String) })]])
  })
})

it('a mock of fetch hands calls of the live address on to the sandbox', async () => {
  const { fetch } = globalThis
  try {
    await run(blockOf('packages/sandbox/README.md', 'msw/node'))
    const answer = await globalThis.fetch('https://api.ibkr.com/v1/api/tickle')
    expect([answer.status, answer.headers.get('x-isoauth-sandbox')]).toEqual([401, 'SANDBOX'])
  } finally {
    globalThis.fetch = fetch
  }
})

describe('recipes with a sandbox of their own', () => {
  it.each([
    ['ibkr-oauth1', [[{ accountId: expect.any(String) }]]],
    ['ibkr-oauth2', [expect.any(Number), { securityPolicy: 'HTTPS' }]],
    ['ibkr-sso', [[{ accountId: expect.any(String) }]]],
    [
      'ibkr-session',
      [{ type: 'opened' }, { '84': '147.99' }, 'nothing is known of', { '84': '147.99' }],
    ],
    ['ultracart-sso', ['mara']],
    ['sandbox', [401]],
  ])('%s', async (name, expected) => {
    const made = name === 'sandbox' ? 'createSandbox()' : 'createSandbox({'
    const printed = await run(blockOf(`packages/${name}/README.md`, made))
    expect(printed.slice(0, expected.length)).toMatchObject(expected)
  })

  it.each([
    ['handshakes', [200]],
    ['IBKR_OAUTH1_UNAVAILABLE', [true, 'status']],
  ])('the guide about tests: %s', async (word, expected) => {
    const printed = await run(blockOf('apps/docs/pages/guides/testing.md', word))
    expect(printed).toEqual(expected)
  })

  it('core-crypto', async () => {
    const printed = await run(blockOf('packages/core-crypto/README.md', 'generateRsaKeyPair'))
    expect(printed).toEqual([expect.stringMatching(/^[\w+/]{342}==$/), expect.any(String)])
  })
})

it.each(['ibkr-oauth1', 'ibkr-sso'])(
  '%s: the brokerage session is opened and kept',
  async (name) => {
    const sandbox = await createSandbox({
      origin: 'http://127.0.0.1:8787',
      credentials: testCredentials,
    })
    const { file } = blockOf(`packages/${name}/README.md`, 'openBrokerage')
    const { openBrokerage } = (await import(/* @vite-ignore */ file)) as {
      openBrokerage(client: { readonly fetch: unknown }): Promise<() => void>
    }
    const { oauth1 } = sandbox.credentials.ibkr
    const client = createIbkrOAuth1({ ...oauth1, fetch: sandbox.fetch as never })
    await client.liveSessionToken()
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const stop = await openBrokerage(client)
    const tickles = () => sandbox.requests.filter(({ path }) => path.endsWith('/tickle')).length
    await vi.advanceTimersByTimeAsync(60_000)
    await eventually(() => expect(tickles()).toBe(1))
    stop()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(tickles()).toBe(1)
    const status = await (await client.fetch('/iserver/auth/status', { method: 'POST' })).json()
    expect(status).toMatchObject({ authenticated: true })
  },
)

describe('the guide about the edge', () => {
  /** A sandbox whose answers come as fetch gives those that the broker packed: unpacked, and with their headers. */
  async function packing() {
    const sandbox = await createSandbox({
      origin: 'http://127.0.0.1:8787',
      credentials: testCredentials,
    })
    const fetch = async (url: string, init?: RequestInit) => {
      const { status, headers, body } = await sandbox.fetch(url, init)
      const all = new Headers(headers)
      all.set('content-encoding', 'gzip')
      all.set('content-length', '30')
      return new Response(body, { status, headers: all })
    }
    return { sandbox, credentials: { ...sandbox.credentials.ibkr.oauth1, fetch } }
  }

  it('Vercel: what the function answers is not said to be packed', async () => {
    const { credentials } = await packing()
    vi.stubGlobal('credentials', credentials)
    vi.stubGlobal('waitUntil', () => {})
    const { file } = blockOf('apps/docs/pages/guides/edge.md', 'of @vercel/functions')
    const { GET } = (await import(/* @vite-ignore */ file)) as { GET(): Promise<Response> }
    const answer = await GET()
    expect(Object.fromEntries(answer.headers)).toEqual({ 'content-type': 'application/json' })
    expect(await answer.json()).toEqual([
      expect.objectContaining({ accountId: expect.any(String) }),
    ])
  })

  it('Workers: requests of an isolate sign in once', async () => {
    const { sandbox, credentials } = await packing()
    vi.stubGlobal('credentialsOf', () => credentials)
    vi.doMock('cloudflare:workers', () => ({ waitUntil: () => {} }))
    const { file } = blockOf('apps/docs/pages/guides/edge.md', 'cloudflare:workers')
    const { default: worker } = (await import(/* @vite-ignore */ file)) as {
      default: { fetch(request: Request, env: object): Promise<Response> }
    }
    for (let call = 0; call < 3; call++) {
      expect((await worker.fetch(new Request('https://worker.example'), {})).status).toBe(200)
    }
    expect(sandbox.counts.handshakes).toBe(1)
  })
})

interface Login {
  start(): Promise<Response>
  comeBack(request: Request): Promise<{ session: UltraCartSession; user: UltraCartUser }>
  signOut(session: UltraCartSession): Promise<void>
}

it('UltraCart: signs in by the quick start', async () => {
  const { file } = blockOf('packages/ultracart-sso/README.md', 'createLogin')
  const { createLogin } = (await import(/* @vite-ignore */ file)) as {
    createLogin(options: UltraCartSsoOptions): Login
  }
  const origin = 'http://127.0.0.1:8787'
  const sandbox = await createSandbox({ origin, credentials: testCredentials })
  const login = createLogin({ ...sandbox.credentials.ultracart, fetch: sandbox.fetch })
  const away = await login.start()
  const back = await approveLogin(sandbox.fetch, away.headers.get('location') ?? '')
  const [cookie = ''] = (away.headers.get('set-cookie') ?? '').split(';')
  const { session, user } = await login.comeBack(new Request(back, { headers: { cookie } }))
  expect(user.login).toMatch(/\w/)
  await login.signOut(session)
  expect(sandbox.counts.ultracartRevocations).toBe(1)
})
