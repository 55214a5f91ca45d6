import { generateKeyPairSync, verify } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importRsaSigningKey, signRsaSha256 } from '@isoauth/core-crypto'
import { createSandbox } from '@isoauth/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CliError,
  ibkrOAuth1Options,
  ibkrOAuth2Options,
  readConfig,
  type SectionName,
  ultraCartSsoOptions,
} from '../src/config.ts'
import { SECTION_NAMES, settingsOf, variableName } from '../src/internal/config/settings.ts'
import { problemWith } from '../src/internal/init/draft.ts'
import { flat, isoauth } from './harness.ts'

let cwd: string

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-config-'))
  await mkdir(join(cwd, 'keys'))
  await writeFile(join(cwd, 'keys/signature.pem'), 'PEM of signature')
})

afterAll(() => rm(cwd, { recursive: true, maxRetries: 5 }))

async function file(value: unknown): Promise<string> {
  const isAsItIs = typeof value === 'string' || Buffer.isBuffer(value)
  const text = isAsItIs ? value : JSON.stringify(value)
  await writeFile(join(cwd, 'keys/c.json'), text)
  return 'keys/c.json'
}

const oauth1 = {
  consumerKey: 'K',
  accessToken: 'T',
  accessTokenSecret: 'S',
  signatureKey: 'G',
  encryptionKey: 'E',
  dhParameters: 'D',
}

it('reads every part of the JSON that the sandbox writes', async () => {
  const { credentials } = await createSandbox({ origin: 'http://127.0.0.1:1' })
  const config = await readConfig({ file: await file(credentials), cwd })
  expect(config.unknown).toEqual([])
  expect(config.problems).toEqual([])
  const { dhPrime: _prime, ...expected } = credentials.ibkr.oauth1
  expect(ibkrOAuth1Options(config)).toEqual(expected)
  const { credential: _user, ip: _ip, ...oauth2 } = credentials.ibkr.oauth2
  expect(ibkrOAuth2Options(config, 'x')).toEqual({ ...oauth2, scope: 'x' })
  expect(ultraCartSsoOptions(config)).toEqual(credentials.ultracart)
})

it('dhPrime stands in for dhParameters where those are left out, and nowhere else', async () => {
  const { dhParameters: _parameters, ...others } = oauth1
  const read = async (fields: object, env = {}) =>
    await readConfig({ file: await file({ ibkr: { oauth1: fields } }), cwd, env })
  expect(ibkrOAuth1Options(await read({ ...others, dhPrime: 'ff' })).dhParameters).toBe('ff')
  const env = { ISOAUTH_IBKR_OAUTH1_DH_PRIME: 'ee' }
  const config = await read(others, env)
  expect(ibkrOAuth1Options(config).dhParameters).toBe('ee')
  const variable = 'ISOAUTH_IBKR_OAUTH1_DH_PRIME'
  expect(config.origins['ibkr.oauth1.dhParameters']).toEqual({ variable, file: undefined })
  expect(ibkrOAuth1Options(await read({ ...oauth1, dhPrime: 'ff' })).dhParameters).toBe('D')
  // A file that cannot be read is told, and not passed over.
  const damaged = await read({ ...others, dhPrime: 'ff', dhParametersFile: 'none.pem' })
  expect(damaged.problems.map(({ setting }) => setting)).toEqual(['dhParameters'])
  expect(damaged.sections['ibkr.oauth1']?.dhParameters).toBeUndefined()
})

it('gives a client each setting that is there, and no other', async () => {
  const more1 = { realm: 'test_realm', signingBaseUrl: 'https://s', querySigning: 'wire' }
  const more2 = { tokenPath: '/token', audience: 'https://a', scope: 'echo.read' }
  const oauth2 = { clientId: 'C', keyId: 'K', privateKey: 'P' }
  const ultracart = { simpleKey: ' key\n', redirectUri: 'https://r' }
  const all = {
    ibkr: { oauth1: { ...oauth1, ...more1 }, oauth2: { ...oauth2, ...more2 } },
    ultracart: { ...ultracart, baseUrl: 'https://u' },
  }
  const whole = await readConfig({ file: await file(all), cwd })
  expect(ibkrOAuth1Options(whole)).toMatchObject(more1)
  expect(ibkrOAuth2Options(whole, 'x')).toMatchObject({ ...oauth2, ...more2 })
  expect(ultraCartSsoOptions(whole)).toStrictEqual({
    baseUrl: 'https://u',
    simpleKey: 'key',
    redirectUri: 'https://r',
  })
  const least = await readConfig({ file: await file({ ibkr: { oauth1, oauth2 }, ultracart }), cwd })
  expect(Object.keys(ibkrOAuth1Options(least))).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/realm|signingBaseUrl|querySigning/)]),
  )
  expect(ibkrOAuth2Options(least, 'x')).toStrictEqual({
    ...oauth2,
    baseUrl: 'https://api.ibkr.com',
    scope: 'x',
  })
  expect(Object.keys(ultraCartSsoOptions(least))).toEqual(['simpleKey', 'redirectUri'])
})

it.each([
  [{ ibkr: { oauth1 } }, 'https://api.ibkr.com/v1/api'],
  [{ ibkr: { baseUrl: 'http://127.0.0.1:1/', oauth1 } }, 'http://127.0.0.1:1/v1/api'],
  [{ ibkr: { baseUrl: 'http://x', oauth1: { ...oauth1, baseUrl: 'http://y' } } }, 'http://y'],
])('takes the base URL of the narrowest place: %#', async (value, baseUrl) => {
  const config = await readConfig({ file: await file(value), cwd })
  expect(ibkrOAuth1Options(config).baseUrl).toBe(baseUrl)
})

it('files are relative to the file that names them, and the environment wins over both forms', async () => {
  const { signatureKey: _, ...rest } = oauth1
  const name = await file({ ibkr: { oauth1: { ...rest, signatureKeyFile: 'signature.pem' } } })
  const plain = await readConfig({ file: name, cwd })
  expect(ibkrOAuth1Options(plain).signatureKey).toBe('PEM of signature')
  await writeFile(join(cwd, 'other.pem'), 'PEM of other')
  const env = {
    ISOAUTH_IBKR_OAUTH1_SIGNATURE_KEY_FILE: 'other.pem',
    ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY: 'FROMENV',
    ISOAUTH_IBKR_OAUTH1_ACCESS_TOKEN: '',
  }
  const both = await readConfig({ file: name, cwd, env })
  expect(ibkrOAuth1Options(both)).toMatchObject({
    signatureKey: 'PEM of other',
    consumerKey: 'FROMENV',
    accessToken: 'T',
  })
  expect(both.overridden).toEqual([
    'ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY',
    'ISOAUTH_IBKR_OAUTH1_SIGNATURE_KEY_FILE',
  ])
})

describe('a file that holds one setting is read', () => {
  const text = `${'AbC+'.repeat(8)}/é=\n`
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le')

  it.each([
    ['in UTF-8', Buffer.from(text)],
    ['with the byte order mark that Notepad writes', Buffer.from(`\ufeff${text}`)],
    ['in UTF-16, as the redirection of PowerShell writes it', utf16],
    ['in UTF-16, the higher byte first', Buffer.from(utf16).swap16()],
    ['in UTF-16 without a byte order mark', utf16.subarray(2)],
    ['in UTF-16 without one, the higher byte first', Buffer.from(utf16.subarray(2)).swap16()],
  ])('%s', async (_how, bytes) => {
    await writeFile(join(cwd, 'keys/secret.txt'), bytes)
    const { accessTokenSecret: _, ...rest } = oauth1
    const name = await file({ ibkr: { oauth1: { ...rest, accessTokenSecretFile: 'secret.txt' } } })
    const config = await readConfig({ file: name, cwd })
    expect(ibkrOAuth1Options(config).accessTokenSecret).toBe(text)
  })

  const fromFile = async (bytes: Uint8Array) => {
    await writeFile(join(cwd, 'keys/signature.der'), bytes)
    const { signatureKey: _, ...rest } = oauth1
    const name = await file({ ibkr: { oauth1: { ...rest, signatureKeyFile: 'signature.der' } } })
    return ibkrOAuth1Options(await readConfig({ file: name, cwd })).signatureKey
  }

  it.each(['pkcs1', 'pkcs8'] as const)('as a key in DER, %s', async (type) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const der = privateKey.export({ format: 'der', type })
    const key = await importRsaSigningKey(await fromFile(der))
    const signature = await signRsaSha256(key, 'text')
    expect(verify('sha256', Buffer.from('text'), privateKey, signature)).toBe(true)
  })

  it('as another binary file, of which the reader of keys tells what it is', async () => {
    // The head of a PKCS#12 file: a version and a list.
    const sequence = (...content: number[]) => [0x30, content.length, ...content]
    const pfx = Uint8Array.from(sequence(2, 1, 3, ...sequence(4, 100, ...Array(100).fill(0xc3))))
    await expect(importRsaSigningKey(await fromFile(pfx))).rejects.toThrow('a PKCS#12 container')
  })
})

it('the environment alone is enough, by a variable of each setting', async () => {
  const env = Object.fromEntries(
    SECTION_NAMES.flatMap((section) =>
      settingsOf(section).map(({ name, values: [value = name] = [] }) => [
        variableName(section, name),
        value,
      ]),
    ),
  )
  const config = await readConfig({ env })
  expect(config.sections['ibkr.oauth2']?.privateKey).toBe('privateKey')
  expect(config.sections.ibkr?.baseUrl).toBe('baseUrl')
  expect(config.unknown).toEqual([])
  expect(ibkrOAuth1Options(config)).toMatchObject({
    decryptedAccessTokenSecret: 'decryptedAccessTokenSecret',
    consumerKey: 'consumerKey',
  })
  expect(ibkrOAuth1Options(config)).not.toHaveProperty('encryptionKey')
})

describe('the name of a file where its content belongs is told with the setting that names files', () => {
  const files = SECTION_NAMES.flatMap((section) =>
    settingsOf(section).flatMap(({ name, mayBeFile }) => (mayBeFile ? [[section, name]] : [])),
  ) as [SectionName, string][]
  const read = async (section: SectionName, name: string, text: string) => {
    const last = section.split('.').at(-1) as string
    const below = { [last]: { [name]: text } }
    return await readConfig({
      file: await file(last === section ? below : { ibkr: below }),
      cwd,
    })
  }

  it('there are seven', () => expect(files).toHaveLength(7))

  it.each(files)('%s.%s', async (section, name) => {
    const { problems } = await read(section, name, 's.pem')
    expect(problems).toEqual([{ section, setting: name, error: expect.any(CliError) }])
    const { code, option, message } = (problems[0]?.error ?? {}) as CliError
    expect({ code, option }).toEqual({ code: 'CLI_CONFIG_INVALID', option: name })
    expect(message).toBe(
      `keys/c.json: ${section}.${name} must be the content of the file, not its name. Remedy: Write "${name}File" in its place.`,
    )
    const variable = variableName(section, name)
    const { problems: ofVariable } = await readConfig({ env: { [variable]: 's.pem' } })
    expect(ofVariable.map(({ error }) => error.message)).toEqual([
      `${variable} must be the content of the file, not its name. Remedy: Set ${variable}_FILE in its place.`,
    ])
  })

  it.each<[string, boolean]>([
    ['s.pem', true],
    [' keys/s.PEM ', true],
    ['"s.key"', true],
    ['secret.txt', true],
    ['./s', true],
    ['..\\s', true],
    ['~/s', true],
    ['file:s', true],
    ['C:/s', true],
    ['\\\\host\\s', true],
    ['/run/secrets/signature', true],
    [`/${'a'.repeat(63)}`, false],
    [`/${'a'.repeat(62)}`, true],
    [`/${'a'.repeat(170)}=`, false],
    [`/${'a'.repeat(170)}.pem`, true],
    [`./${'a'.repeat(253)}`, true],
    [`./${'a'.repeat(254)}`, false],
    ['-----BEGIN.pem', false],
    ['a\nb.pem', false],
    ['s.', false],
    ['//s', false],
    ['s.1pem', false],
    ['s', false],
    ['dGVzdA==', false],
    ['deadbeef', false],
  ])('%j: %s', async (text, isName) => {
    const { problems, sections } = await read('ultracart', 'simpleKey', text)
    expect(problems).toHaveLength(isName ? 1 : 0)
    expect(sections.ultracart?.simpleKey).toBe(isName ? undefined : text)
  })

  it('a setting that no file may hold is left alone, and so is what a file holds', async () => {
    await writeFile(join(cwd, 'keys/name.txt'), 'other.pem')
    const config = await read('ultracart', 'simpleKeyFile', 'name.txt')
    expect(config.sections.ultracart?.simpleKey).toBe('other.pem')
    expect((await read('ibkr.oauth2', 'clientId', 'client.pem')).problems).toEqual([])
  })

  it('by init, where it is pasted, without the remedy', async () => {
    const settings = { ultracart: { simpleKey: 's.txt' } }
    const draft = {
      file: join(cwd, 'c.json'),
      name: 'c.json',
      section: 'ultracart',
      settings,
    } as const
    expect(await problemWith(draft, 'simpleKey')).toBe(
      'c.json: ultracart.simpleKey must be the content of the file, not its name.',
    )
  })

  it.each<[string, string[]]>([
    ['request', ['GET', '/portfolio/accounts']],
    ['session', ['status']],
    ['stream', ['tr']],
    ['decrypt-secret', []],
    ['doctor', []],
    ['whoami', []],
  ])('by %s', async (command, argv) => {
    const name = await file({ ibkr: { oauth1: { ...oauth1, encryptionKey: 'e.pem' } } })
    const run = await isoauth([command, ...argv, '--config', name], { cwd })
    expect(flat(run.stdout + run.stderr)).toContain(
      'keys/c.json: ibkr.oauth1.encryptionKey must be the content of the file, not its name',
    )
    expect(flat(run.stdout + run.stderr)).toContain(
      'Remedy: Write "encryptionKeyFile" in its place.',
    )
    expect(run.status).toBe(command === 'doctor' || command === 'whoami' ? 1 : 2)
  })
})

describe.runIf(process.platform !== 'win32')('files that others may read are told', () => {
  const NAMES = ['c.json', 'signature.pem', 'encryption.pem', 'oauth2.pem']
  const read = async () => {
    const config = await file({
      ibkr: {
        oauth1: { consumerKey: 'K', signatureKeyFile: 'signature.pem', dhParametersFile: 'dh.pem' },
      },
    })
    const env = {
      ISOAUTH_IBKR_OAUTH1_ENCRYPTION_KEY_FILE: 'keys/encryption.pem',
      ISOAUTH_IBKR_OAUTH2_PRIVATE_KEY_FILE: 'keys/oauth2.pem',
    }
    for (const name of [...NAMES, 'dh.pem']) {
      const path = join(cwd, 'keys', name)
      if (name !== 'c.json') await writeFile(path, 'PEM')
      await chmod(path, modes.get(name) ?? 0o600)
    }
    return (await readConfig({ file: config, cwd, env })).openFiles
  }
  const modes = new Map<string, number>()

  it.each(NAMES)('%s alone', async (name) => {
    modes.clear()
    expect(await read()).toEqual([])
    modes.set(name, 0o640)
    expect(await read()).toEqual([join(cwd, 'keys', name)])
  })

  it('no folder and no device, which have other modes for a reason', async () => {
    for (const name of ['.', '/dev/null']) {
      const config = await file({ ibkr: { oauth2: { privateKeyFile: name } } })
      await chmod(join(cwd, config), 0o600)
      expect((await readConfig({ file: config, cwd })).openFiles).toEqual([])
    }
  })

  it('not the parameters, which are no secret', async () => {
    modes.clear()
    modes.set('dh.pem', 0o644)
    expect(await read()).toEqual([])
  })
})

describe('refuses, without quoting', () => {
  it.each<[string, unknown, RegExp]>([
    ['bad JSON', '{"secret', /c\.json is not valid JSON at line 1, column 2\./],
    ['a comma too many', '{\n  "a": "secret",\n}', /not valid JSON at line 3, column 1\./],
    ['a cut file', '{"a": [1, tru', /not valid JSON at line 1, column 11\./],
    ['a PEM file', '-----BEGIN RSA PRIVATE KEY-----\nsecret', /It is a PEM file: name it/],
    ['bare line breaks', '{"a":"-----BEGIN PRIVATE KEY-----\nsecret"}', /write them as \\n/],
    ['an empty file', ' \n', /c\.json is not valid JSON at line 2, column 1\. It is empty\./],
    ['UTF-16', Buffer.from('\uFEFF{"a":"secret"}', 'utf16le'), /It is UTF-16: save it as UTF-8\./],
    [
      'a member twice',
      '{"ibkr":{"oauth1":{"consumerKey":"secret",\n "consumerKey":"secret"}}}',
      /c\.json has a member twice, again at line 2, column 2: leave one\./,
    ],
    [
      'a section twice',
      '{"ibkr":{},"ibkr":{}}',
      /c\.json has a member twice, again at line 1, column 12/,
    ],
    ['an array', '["secret"]', /must hold a JSON object/],
    [
      'a section that is none',
      { ibkr: { oauth1: 'secret' } },
      /ibkr\.oauth1 must be a JSON object/,
    ],
    ['nothing of ours', {}, /holds none of ibkr\.oauth1, ibkr\.oauth2 and ultracart/],
    [
      'a part',
      { ibkr: { oauth1: { consumerKey: 'secret' } } },
      /lacks in ibkr\.oauth1: accessToken, .*signatureKey \(or signatureKeyFile\).*ISOAUTH_IBKR_OAUTH1_ACCESS_TOKEN/,
    ],
    [
      'a misspelt setting',
      { ibkr: { oauth1: { ...oauth1, consumerKey: undefined, consumrKey: 'secret' } } },
      /Nothing reads ibkr\.oauth1\.consumrKey: did you mean ibkr\.oauth1\.consumerKey\?/,
    ],
    [
      "the template's placeholders",
      { ibkr: { oauth1: { ...oauth1, accessToken: '...', consumerKey: 'ABCDEFGHI' } } },
      /still has the template's placeholders in ibkr\.oauth1: consumerKey, accessToken\./,
    ],
    [
      'an empty setting',
      { ibkr: { oauth1: { ...oauth1, realm: ' ' } } },
      /realm must be a string that is not empty/,
    ],
    [
      'a key twice',
      { ibkr: { oauth1: { ...oauth1, dhParametersFile: 'x' } } },
      /dhParameters or dhParametersFile, not both/,
    ],
    [
      'no file there',
      { ibkr: { oauth1: { ...oauth1, dhParameters: undefined, dhParametersFile: 'x' } } },
      /dhParametersFile names: there is no such file/,
    ],
  ])('%s', async (_title, value, message) => {
    const argv = ['request', 'GET', '/x', '--config', await file(value)]
    const { status, stderr, stdout } = await isoauth(argv, { cwd })
    expect(flat(stderr)).toMatch(message)
    expect(stderr).not.toContain('secret"')
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })

  it('a configuration that is nowhere', async () => {
    const { status, stderr } = await isoauth(['doctor'], { cwd })
    expect(flat(stderr)).toMatch(
      /Looked for: \S+isoauth\.json, \S+isoauth\.json\. Make one: isoauth init asks for everything and writes one here\. Or name one/,
    )
    expect(status).toBe(2)
    const gone = await isoauth(['doctor'], { cwd, env: { ISOAUTH_CONFIG: 'gone.json' } })
    expect(flat(gone.stderr)).toContain(
      'Cannot read gone.json: there is no such file. CLI_FILE_UNREADABLE',
    )
    expect(gone.status).toBe(2)
  })
})
