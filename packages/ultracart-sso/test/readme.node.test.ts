/** The README: every TypeScript block compiles as printed, and the quick start signs somebody in to the sandbox. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '@isoauth/sandbox'
import type { UltraCartSession, UltraCartSsoOptions, UltraCartUser } from '@isoauth/ultracart-sso'
import ts from 'typescript'
import { afterAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
// Beside the packages, so that their names resolve as in a user's project.
const folder = mkdtempSync(join(root, 'packages/ultracart-sso/node_modules/.readme-'))
afterAll(() => rmSync(folder, { recursive: true }))

const files = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = ''], at) => {
  const file = join(folder, `block-${at}.ts`)
  writeFileSync(file, block)
  return file
})

it('compiles, block by block', () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.tests.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)
  const program = ts.createProgram(files, { ...options, noEmit: true })
  const faults = files.flatMap((file) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(file)),
  )
  const words = faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  expect(words).toEqual([])
  expect(files.length).toBeGreaterThanOrEqual(3)
})

interface Login {
  start(): Promise<Response>
  comeBack(request: Request): Promise<{ session: UltraCartSession; user: UltraCartUser }>
  signOut(session: UltraCartSession): Promise<void>
}

it('signs in by the quick start', async () => {
  const { createLogin } = (await import(/* @vite-ignore */ files[0] as string)) as {
    createLogin(options: UltraCartSsoOptions): Login
  }
  const origin = 'http://127.0.0.1:8787'
  const sandbox = await createSandbox({ origin })
  const login = createLogin({ ...sandbox.credentials.ultracart, fetch: sandbox.fetch })
  const away = await login.start()
  const page = await (await sandbox.fetch(away.headers.get('location') ?? '')).text()
  const body = new URLSearchParams({ decision: 'approve' })
  const hidden = /<input type="hidden" name="(\w+)" value="(\w+)">/g
  for (const [, name = '', value = ''] of page.matchAll(hidden)) body.set(name, value)
  body.set('user', /value="(\w+)" checked/.exec(page)?.[1] ?? '')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const init = { method: 'POST', redirect: 'manual', headers, body: String(body) } as const
  const back = (await sandbox.fetch(`${origin}/ultracart/login`, init)).headers.get('location')
  const [cookie = ''] = (away.headers.get('set-cookie') ?? '').split(';')
  const { session, user } = await login.comeBack(new Request(back ?? '', { headers: { cookie } }))
  expect(user.login).toMatch(/\w/)
  await login.signOut(session)
  expect(sandbox.counts.ultracartRevocations).toBe(1)
})
