import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createSandbox } from '@isoauth/sandbox'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findConfig, readConfig } from '../src/config.ts'
import { configSchema, SCHEMA_ADDRESS } from '../src/internal/config/schema.ts'
import { SECTION_NAMES, settingsOf } from '../src/internal/config/settings.ts'
import { CONFIG_TEMPLATE } from '../src/internal/config/template.ts'
import { flat, isoauth } from './harness.ts'

let root: string
let user: string

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'isoauth-found-')))
  user = join(root, 'user')
})

afterEach(() => rm(root, { recursive: true, maxRetries: 5 }))

async function put(path: string, value: unknown = named(path)): Promise<string> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 })
  return file
}

const named = (redirectUri: string) => ({ ultracart: { simpleKey: 'key-of-tests', redirectUri } })

/** Which file `whoami` tells, as JSON. */
async function used(cwd: string, argv: readonly string[] = [], env: Record<string, string> = {}) {
  const outside = { cwd: join(root, cwd), env: { XDG_CONFIG_HOME: user, ...env } }
  const { stdout } = await isoauth(['whoami', '--json', ...argv], outside)
  const { config, error } = JSON.parse(stdout)
  return error === undefined ? { ...config, file: config.file?.slice(root.length + 1) } : error
}

describe('the file that is used', () => {
  it('of the project: from the folder up to the one with .git, past package.json', async () => {
    await put('isoauth.json')
    await put('repo/.git/HEAD', '')
    await put('repo/isoauth.json')
    await put('repo/packages/a/package.json', '{}')
    await mkdir(join(root, 'repo/packages/a/src'))
    expect(await used('repo/packages/a/src')).toMatchObject({
      file: 'repo/isoauth.json',
      choice: 'project',
    })
    await put('repo/packages/a/isoauth.json')
    expect((await used('repo/packages/a/src')).file).toBe('repo/packages/a/isoauth.json')
  })

  it('not of what lies above the project, nor above a folder of none', async () => {
    await put('isoauth.json')
    await put('repo/package.json', '{}')
    await mkdir(join(root, 'repo/src'))
    await mkdir(join(root, 'loose'))
    for (const cwd of ['repo/src', 'loose']) {
      expect((await used(cwd)).message).toContain('There is no configuration. Looked for: ')
    }
  })

  it("else of the user's folder; a project's comes first", async () => {
    await put('user/isoauth/isoauth.json')
    await mkdir(join(root, 'loose'))
    expect(await used('loose')).toMatchObject({
      file: 'user/isoauth/isoauth.json',
      choice: 'user',
      looked: [join(root, 'loose/isoauth.json'), join(user, 'isoauth/isoauth.json')],
    })
    await put('loose/isoauth.json')
    expect((await used('loose')).file).toBe('loose/isoauth.json')
  })

  it('--config and ISOAUTH_CONFIG name one, before anything is looked for', async () => {
    await put('a/isoauth.json')
    await put('a/other.json')
    expect(await used('a', ['--config', 'other.json'])).toMatchObject({ choice: 'named' })
    expect(await used('a', [], { ISOAUTH_CONFIG: 'other.json' })).toMatchObject({ choice: 'named' })
  })

  it('a profile is a file of its own, by option or variable', async () => {
    await put('a/isoauth.json')
    await put('a/isoauth.paper.json')
    await put('user/isoauth/isoauth.live.json')
    expect(await used('a', ['--profile', 'paper'])).toMatchObject({
      file: 'a/isoauth.paper.json',
      profile: 'paper',
    })
    expect((await used('a', [], { ISOAUTH_PROFILE: 'live' })).file).toBe(
      'user/isoauth/isoauth.live.json',
    )
    // What is said now wins over a variable of the shell.
    const env = { ISOAUTH_PROFILE: 'live', ISOAUTH_CONFIG: 'isoauth.json' }
    expect((await used('a', ['-P', 'paper'], env)).file).toBe('a/isoauth.paper.json')
    expect((await used('a', [], env)).message).toContain('ISOAUTH_CONFIG or ISOAUTH_PROFILE')
    expect((await used('a', ['-P', 'paper', '-c', 'x'])).message).toContain('not both')
    const { message, code } = await used('a', ['--profile', 'papr'])
    expect(message).toContain('Profiles there: live, paper. A profile is a file of its own')
    expect(code).toBe('CLI_CONFIG_INVALID')
  })

  it('variables do not stand in for a profile that has no file', async () => {
    await put('a/isoauth.paper.json')
    const env = { ISOAUTH_ULTRACART_SIMPLE_KEY: 'k', ISOAUTH_ULTRACART_REDIRECT_URI: 'https://x' }
    const refused = { code: 'CLI_CONFIG_INVALID', option: 'profile' }
    expect(await used('a', ['--profile', 'papr'], env)).toMatchObject(refused)
    expect(await used('a', [], { ...env, ISOAUTH_PROFILE: 'papr' })).toMatchObject(refused)
    expect(await used('a', ['--profile', 'paper'], env)).toMatchObject({ choice: 'project' })
  })

  it.each(['../up', 'a/b', '', '__proto__/', 'x'.repeat(41), 'a.b'])(
    'a profile of the name %j is refused',
    async (name) => {
      await mkdir(join(root, 'a'))
      const { message } = await used('a', ['--profile', name])
      expect(message).toContain('The name of a profile must be of letters')
    },
  )

  it('variables do without a file, and every command tells a terminal what it uses', async () => {
    await mkdir(join(root, 'a'))
    const env = { ISOAUTH_ULTRACART_SIMPLE_KEY: 'k', ISOAUTH_ULTRACART_REDIRECT_URI: 'https://x' }
    expect(await used('a', [], env)).toMatchObject({ file: undefined, choice: 'none' })
    await put('a/isoauth.json', { ibkr: { oauth1: { consumerKey: 'A' } } })
    for (const argv of [
      ['request', 'GET', '/x'],
      ['session', 'status'],
      ['stream', 'or'],
      ['decrypt-secret'],
    ]) {
      const outside = { cwd: join(root, 'a'), isTerminal: true }
      expect((await isoauth(argv, outside)).stderr, argv.join(' ')).toContain('Using isoauth.json')
      expect((await isoauth(argv, { cwd: join(root, 'a') })).stderr).not.toContain('Using')
    }
  })
})

describe('a file that is merely found', () => {
  it('that is a link to itself is told, with its name', async () => {
    await symlink('isoauth.json', join(root, 'isoauth.json'))
    const { status, stderr } = await isoauth(['whoami'], { cwd: root })
    expect(flat(stderr)).toContain('isoauth.json: it is a link that leads back to itself.')
    expect([status, stderr.includes('CLI_FILE_UNREADABLE')]).toEqual([2, true])
  })

  it.runIf(process.getuid?.() === 0)(
    'of another user is refused, and read once named',
    async () => {
      const file = await put('a/isoauth.json')
      await chown(file, 12_345, 12_345)
      const { message } = await used('a')
      expect(message).toContain('belongs to another user of this machine')
      expect(message).toContain(`--config ${file}`)
      expect((await used('a', ['--config', 'isoauth.json'])).choice).toBe('named')
    },
  )

  it.runIf(process.getuid?.() === 0)('of the administrator is read by everyone', async () => {
    await put('a/isoauth.json')
    const user = vi.spyOn(process, 'getuid').mockReturnValue(12_345)
    try {
      expect(await used('a')).toMatchObject({ file: 'a/isoauth.json', choice: 'project' })
    } finally {
      user.mockRestore()
    }
  })

  it.runIf(process.getuid?.() === 0)('where this user may not look is none', async () => {
    await put('closed/isoauth.json')
    await mkdir(join(root, 'closed/work'))
    await chmod(root, 0o755)
    await chmod(join(root, 'closed'), 0o700)
    process.seteuid?.(12_345)
    try {
      const { message } = await used('closed/work')
      expect(message).toContain('There is no configuration. Looked for: ')
    } finally {
      process.seteuid?.(0)
    }
  })

  it.each([
    ['ibkr.baseUrl', { ibkr: { baseUrl: 'https://evil.example' } }, 'IBKR_OAUTH1_ACCESS_TOKEN'],
    [
      'ibkr.oauth1.baseUrl',
      { ibkr: { oauth1: { baseUrl: 'https://api.ibkr.com.evil.example/v1' } } },
      'IBKR_OAUTH1_CONSUMER_KEY',
    ],
    [
      'ibkr.oauth2.baseUrl',
      { ibkr: { oauth2: { baseUrl: 'https://evil.example' } } },
      'IBKR_OAUTH2_CLIENT_ID',
    ],
    [
      'ultracart.baseUrl',
      { ultracart: { baseUrl: 'https://evil.example' } },
      'ULTRACART_SIMPLE_KEY',
    ],
  ])('does not send credentials of variables to %s', async (path, value, name) => {
    await put('a/isoauth.json', value)
    const variable = `ISOAUTH_${name}`
    const { message } = await used('a', [], { [variable]: 'of-mine' })
    expect(message).toContain(variable)
    expect(message).toContain(`${path} is on `)
    // Said by the person: another matter.
    const given = await used('a', ['--config', 'isoauth.json'], { [variable]: 'of-mine' })
    expect(given.choice).toBe('named')
  })

  it("does not take the broker's address for another service's", async () => {
    await put('a/isoauth.json', { ibkr: { baseUrl: 'https://proxy.example' } })
    const env = { ISOAUTH_ULTRACART_SIMPLE_KEY: 'of-mine' }
    expect((await used('a', [], env)).choice).toBe('project')
  })

  it('may name the broker, loopback, and what a variable says too', async () => {
    const env = { ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY: 'AAA' }
    for (const baseUrl of ['https://1.api.ibkr.com', 'http://127.0.0.1:1', 'http://localhost']) {
      await put('a/isoauth.json', { ibkr: { baseUrl } })
      expect((await used('a', [], env)).choice).toBe('project')
    }
    await put('a/isoauth.json', { ibkr: { baseUrl: 'https://proxy.example' } })
    const both = { ...env, ISOAUTH_IBKR_OAUTH1_BASE_URL: 'https://proxy.example/v1/api' }
    expect((await used('a', [], both)).choice).toBe('project')
  })
})

describe('whoami', () => {
  it('tells file, profile, way in, masked names, key files with fingerprints, what works', async () => {
    const { credentials } = await createSandbox({ origin: 'http://127.0.0.1:1' })
    const { signatureKey, ...oauth1 } = credentials.ibkr.oauth1
    await put('a/signature.pem', signatureKey)
    await put('a/isoauth.json', {
      ...credentials,
      ibkr: { ...credentials.ibkr, oauth1: { ...oauth1, signatureKeyFile: 'signature.pem' } },
    })
    const outside = { cwd: join(root, 'a'), env: {} }
    const { stdout, status } = await isoauth(['whoami'], outside)
    expect(status).toBe(0)
    const text = flat(stdout)
    expect(text).toContain('Configuration isoauth.json (found in this project)')
    expect(text).toContain('works with doctor, request, session, stream')
    expect(text).toContain(join(root, 'a/signature.pem'))
    const { services } = JSON.parse((await isoauth(['whoami', '--json'], outside)).stdout)
    const { createPublicKey, createHash } = await import('node:crypto')
    const der = createPublicKey(signatureKey).export({ type: 'spki', format: 'der' })
    expect(services[0].keys[0]).toEqual({
      setting: 'signatureKey',
      from: join(root, 'a/signature.pem'),
      sha256: createHash('sha256').update(der).digest('hex'),
    })
    expect(services[0].identity.consumerKey).toMatch(/^SA\*+$/)
    expect(
      services.map((one: { wayIn: string; identity: object }) => [
        one.wayIn,
        Object.keys(one.identity),
      ]),
    ).toEqual([
      ['OAuth 1.0a, with the encrypted access token secret', ['consumerKey']],
      ['OAuth 2.0 and SSO sessions', ['clientId', 'keyId', 'credential']],
      ['single sign-on, with the simple key of the application', ['redirectUri']],
    ])
    const all = stdout + JSON.stringify(services)
    for (const [name, value] of [
      ...Object.entries(credentials.ibkr.oauth1),
      ...Object.entries(credentials.ibkr.oauth2),
      ...Object.entries(credentials.ultracart),
    ]) {
      if (/[Uu]r[li]|realm|audience|tokenPath|scope|^ip$/.test(name)) continue
      expect(all, name).not.toContain(value)
    }
  })

  it('writes all of it as a person reads it', async () => {
    const { credentials } = await createSandbox({ origin: 'http://127.0.0.1:1' })
    const { oauth2 } = credentials.ibkr
    const { createPublicKey, createHash } = await import('node:crypto')
    const der = createPublicKey(oauth2.privateKey).export({ type: 'spki', format: 'der' })
    await put('a/isoauth.json', {
      ibkr: {
        oauth1: { consumerKey: 'MYCONSUMR', accesToken: 'x', encryptionKeyFile: 'gone.pem' },
        oauth2: { clientId: 'firm', keyId: 'main-key', privateKey: oauth2.privateKey },
      },
      ultracart: { simpleKey: 'key-of-tests', redirectUri: 'https://app.example/back?x=1' },
    })
    await chmod(join(root, 'a/isoauth.json'), 0o644)
    const env = {
      ISOAUTH_IBKR_OAUTH2_KEY_ID: 'other-key',
      ISOAUTH_IBKR_OAUTH1_SIGNATURE_KEY: 'no key',
    }
    const { stdout, status } = await isoauth(['whoami'], { cwd: join(root, 'a'), env })
    expect(status).toBe(0)
    // Where a line breaks hangs on the folder of the test.
    expect(flat(stdout.replaceAll(root, '')).trim()).toBe(
      [
        'Configuration isoauth.json (found in this project)',
        'profile none',
        'variables win ISOAUTH_IBKR_OAUTH2_KEY_ID',
        'WARN others may read /a/isoauth.json: chmod 600 /a/isoauth.json',
        'WARN nothing reads ibkr.oauth1.accesToken; is ibkr.oauth1.accessToken meant?',
        'IBKR OAuth 1.0a https://api.ibkr.com/v1/api',
        'way in OAuth 1.0a, with the encrypted access token secret',
        'consumerKey MY*******',
        'signatureKey ISOAUTH_IBKR_OAUTH1_SIGNATURE_KEY',
        'sha256 cannot be read: see isoauth doctor',
        'encryptionKey Cannot read the file that encryptionKeyFile names: there is no such file.',
        'lacks accessToken, accessTokenSecret, dhParameters',
        'works with nothing yet: see isoauth doctor',
        'IBKR OAuth 2.0 and SSO https://api.ibkr.com',
        'way in OAuth 2.0',
        'clientId ****',
        'keyId ot*******',
        'privateKey isoauth.json',
        `sha256 ${createHash('sha256').update(der).digest('hex')}`,
        'works with doctor, request',
        'UltraCart single sign-on https://secure.ultracart.com/rest/v2',
        'way in single sign-on, with the simple key of the application',
        'redirectUri https://app.example/back?x=[hidden]',
        'works with doctor',
      ].join(' '),
    )
  })

  it('reads keys however they are written, and does not guess what cannot be read', async () => {
    const { credentials } = await createSandbox({ origin: 'http://127.0.0.1:1' })
    const { signatureKey, dhParameters } = credentials.ibkr.oauth1
    const fingerprints = async (signature: string) => {
      const oauth1 = { signatureKey: signature, dhParameters, encryptionKey: 'no key' }
      await put('a/isoauth.json', { ibkr: { oauth1 } })
      const { stdout, status } = await isoauth(['whoami', '--json'], { cwd: join(root, 'a') })
      expect(status).toBe(1)
      const [{ keys, missing, works }] = JSON.parse(stdout).services
      expect(missing).toContain('accessToken')
      expect(works).toEqual([])
      return keys.map(({ sha256 }: { sha256?: string }) => sha256)
    }
    const [plain, none, dh] = await fingerprints(signatureKey)
    expect([plain, dh]).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ])
    expect(none).toBeUndefined()
    expect((await fingerprints(signatureKey.replaceAll('\n', '\\n')))[0]).toBe(plain)
  })

  it.each([
    ['nothing more', {}, 'OAuth 2.0'],
    ['a user alone', { credential: 'user' }, 'OAuth 2.0'],
    ['an address alone', { ip: '203.0.113.7' }, 'OAuth 2.0'],
    ['both', { credential: 'user', ip: '203.0.113.7' }, 'OAuth 2.0 and SSO sessions'],
  ])('OAuth 2.0 with %s of a session', async (_, more, wayIn) => {
    await put('a/isoauth.json', { ibkr: { oauth2: { clientId: 'firm', ...more } } })
    const { stdout } = await isoauth(['whoami', '--json'], { cwd: join(root, 'a') })
    expect(JSON.parse(stdout).services).toMatchObject([{ wayIn }])
  })

  it('UltraCart without an address to come back to', async () => {
    await put('a/isoauth.json', { ultracart: { simpleKey: 'key-of-tests' } })
    const { stdout } = await isoauth(['whoami', '--json'], { cwd: join(root, 'a') })
    const { services } = JSON.parse(stdout)
    expect(services[0].identity).toEqual({})
    expect(services).toMatchObject([
      { address: 'https://secure.ultracart.com/rest/v2', missing: ['redirectUri'], works: [] },
    ])
  })

  it('a decrypted secret stands in the way in', async () => {
    const oauth1 = { consumerKey: 'CONSUMERX', decryptedAccessTokenSecret: 'abcd' }
    await put('a/isoauth.json', { ibkr: { oauth1 } })
    const { stdout } = await isoauth(['whoami', '--json'], { cwd: join(root, 'a') })
    const wayIn = 'OAuth 1.0a, with the decrypted access token secret'
    expect(JSON.parse(stdout).services).toMatchObject([{ wayIn }])
    expect(stdout).not.toContain('abcd')
  })

  it('warns of a file that others may read', async () => {
    await chmod(await put('a/isoauth.json'), 0o644)
    const { stdout } = await isoauth(['whoami'], { cwd: join(root, 'a') })
    expect(flat(stdout)).toContain(`others may read ${join(root, 'a/isoauth.json')}: chmod 600`)
  })
})

describe('the file', () => {
  it('may have comments', async () => {
    await put(
      'a.json',
      `// of tests\n{ "$schema": "x", /* why */ "ultracart": { "simpleKey": "//no" } }\n`,
    )
    const config = await readConfig({ file: 'a.json', cwd: root })
    expect(config.sections.ultracart?.simpleKey).toBe('//no')
    expect(config.unknown).toEqual([])
  })

  it.each([
    ['[', 200_000],
    [' ', 1_100_000],
  ])('of %j, %i times, is refused, quoting nothing', async (text, times) => {
    await put('a.json', text.repeat(times))
    await expect(readConfig({ file: 'a.json', cwd: root })).rejects.toMatchObject({
      code: 'CLI_CONFIG_INVALID',
    })
  })

  it('other programs find it as the command does', async () => {
    const file = await put('a/isoauth.paper.json')
    expect(await findConfig({ profile: 'paper', cwd: join(root, 'a') })).toBe(file)
    await expect(
      findConfig({ profile: 'none-of-that-name', cwd: join(root, 'a') }),
    ).rejects.toMatchObject({ code: 'CLI_CONFIG_INVALID', option: 'profile' })
  })
})

describe('the JSON schema', () => {
  it('is what the table of settings says', async () => {
    await expect(`${JSON.stringify(configSchema(), null, 2)}\n`).toMatchFileSnapshot(
      '../isoauth.schema.json',
    )
  })

  const validate = new Ajv({ allErrors: true }).compile(configSchema())

  it('takes what the command takes, setting by setting, and the files that it writes', async () => {
    expect(validate(JSON.parse(CONFIG_TEMPLATE))).toBe(true)
    expect(JSON.parse(CONFIG_TEMPLATE).$schema).toBe(SCHEMA_ADDRESS)
    const { credentials } = await createSandbox({ origin: 'http://127.0.0.1:1' })
    expect(validate(JSON.parse(JSON.stringify(credentials)))).toBe(true)
    for (const section of SECTION_NAMES) {
      for (const { name, mayBeFile, values = ['x'] } of settingsOf(section)) {
        for (const key of mayBeFile ? [name, `${name}File`] : [name]) {
          const at = (value: unknown) =>
            section.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), {
              [key]: value,
            })
          expect(validate(at(values[0])), key).toBe(true)
          expect(validate(at('')), key).toBe(false)
          expect(validate(at(1)), key).toBe(false)
        }
      }
    }
  })

  it.each([
    [{ ibkr: { oauth1: { consumerkey: 'A' } } }],
    [{ ibkr: { oauth1: { signatureKey: 'A', signatureKeyFile: 'B' } } }],
    [{ ibkr: { oauth1: { querySigning: 'both' } } }],
    [{ ibkr: { oauth1: { consumerKeyFile: 'A' } } }],
    [{ oauth1: {} }],
  ])('refuses what the command refuses or warns of: %j', async (value) => {
    expect(validate(value)).toBe(false)
    await put('a.json', value)
    const { unknown, problems } = await readConfig({ file: 'a.json', cwd: root })
    const isEmpty = JSON.stringify(value) === '{"oauth1":{}}'
    expect(unknown.length + problems.length > 0 || isEmpty).toBe(true)
  })

  it('is a part of the package', async () => {
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    expect(manifest.files).toContain('isoauth.schema.json')
  })
})
