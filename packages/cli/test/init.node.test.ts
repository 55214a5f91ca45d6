/** `isoauth init`: a new user's path, every wrong value caught as it is typed, and what is left when it ends early. */

import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { platform } from 'node:process'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { takePreparedKeys } from '../../../tests/support/prepared-keys.ts'
import { configSchema } from '../src/internal/config/schema.ts'
import { writePrivateFile } from '../src/internal/files.ts'
import { WAYS } from '../src/internal/init/ways.ts'
import { flat, isoauth } from './harness.ts'
import { CTRL_C, DOWN, ENTER, erase, type Line, talk } from './person.ts'
import { register } from './support.ts'

const NAMES = ['dhparam', 'private_encryption', 'private_signature', 'public_encryption']
const KEYS = [...NAMES, 'public_signature'].map((name) => `${name}.pem`)

let server: SandboxServer
let cwd: string
let baseUrl: readonly string[]

takePreparedKeys()

beforeAll(async () => {
  server = await serve({ port: 0 })
  baseUrl = ['--base-url', server.origin]
})

afterAll(() => server.close())

afterEach(() => vi.restoreAllMocks())

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-init-'))
})

afterEach(() => rm(cwd, { recursive: true, maxRetries: 5 }))

const read = (name: string) => readFile(join(cwd, name), 'utf8')
const config = async () => JSON.parse(await read('isoauth.json'))

describe("a new user's path at a sandbox", () => {
  it('to the first call: at most six questions, each wrong value caught, in a fraction of two minutes', async () => {
    const begun = performance.now()
    const wrong = ['my consumer', 'myconsume', 'SHORT']
    const { shown, stdout, status, answered, left } = await talk(
      ['init', ...baseUrl],
      [
        [/What do you sign in to/, ENTER],
        [/Diffie-Hellman parameters\?/, ENTER],
        [/Consumer key \(nine letters/, `${wrong[0]}${ENTER}`],
        [/Has blanks or line breaks/, `${erase(wrong[0] ?? '')}${wrong[1]}${ENTER}`],
        [/Has lower-case letters/, `${erase(wrong[1] ?? '')}${wrong[2]}${ENTER}`],
        // The portal's own rule, in its own words.
        [/nine letters, A to Z, without blanks/, ''],
        [/Consumer key \(nine letters/, `NEWPERSON${ENTER}`],
      ],
      { cwd },
    )
    expect([left, status]).toEqual([0, 0])
    // The consumer key was taken here, refused by the portal, and given anew: asked twice.
    expect(answered).toBe(4)
    expect(answered).toBeLessThanOrEqual(6)
    expect(flat(stdout)).toContain('ok handshake')
    expect(stdout).toContain('Healthy.')
    expect(shown).toContain('Next: isoauth request GET /portfolio/accounts')
    const { ibkr } = await config()
    expect(ibkr.oauth1.consumerKey).toBe('NEWPERSON')
    expect(ibkr.baseUrl).toBe(server.origin)
    for (const secret of [ibkr.oauth1.accessToken, ibkr.oauth1.accessTokenSecret]) {
      expect(shown + stdout).not.toContain(secret)
    }
    for (const name of ['isoauth.json', ...KEYS.map((key) => `keys/${key}`)]) {
      expect((await stat(join(cwd, name))).mode & 0o777).toBe(0o600)
    }
    expect((await stat(join(cwd, 'keys'))).mode & 0o777).toBe(0o700)

    const env = { XDG_CACHE_HOME: join(cwd, 'cache') }
    const first = await isoauth(['request', 'GET', '/portfolio/accounts'], { cwd, env })
    expect(JSON.parse(first.stdout)).toMatchObject([{ accountId: 'DU1234567' }])
    expect(performance.now() - begun).toBeLessThan(120_000)
  })

  it('a sandbox where it usually listens is offered, and nothing has to be named', async () => {
    const usual = 'http://127.0.0.1:8787'
    await using sandbox = await serve({ port: 0, signedOrigins: [usual] })
    const send = globalThis.fetch
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
      send(String(input).replace(usual, sandbox.origin), init),
    )
    const { shown, stdout, status, answered, left } = await talk(
      ['init'],
      [
        [/What do you sign in to/, ENTER],
        [/The sandbox at http:\/\/127\.0\.0\.1:8787/, ENTER],
        [/Diffie-Hellman parameters\?/, ENTER],
        [/Consumer key \(nine letters/, `USUALPLAC${ENTER}`],
      ],
      { cwd },
    )
    expect([left, status, answered]).toEqual([0, 0, 4])
    expect(stdout).toContain('Healthy.')
    expect(shown).toContain("The sandbox's portal registered USUALPLAC")
    expect((await config()).ibkr.baseUrl).toBe(usual)
  })

  it("a portal's answer and a folder's name do not steer the terminal", async () => {
    const send = globalThis.fetch
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
      init?.method === 'POST'
        ? Promise.resolve(Response.json({ field: 'consumerKey', error: 'bad\u009b2J\r\u0007' }))
        : send(input, init),
    )
    const { raw } = await talk(
      ['init', ...baseUrl, '--keys', 'odd\u009b2Jfolder'],
      [
        [/What do you sign in to/, ENTER],
        [/Diffie-Hellman parameters\?/, ENTER],
        [/Consumer key \(nine letters/, `NOTTAKENN${ENTER}`],
        [/does not take it.*Consumer key \(nine letters/s, CTRL_C],
      ],
      { cwd },
    )
    expect(raw).toContain('bad\\x9b2J^M^G')
    expect(raw).toContain('odd\\x9b2Jfolder')
    for (const steering of ['\u009b', '\u0007', '\r\u0007']) expect(raw).not.toContain(steering)
  })

  it.each([80, 60])(
    'a step is broken into lines once, on a terminal of %i columns',
    async (columns) => {
      const { shown } = await talk(['init', '--service', 'ultracart'], [[/Done\?/, CTRL_C]], {
        cwd,
        columns,
      })
      const box = shown.slice(shown.indexOf('Step 1'), shown.indexOf('├'))
      const lines = [...box.matchAll(/^│ {2}(\S.*?) *│$/gm)].map(([, line = '']) => line)
      expect(flat(lines.join(' '))).toBe(
        'Make an authorized application in UltraCart, with the permission to write single sign-on (sso_write), and copy its simple key.',
      )
      const width = columns - 6
      for (const [index, line] of lines.slice(0, -1).entries()) {
        const [next = ''] = lines[index + 1]?.split(' ') ?? []
        expect(`${line} ${next}`.length).toBeGreaterThan(width)
      }
    },
  )

  it('by hand: the steps one at a time, secrets masked, each checked as it is pasted', async () => {
    const cut = 'AbCdEf=='
    let given: Record<string, string> = {}
    const lines: Line[] = [
      [/What do you sign in to/, ENTER],
      [/Diffie-Hellman parameters\?/, DOWN + ENTER],
      [/keys\/public_signature\.pem.*Done\?/s, ENTER],
    ]
    await mkdir(join(cwd, 'first'))
    const stopped = await talk(
      ['init', '--by-hand', ...baseUrl],
      [...lines, [/Consumer key \(nine/, CTRL_C]],
      { cwd },
    )
    expect([stopped.left, stopped.status]).toEqual([0, 130])
    expect(flat(stopped.stderr)).toContain('Stopped. Made and kept: keys/private_signature.pem')
    expect(flat(stopped.stderr)).toContain(
      'isoauth.json was not written. Go on with "isoauth init": it',
    )
    expect((await readdir(cwd)).sort()).toEqual(['first', 'keys'])

    const { ibkr } = (await register(server, join(cwd, 'keys'))) as {
      ibkr: { oauth1: typeof given }
    }
    given = ibkr.oauth1
    const { accessToken = '', accessTokenSecret = '' } = given
    const { shown, stdout, status, left } = await talk(
      ['init', '--by-hand', ...baseUrl],
      [
        [/What do you sign in to/, ENTER],
        // The keys of before are used: no question about a prime.
        [/Using the keys that are in keys\..*Done\?/s, ENTER],
        [/Consumer key \(nine/, `...${ENTER}`],
        [/still the template's placeholder/, `${erase('...')}${ENTER}`],
        [/must be a string that is not empty/, `${given['consumerKey']}${ENTER}`],
        [/Access token\n/, `two words${ENTER}`],
        [/Has blanks/, `${erase('two words')}${accessToken}${ENTER}`],
        [/Access token secret/, `${cut}${ENTER}`],
        [/It is truncated: 8 of 344 characters/, `${erase(cut)}${accessTokenSecret}${ENTER}`],
      ],
      { cwd },
    )
    expect([left, status]).toEqual([0, 0])
    expect(stdout).toContain('Healthy.')
    for (const secret of [
      accessToken,
      accessTokenSecret,
      accessToken.slice(0, 12),
      cut,
      'two words',
    ]) {
      expect(shown + stdout).not.toContain(secret)
    }
  })
})

describe('the one key of OAuth 2.0, asked for', () => {
  const ABOUT = ['--service', 'ibkr-oauth2', '--client-id', 'X', '--key-id', 'main']
  const DONE: Line[] = [
    [/Step 1 of 2.*Done\?/s, ENTER],
    [/Step 2 of 2.*Done\?/s, ENTER],
  ]

  it('one that is registered: its file is judged as it is typed, and no other key is made', async () => {
    const { oauth2 } = server.sandbox.credentials.ibkr
    await writeFile(join(cwd, 'own.pem'), oauth2.privateKey, { mode: 0o600 })
    const { left, shown } = await talk(
      ['init', ...ABOUT, ...baseUrl],
      [
        [/Private key\?/, DOWN + ENTER],
        [/Its file/, `gone.pem${ENTER}`],
        [/there is no such file/i, `${erase('gone.pem')}own.pem${ENTER}`],
        ...DONE,
      ],
      { cwd },
    )
    expect([left, shown]).toEqual([0, expect.stringContaining('Its file')])
    expect((await readdir(cwd)).sort()).toEqual(['isoauth.json', 'own.pem'])
    expect((await config()).ibkr.oauth2.privateKeyFile).toBe('own.pem')
  })

  it('a new pair, which is made', async () => {
    const lines: Line[] = [[/Private key\?/, ENTER], ...DONE]
    const { left } = await talk(['init', ...ABOUT, ...baseUrl], lines, { cwd })
    expect([left, (await readdir(cwd)).sort()]).toEqual([0, ['isoauth.json', 'keys']])
    expect((await config()).ibkr.oauth2.privateKeyFile).toBe('keys/private_key.pem')
  })
})

describe('what is there already', () => {
  it('a configuration is never written over, with or without questions', async () => {
    await writeFile(join(cwd, 'isoauth.json'), 'mine')
    for (const argv of [['init'], ['init', '--yes', '--service', 'ultracart']]) {
      const { status, stderr } = await talk(argv, [], { cwd })
      expect(stderr).toContain('CLI_FILE_EXISTS')
      expect(flat(stderr)).toContain('isoauth.json exists and is kept')
      expect(status).toBe(1)
    }
    expect(await readdir(cwd)).toEqual(['isoauth.json'])
    expect(await read('isoauth.json')).toBe('mine')
  })

  it('of what a sandbox wrote it is told that it may be removed, and of nothing else', async () => {
    const argv = ['init', '--yes', '--service', 'ultracart']
    const remedy =
      'It is what a sandbox wrote: remove it where a configuration of yours takes its place.'
    const written = JSON.stringify(server.sandbox.credentials)
    await writeFile(join(cwd, 'isoauth.json'), written)
    expect(flat((await isoauth(argv, { cwd })).stderr)).toContain(remedy)
    expect(await read('isoauth.json')).toBe(written)
    for (const other of ['', '{}', 'mine']) {
      await writeFile(join(cwd, 'isoauth.json'), other)
      expect(flat((await isoauth(argv, { cwd })).stderr)).not.toContain('a sandbox wrote')
    }
  })

  it('a link that leads nowhere is told before anything is asked, made or registered', async () => {
    await symlink('gone.json', join(cwd, 'isoauth.json'))
    const argv = ['--service', 'ibkr-oauth1', '--group', 'modp2048', '--consumer-key', 'LINKEDONE']
    const { status, stderr } = await isoauth(['init', '--yes', ...argv, ...baseUrl], { cwd })
    expect(stderr).toContain('CLI_FILE_EXISTS')
    expect([status, await readdir(cwd)]).toEqual([1, ['isoauth.json']])
  })

  it('of a pair of which one half cannot be written nothing is left in the way', async () => {
    const partial = `keys/public_key.pem.${process.pid}.partial/full`
    await mkdir(join(cwd, partial), { recursive: true })
    const argv = ['--service', 'ibkr-oauth2', '--client-id', 'X', '--key-id', 'main', ...baseUrl]
    const { status, stderr } = await isoauth(['init', '--yes', ...argv], { cwd })
    expect(stderr).toContain('CLI_FILE_UNWRITABLE')
    expect([status, await readdir(join(cwd, 'keys'))]).toEqual([1, [partial.split('/')[1]]])
  })

  it('a part of a set of keys is no set', async () => {
    await mkdir(join(cwd, 'keys'))
    await writeFile(join(cwd, 'keys/dhparam.pem'), 'x')
    const argv = ['--service', 'ibkr-oauth1', '--consumer-key', 'PARTOFSET', ...baseUrl]
    const { status, stderr } = await isoauth(['init', '--yes', ...argv], { cwd })
    expect(flat(stderr)).toContain('keys has some of the files of a set of keys, and not all.')
    expect([status, await readdir(cwd)]).toEqual([2, ['keys']])
  })

  it('one key in both places is refused as the set that it is not', async () => {
    const { oauth1 } = server.sandbox.credentials.ibkr
    await mkdir(join(cwd, 'keys'))
    for (const name of KEYS) await writeFile(join(cwd, 'keys', name), 'public: not read here')
    for (const name of ['private_signature.pem', 'private_encryption.pem']) {
      await writeFile(join(cwd, 'keys', name), oauth1.signatureKey, { mode: 0o600 })
    }
    await writeFile(join(cwd, 'keys/dhparam.pem'), oauth1.dhParameters)
    const argv = ['--service', 'ibkr-oauth1', '--consumer-key', 'SAMETWICE', ...baseUrl]
    const { status, stderr } = await isoauth(['init', '--yes', ...argv], { cwd })
    expect(flat(stderr)).toContain(
      'The keys in keys do not do: keys: SignatureKey and encryptionKey are one and the same key.',
    )
    expect([status, await readdir(cwd)]).toEqual([2, ['keys']])
  })

  it('who replaces is not told to do so where what is written beside it has no place', async () => {
    const file = join(cwd, 'secret.txt')
    await mkdir(join(`${file}.${process.pid}.partial`, 'full'), { recursive: true })
    await expect(writePrivateFile(file, 'text', { replace: true })).rejects.toMatchObject({
      code: 'CLI_FILE_UNWRITABLE',
    })
  })

  it('a claim on a name is taken back when nothing could be written', async () => {
    // The file beside it, which is renamed, has a name that is too long.
    const file = join(cwd, 'x'.repeat(250))
    await expect(writePrivateFile(file, 'text', { replace: false })).rejects.toMatchObject({
      code: 'CLI_FILE_UNWRITABLE',
    })
    expect(await readdir(cwd)).toEqual([])
  })
})

describe('ends early', () => {
  it.each<[string, Line[]]>([
    ['at the first question', [[/What do you sign in to/, CTRL_C]]],
    [
      'before the keys',
      [
        [/What do you sign in to/, ENTER],
        [/Diffie-Hellman/, CTRL_C],
      ],
    ],
  ])('%s: nothing was written, and it says so', async (_, lines) => {
    const { status, stderr, left } = await talk(['init', ...baseUrl], lines, { cwd })
    expect([left, status, stderr]).toEqual([0, 130, 'Stopped. Nothing was written.\n'])
    expect(await readdir(cwd)).toEqual([])
  })

  it('in the search for a prime: no folder, no file', async () => {
    const interruption = new AbortController()
    const { status, stderr } = await talk(
      ['init', ...baseUrl, '--service', 'ibkr-oauth1', '--group', 'own'],
      [],
      {
        cwd,
        isTerminal: true,
        signal: interruption.signal,
        onOutput: (text) => text.includes('candidates tested') && interruption.abort(),
      },
    )
    expect([status, await readdir(cwd)]).toEqual([130, []])
    expect(stderr).toContain('Stopped. Nothing was written.')
  })
})

describe('without questions', () => {
  const AUTO = ['--service', 'ibkr-oauth1', '--group', 'modp2048', '--consumer-key', 'NOQUESTIO']

  it('at a sandbox: written, registered and healthy; as JSON', async () => {
    const { status, stdout } = await isoauth(['init', '--yes', '--json', ...AUTO, ...baseUrl], {
      cwd,
    })
    expect(JSON.parse(stdout)).toMatchObject({
      config: join(cwd, 'isoauth.json'),
      service: 'ibkr-oauth1',
      registered: true,
      healthy: true,
    })
    expect(status).toBe(0)
    const again = ['init', '--yes', '--profile', 'paper', ...AUTO, ...baseUrl]
    const taken = await isoauth(again, { cwd })
    expect(flat(taken.stderr)).toContain("--consumer-key: The sandbox's portal does not take it")
    expect(taken.status).toBe(2)
    expect((await readdir(cwd)).sort()).toEqual(['isoauth.json', 'keys', 'keys-paper'])
    const other = again.map((word) => (word === 'NOQUESTIO' ? 'PAPERPAPE' : word))
    const { stdout: text, status: healthy } = await isoauth(other, { cwd })
    expect(flat(text)).toContain('Next: isoauth request GET /portfolio/accounts --profile paper')
    expect(healthy).toBe(0)
  })

  it('names with blanks are one word in every command that is told', async () => {
    const file = join('my files', "it's.json")
    const argv = ['init', '--yes', '--config', file, '--keys', 'my keys', ...AUTO, ...baseUrl]
    const given = argv.map((word) => (word === 'NOQUESTIO' ? 'WITHBLANK' : word))
    const quoted = platform === 'win32' ? `"${file}"` : `'my files/it'\\''s.json'`
    const first = await isoauth(given, { cwd })
    expect(flat(first.stdout)).toContain(
      `Next: isoauth request GET /portfolio/accounts --config ${quoted}`,
    )
    const second = await isoauth(given, { cwd })
    expect(flat(second.stderr)).toContain(`"isoauth doctor --config ${quoted}" looks at it`)
  })

  it('looks for no other sandbox than the one that is named', async () => {
    const sent = vi.spyOn(globalThis, 'fetch')
    expect((await isoauth(['init', '--yes', ...AUTO, ...baseUrl], { cwd })).status).toBe(2)
    const origins = sent.mock.calls.map(([input]) => new URL(String(input)).origin)
    expect([...new Set(origins)]).toEqual([server.origin])
  })

  it.each([
    [[], 'There is no terminal to ask on. Missing: --service, --yes. --service is one of: ibkr-o'],
    [['--yes'], 'Missing: --service.'],
    [['--service', 'ultracart'], 'Missing: --simple-key-file, --redirect-uri, --yes.'],
    [
      ['--yes', '--service', 'ibkr-oauth1'],
      'Missing: --consumer-key, --access-token-file, --access-token-secret-file.',
    ],
    [['--yes', '--service', 'ibkr-sso'], 'Missing: --client-id, --key-id, --credential, --ip.'],
    [['--service', 'nope'], 'Allowed choices are ibkr-oauth1'],
    [['--yes', ...AUTO, '--base-url', 'http://example.com'], '--base-url: '],
    [
      ['--yes', ...AUTO, '--base-url', 'http://127.0.0.1:1'],
      'No sandbox answers at http://127.0.0',
    ],
    [['--yes', ...AUTO, '--ip', '1.2.3.4'], '--ip has no meaning with --service ibkr-oauth1.'],
    [['--config', 'x.json', '--profile', 'y'], 'Give --config or --profile, not both'],
  ])('%j: what is missing or wrong is named, and nothing is made', async (argv, words) => {
    const { status, stderr } = await isoauth(['init', ...argv], { cwd })
    expect(flat(stderr)).toContain(words)
    expect(stderr).toContain('CLI_ARGUMENTS_INVALID')
    expect([status, await readdir(cwd)]).toEqual([2, []])
  })

  it('OAuth 2.0 and SSO, with a key that is registered; a wrong address is refused by the client', async () => {
    const { oauth2 } = server.sandbox.credentials.ibkr
    await writeFile(join(cwd, 'key.pem'), oauth2.privateKey, { mode: 0o600 })
    const argv = ['init', '--yes', '--service', 'ibkr-sso', '--private-key-file', 'key.pem']
    argv.push('--client-id', oauth2.clientId, '--key-id', oauth2.keyId, ...baseUrl)
    argv.push('--credential', oauth2.credential)
    const wrong = await isoauth([...argv, '--ip', 'localhost'], { cwd })
    expect([wrong.status, flat(wrong.stderr)]).toEqual([2, expect.stringContaining('--ip: ')])
    expect(await readdir(cwd)).toEqual(['key.pem'])
    const { status, stdout } = await isoauth([...argv, '--ip', oauth2.ip], { cwd })
    expect(flat(stdout)).toContain('ok SSO session')
    expect(status).toBe(0)
    expect((await config()).ibkr.oauth2.privateKeyFile).toBe('key.pem')
  })

  it('asks for the address by which this machine goes out: it is the one that uses the session', async () => {
    const ip = WAYS.flatMap(({ values }) => values).find(({ setting }) => setting === 'ip')
    const { stdout } = await isoauth(['init', '--help'], { cwd })
    const schema = JSON.stringify(configSchema())
    for (const text of [ip?.message ?? '', flat(stdout), schema]) {
      expect(text).toMatch(/public address by which this machine goes out/i)
    }
  })

  it("says of an example's consumer key what to give, and names no file that is not there", async () => {
    for (const name of ['token.txt', 'secret.txt']) await writeFile(join(cwd, name), 'x')
    const argv = ['--access-token-file', 'token.txt', '--access-token-secret-file', 'secret.txt']
    const { status, stderr } = await isoauth(
      ['init', '--yes', '--service', 'ibkr-oauth1', '--consumer-key', 'ABCDEFGHI', ...argv],
      { cwd },
    )
    const said = "--consumer-key: Is still the template's placeholder. Give what the portal showed."
    expect(flat(stderr)).toContain(said)
    expect(stderr).not.toContain('isoauth.json')
    expect(status).toBe(2)
  })

  it('UltraCart, with its key from a file', async () => {
    const { ultracart } = server.sandbox.credentials
    await writeFile(join(cwd, 'simple_key.txt'), `${ultracart.simpleKey}\n`, { mode: 0o600 })
    const argv = ['init', '--yes', '--service', 'ultracart', '--simple-key-file', 'simple_key.txt']
    argv.push('--base-url', ultracart.baseUrl)
    const wrong = await isoauth([...argv, '--redirect-uri', 'https://a.example/#x'], { cwd })
    expect([wrong.status, flat(wrong.stderr)]).toEqual([
      2,
      expect.stringContaining('--redirect-uri: Has a fragment (#).'),
    ])
    const { status, stdout } = await isoauth([...argv, '--redirect-uri', ultracart.redirectUri], {
      cwd,
    })
    expect(stdout).toContain('Healthy.')
    expect([status, (await config()).ultracart.simpleKey]).toEqual([0, ultracart.simpleKey])
  })

  it('a new key for OAuth 2.0 is made, and the broker does not know it yet', async () => {
    const argv = ['--client-id', 'NEWFIRM', '--key-id', 'main', ...baseUrl]
    const { status, stdout } = await isoauth(
      ['init', '--yes', '--service', 'ibkr-oauth2', ...argv],
      { cwd },
    )
    expect(flat(stdout)).toContain('The broker has to have keys/public_key.pem.')
    expect(flat(stdout)).toContain('RSA 3072 bits')
    expect(flat(stdout)).toContain('Look again: isoauth doctor')
    expect(status).toBe(1)
  })
})
