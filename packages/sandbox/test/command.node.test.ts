import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limitOrder } from '../../../tests/support/limit-order.ts'
import { bundleForNode } from '../../../tests/support/node-bundle.ts'
import { checkCredentialsFile, writeCredentialsFile } from '../src/node.ts'
import { OAuth2Client } from './oauth2-client.ts'
import { TestClient } from './signer.ts'

let folder: string
let bin: string
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoauth-sandbox-'))
  bin = join(folder, 'bin.mjs')
  // The command is tested from its sources, so that tests need no build.
  await bundleForNode(fileURLToPath(new URL('../src/bin.ts', import.meta.url)), bin)
})

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

interface Run {
  readonly child: ChildProcess
  /** What it wrote so far. */
  readonly output: { out: string; err: string }
  readonly exit: Promise<number | null>
}

function start(...argv: string[]): Run {
  const child = spawn(process.execPath, [bin, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const output = { out: '', err: '' }
  child.stdout?.on('data', (part) => {
    output.out += part
  })
  child.stderr?.on('data', (part) => {
    output.err += part
  })
  return { child, output, exit: new Promise((resolve) => child.on('close', resolve)) }
}

async function address({ child, output, exit }: Run): Promise<string> {
  const line = new Promise<void>((resolve) => {
    child.stdout?.on('data', () => output.out.includes('\n') && resolve())
  })
  await Promise.race([line, exit])
  const found = /^listening (http:\/\/127\.0\.0\.1:\d+)\n/.exec(output.out)?.[1]
  if (!found) throw new Error(`unexpected output: ${output.out}${output.err}`)
  return found
}

describe('isoauth-sandbox', () => {
  it('has its shebang', async () => {
    expect(await readFile(bin, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })

  it('serves, writes the credentials for their owner only, and stops cleanly', async () => {
    const file = join(folder, 'credentials.json')
    await writeFile(file, '', { mode: 0o644 })
    const run = start('--port', '0', '--credentials-file', file, '--user', 'second')
    const origin = await address(run)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const credentials = JSON.parse(await readFile(file, 'utf8'))
    const names = ['baseUrl', 'realm', 'consumerKey', 'accessToken', 'accessTokenSecret']
    const keys = ['signatureKey', 'encryptionKey', 'dhParameters', 'dhPrime']
    expect(Object.keys(credentials)).toEqual(['ibkr', 'ultracart'])
    expect(Object.keys(credentials.ibkr)).toEqual(['baseUrl', 'oauth1', 'oauth2'])
    expect(Object.keys(credentials.ibkr.oauth1)).toEqual([...names, ...keys])
    expect(Object.keys(credentials.ibkr.oauth2)).toEqual([
      'baseUrl',
      'clientId',
      'keyId',
      'privateKey',
      'credential',
      'ip',
    ])
    expect(credentials.ibkr.baseUrl).toBe(origin)
    expect(credentials.ibkr.oauth2).toMatchObject({
      baseUrl: origin,
      clientId: expect.stringMatching(/^SANDBOX-[0-9a-f]{8}$/),
      ip: '127.0.0.1',
    })
    expect(credentials.ibkr.oauth1.baseUrl).toBe(`${origin}/v1/api`)
    expect(credentials.ibkr.oauth1.signatureKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    expect(credentials.ibkr.oauth1.dhParameters).toMatch(/^-----BEGIN DH PARAMETERS-----\n/)
    expect(credentials.ibkr.oauth1.dhPrime).toMatch(/^[0-9a-f]{512}$/)
    const client = new TestClient(credentials.ibkr.oauth1, fetch)
    await client.handshake()
    expect((await client.call('/portfolio/accounts')).status).toBe(200)
    const counts = await (await fetch(`${origin}/__sandbox/counts`)).json()
    expect(counts).toMatchObject({ handshakes: 1, authorized: 1 })
    const { oauth2 } = credentials.ibkr
    const firm = new OAuth2Client(oauth2, fetch)
    const members = { credential: 'second', ip: oauth2.ip }
    const body = await firm.body(Date.now(), members)
    const session = await firm.signed('/sso-sessions', await firm.token(Date.now()), body)
    const { access_token: bearer } = (await session.json()) as { access_token: string }
    const accounts = await (await firm.get('/v1/api/portfolio/accounts', bearer)).json()
    expect(accounts).toMatchObject([{ accountId: 'DU2000001' }])
    run.child.kill('SIGTERM')
    expect(await run.exit).toBe(0)
    expect(run.output.err).toBe('')
    expect((await readdir(folder)).sort()).toEqual(['bin.mjs', 'credentials.json'])
  })

  it('takes each flag of the broker: limits, the cookie, questions', async () => {
    const file = join(folder, 'flags.json')
    const flags = ['--pacing', '--sticky-cookie', '--order-question', 'o163']
    const run = start('--port', '0', '--credentials-file', file, ...flags)
    const origin = await address(run)
    const { ibkr } = JSON.parse(await readFile(file, 'utf8'))
    const client = new TestClient(ibkr.oauth1, fetch)
    await client.handshake()
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    const post = (path: string, body: object) =>
      client.call(path, { method: 'POST', headers, body: JSON.stringify(body) })
    const init = await post('/iserver/auth/ssodh/init', { publish: true, compete: true })
    const [cookie = ''] = init.headers.getSetCookie()
    expect(cookie).toMatch(/^x-sess-uuid=[0-9a-f]{32};/)
    headers['cookie'] = cookie.split(';', 1)[0] ?? ''
    await client.call('/iserver/accounts', { headers })
    const placed = await post('/iserver/account/DU1234567/orders', { orders: [limitOrder] })
    expect(await placed.json()).toMatchObject([{ messageIds: ['o163'] }])
    expect((await client.call('/sso/validate')).status).toBe(200)
    expect((await client.call('/sso/validate')).status).toBe(429)
    expect(run.output.out).toContain(`portal       ${origin}/portal\n`)
    expect(run.output.out).toContain('  npx @isoauth/cli doctor --config ')
    run.child.kill('SIGTERM')
    expect(await run.exit).toBe(0)
    await rm(file)
  })

  it('stops at SIGINT, and has other credentials each run', async () => {
    const files = [join(folder, 'a.json'), join(folder, 'b.json')]
    const runs = files.map((file) => start('--port', '0', '--credentials-file', file))
    await Promise.all(runs.map(address))
    const [a, b] = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    expect(JSON.parse(a ?? '').ibkr.oauth1.signatureKey).not.toBe(
      JSON.parse(b ?? '').ibkr.oauth1.signatureKey,
    )
    for (const run of runs) run.child.kill('SIGINT')
    expect(await Promise.all(runs.map(({ exit }) => exit))).toEqual([0, 0])
    await Promise.all(files.map((file) => rm(file)))
  })

  it('stops in order where its terminal is closed', async () => {
    const run = start('--port', '0', '--state', join(folder, 'hung-up'))
    const origin = await address(run)
    const answered = await fetch(`${origin}/portal`)
    await answered.text()
    run.child.kill('SIGHUP')
    expect([await run.exit, run.output.err]).toEqual([0, ''])
    await rm(join(folder, 'hung-up'))
  })

  it.each(['stdout', 'stderr'] as const)(
    'ends as by SIGPIPE when the reader of %s has gone',
    async (name) => {
      const run = start(...(name === 'stdout' ? ['--port', '0'] : ['--port', 'x']))
      run.child[name]?.destroy()
      expect([await run.exit, run.output.out + run.output.err]).toEqual([141, ''])
    },
  )

  it('explains itself', async () => {
    const run = start('--help')
    expect(await run.exit).toBe(0)
    expect(run.output.out).toMatch(/^Usage: isoauth-sandbox/)
    expect(Math.max(...run.output.out.split('\n').map(({ length }) => length))).toBeLessThan(81)
  })

  it.each([
    [['--port', 'x'], /--port: a whole number/],
    [['--port', '70000'], /--port: a whole number/],
    [['--colour'], /--colour/],
    [['extra'], /extra/],
    [['--credentials-file', ''], /--credentials-file: a file name/],
    [['--user', ''], /--user: a user name/],
    [['--signed-origin', 'x'], /signedOrigins: an origin like/],
  ])('refuses %j', async (argv, message) => {
    const run = start(...argv)
    expect(await run.exit).toBe(2)
    expect(run.output.err).toMatch(message)
    expect(run.output.out).toBe('')
  })

  it('replaces the file of an earlier run, and nothing else unless it is forced to', async () => {
    const file = join(folder, 'own.json')
    const first = start('--port', '0', '--credentials-file', file)
    await address(first)
    const second = start('--port', '0', '--credentials-file', file)
    await address(second)
    for (const run of [first, second]) run.child.kill('SIGTERM')
    expect(await Promise.all([first.exit, second.exit])).toEqual([0, 0])
    const own = JSON.parse(await readFile(file, 'utf8'))
    const { ibkr, ultracart } = own
    const foreign: readonly unknown[] = [
      'old',
      '{}',
      'null',
      [],
      { ...own, notes: 'mine' },
      { ibkr: { baseUrl: ibkr.baseUrl } },
      { ibkr: { ...ibkr, oauth1: { ...ibkr.oauth1, consumerKey: 'MYCLIENTS' } }, ultracart },
      { ibkr: { ...ibkr, oauth2: { ...ibkr.oauth2, clientId: 'FIRM-1' } }, ultracart },
      { ibkr: { ...ibkr, oauth2: { ...ibkr.oauth2, baseUrl: 'https://api.ibkr.com' } }, ultracart },
      { ibkr: { ...ibkr, baseUrl: 'https://api.ibkr.com' }, ultracart },
      { ibkr, ultracart: { ...ultracart, simpleKey: 'real' } },
    ]
    for (const content of foreign) {
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      await writeFile(file, text)
      await expect(checkCredentialsFile(file)).rejects.toMatchObject({
        code: 'SANDBOX_FILE_NOT_OWN',
      })
      await expect(writeCredentialsFile(file, own)).rejects.toThrow(/--force/)
      for (const [option, options] of [
        ['force', { force: 'no' }],
        ['forced', { forced: false }],
      ] as const) {
        await expect(writeCredentialsFile(file, own, options as object)).rejects.toMatchObject({
          code: 'SANDBOX_OPTION_INVALID',
          option,
        })
      }
      expect(await readFile(file, 'utf8')).toBe(text)
    }
    const refused = start('--port', '0', '--credentials-file', file)
    expect([await refused.exit, refused.output.out]).toEqual([2, ''])
    expect(refused.output.err).toMatch(/holds something that no sandbox wrote.*--force/)
    const forced = start('--port', '0', '--credentials-file', file, '--force')
    await address(forced)
    expect(JSON.parse(await readFile(file, 'utf8')).ibkr.oauth1.consumerKey).toMatch(/^SANDBOX/)
    forced.child.kill('SIGTERM')
    expect(await forced.exit).toBe(0)
    await rm(file)
  })

  it('says when the port is in use, or the file cannot be written', async () => {
    const first = start('--port', '0')
    const { port } = new URL(await address(first))
    const second = start('--port', port)
    expect(await second.exit).toBe(1)
    expect(second.output.err).toBe(
      `isoauth-sandbox: port: cannot listen on 127.0.0.1:${port}: the port is in use, perhaps by a sandbox that runs already; another port, or 0 for any free one, does\n`,
    )
    const third = start('--port', '0', '--credentials-file', join(folder, 'none', 'c.json'))
    expect(await third.exit).toBe(1)
    expect(third.output.err).toMatch(/cannot read or write .*c\.json: there is no such folder\./)
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
  })
})
