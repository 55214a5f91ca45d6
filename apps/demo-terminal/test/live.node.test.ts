import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serve } from '@isoauth/sandbox/node'
import { beforeEach, describe, expect, it } from 'vitest'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { flat, longestLine, run } from './harness.ts'

let before: number

const place = serveInFolder('demo-terminal-')

beforeEach(() => {
  before = place.server.sandbox.requests.length
})

async function config(value: unknown): Promise<string> {
  const file = join(place.cwd, 'config.json')
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value))
  return file
}

function withOAuth1(changes: Record<string, unknown>): unknown {
  const { ibkr } = place.server.sandbox.credentials
  return { ibkr: { ...ibkr, oauth1: { ...ibkr.oauth1, ...changes } } }
}

function requests(): string[] {
  return place.server.sandbox.requests.slice(before).map(({ method, path }) => `${method} ${path}`)
}

const READ_ONLY = ['POST /v1/api/oauth/live_session_token', 'GET /v1/api/portfolio/accounts']
const READ_ONLY_OAUTH2 = [
  'POST /oauth2/api/v1/token',
  'GET /gw/api/v1/echo/https',
  'POST /gw/api/v1/echo/signed-jwt',
]
const READ_ONLY_ULTRACART = ['PUT /rest/v2/sso/authorize']

/** The name of each step with its mark. */
function stepsOf(stdout: string): string[] {
  return [...stdout.matchAll(/^ {2}(ok|FAIL|-) +(.{18}) /gm)].map(
    ([, mark, name = '']) => `${mark} ${name.trim()}`,
  )
}

const OAUTH1_STEPS = [
  'ok secret decrypted',
  'ok Diffie-Hellman',
  'ok request signed',
  'ok answer received',
  'ok shared secret',
  'ok server verified',
  'ok live session token',
  'ok portfolio/accounts',
]
const OAUTH2_STEPS = [
  'ok assertion signed',
  'ok access token',
  'ok echo/https',
  'ok echo/signed-jwt',
  '- SSO session',
]
const ULTRACART_STEPS = ['ok authorize', '- login']

it('signs in to every service of the file of the sandbox, only reads, and masks accounts', async () => {
  const file = await config(place.server.sandbox.credentials)
  const { status, stdout } = await run({ argv: ['--live', '--config', file] })
  expect(stdout).toContain('none failed')
  expect(status).toBe(0)
  expect(stdout).toMatch(new RegExp(`^LIVE: this talks to ${new URL(place.server.origin).host},`))
  expect(requests()).toEqual([...READ_ONLY, ...READ_ONLY_OAUTH2, ...READ_ONLY_ULTRACART])
  expect(stepsOf(stdout)).toEqual([...OAUTH1_STEPS, ...OAUTH2_STEPS, ...ULTRACART_STEPS])
  expect(flat(stdout)).toContain('- SSO session left out: might end an earlier session of the user')
  expect(flat(stdout)).toContain('- login left out: it takes a person; what was begun lapses')
  expect(stdout).toContain('13 steps, none failed')
  expect(stdout).not.toContain('Not given')
  expect(stdout).toContain('D******67')
  expect(stdout).not.toContain('DU1234567')
  expect(longestLine(stdout)).toBe(80)
  const { accessToken, accessTokenSecret } = place.server.sandbox.credentials.ibkr.oauth1
  expect(stdout).not.toContain(accessToken)
  expect(stdout).not.toContain(accessTokenSecret.slice(0, 12))
  const { simpleKey } = place.server.sandbox.credentials.ultracart
  expect(stdout).not.toContain(simpleKey)
})

describe('a file with one service', () => {
  const all = () => place.server.sandbox.credentials
  it.each<[string, () => unknown, string[], string[], string]>([
    [
      'ibkr.oauth1',
      () => ({ ibkr: { oauth1: all().ibkr.oauth1 } }),
      READ_ONLY,
      OAUTH1_STEPS,
      'ibkr.oauth2 and ultracart',
    ],
    [
      'ibkr.oauth2',
      () => ({ ibkr: { oauth2: all().ibkr.oauth2 } }),
      READ_ONLY_OAUTH2,
      OAUTH2_STEPS,
      'ibkr.oauth1 and ultracart',
    ],
    [
      'ultracart',
      () => ({ ultracart: all().ultracart }),
      READ_ONLY_ULTRACART,
      ULTRACART_STEPS,
      'ibkr.oauth1 and ibkr.oauth2',
    ],
  ])('%s: the others are named as not given', async (service, value, sent, steps, others) => {
    const file = await config(value())
    const { status, stdout } = await run({ argv: ['--live', '--config', file] })
    expect(status).toBe(0)
    expect(requests()).toEqual(sent)
    expect(stepsOf(stdout)).toEqual(steps)
    expect(stdout).toContain(`\nNot given in the file, and left out: ${others}.\n`)
    expect(stdout.includes('may have to sign in again')).toBe(service === 'ibkr.oauth1')
    expect(longestLine(stdout)).toBeLessThanOrEqual(80)
  })
})

it('names each host once', async () => {
  const { ibkr, ultracart } = place.server.sandbox.credentials
  const { host, port } = new URL(place.server.origin)
  const baseUrl = `http://localhost:${port}`
  const file = await config({ ibkr, ultracart: { ...ultracart, baseUrl } })
  const { stdout } = await run({ argv: ['--live', '--config', file] })
  expect(flat(stdout)).toMatch(
    new RegExp(`^LIVE: this talks to ${host} and localhost:${port}, with`),
  )
})

it('calls no echo whose scope is not granted', async () => {
  const { oauth2 } = place.server.sandbox.credentials.ibkr
  const file = await config({ ibkr: { oauth2: { ...oauth2, scope: 'echo.write' } } })
  const { status, stdout } = await run({ argv: ['--live', '--config', file] })
  expect(status).toBe(0)
  expect(stepsOf(stdout)).toContain('- echo/https')
  expect(flat(stdout)).toContain('- echo/https left out: echo.read is not granted')
  expect(requests()).toEqual([READ_ONLY_OAUTH2[0], READ_ONLY_OAUTH2[2]])
})

it.each<[string, () => unknown, string, string, string[]]>([
  [
    'OAuth 2.0',
    () => {
      const { ibkr, ultracart } = place.server.sandbox.credentials
      return { ibkr: { oauth2: { ...ibkr.oauth2, keyId: 'other' } }, ultracart }
    },
    'FAIL access token',
    'IBKR_OAUTH2_ASSERTION_REFUSED',
    ['ok assertion signed', 'FAIL access token', ...ULTRACART_STEPS],
  ],
  [
    'UltraCart',
    () => {
      const { ibkr, ultracart } = place.server.sandbox.credentials
      return { ibkr: { oauth2: ibkr.oauth2 }, ultracart: { ...ultracart, simpleKey: 'other' } }
    },
    'FAIL authorize',
    'ULTRACART_SSO_UNAUTHORIZED',
    [...OAUTH2_STEPS, 'FAIL authorize'],
  ],
])(
  'exits 1 when %s refuses; the next service is tried all the same',
  async (_, value, step, code, steps) => {
    const { status, stdout } = await run({ argv: ['--live', '--config', await config(value())] })
    expect(status).toBe(1)
    expect(stdout).toContain(step)
    expect(stdout).toContain(code)
    expect(stepsOf(stdout)).toEqual(steps)
  },
)

it('takes PEM files beside the configuration, and a base without its path', async () => {
  const { baseUrl, oauth1 } = place.server.sandbox.credentials.ibkr
  await writeFile(join(place.cwd, 'signature.pem'), oauth1.signatureKey)
  await writeFile(join(place.cwd, 'encryption.pem'), oauth1.encryptionKey)
  await writeFile(join(place.cwd, 'dh.pem'), oauth1.dhParameters)
  const { realm, consumerKey, accessToken, accessTokenSecret } = oauth1
  const file = await config({
    ibkr: {
      baseUrl,
      oauth1: {
        ...{ realm, consumerKey, accessToken, accessTokenSecret },
        signatureKeyFile: 'signature.pem',
        encryptionKeyFile: join(place.cwd, 'encryption.pem'),
        dhParametersFile: './dh.pem',
      },
    },
  })
  const { status } = await run({ argv: ['--live', '--config', file, '--once'] })
  expect(status).toBe(0)
  expect(requests()).toEqual(READ_ONLY)
})

it('exits 1 with the code when the service refuses', async () => {
  const file = await config(withOAuth1({ consumerKey: 'SANDBOXNO' }))
  const { status, stdout } = await run({ argv: ['--live', '--config', file] })
  expect(status).toBe(1)
  expect(stdout).toContain('FAIL answer received')
  expect(stdout).toContain('IBKR_OAUTH1_CONSUMER_INVALID')
})

it('tells of a clock that was repaired', async () => {
  place.server.sandbox.fault({ path: '*', kind: 'clock-skew', value: 600_000, times: 3 })
  const file = await config(place.server.sandbox.credentials)
  const { status, stdout } = await run({ argv: ['--live', '--config', file] })
  expect(status).toBe(0)
  expect(stdout).toMatch(/ok {3}clock repaired +off by (?:599|600) s/)
})

it('tells of a clock that was repaired for OAuth 2.0', async () => {
  place.server.sandbox.fault({ path: '*', kind: 'clock-skew', value: 600_000, times: 4 })
  const { oauth2 } = place.server.sandbox.credentials.ibkr
  const file = await config({ ibkr: { oauth2 } })
  const { status, stdout } = await run({ argv: ['--live', '--config', file] })
  expect(status).toBe(0)
  expect(stdout).toMatch(/ok {3}clock repaired +off by (?:599|600) s; signed again/)
})

it('exits 1 when nothing listens there', async () => {
  const gone = await serve({ port: 0, credentials: testCredentials })
  await gone.close()
  const file = await config(withOAuth1({ baseUrl: `${gone.origin}/v1/api` }))
  const { status, stdout } = await run({ argv: ['--live', '--config', file] })
  expect(status).toBe(1)
  expect(stdout).toContain('IBKR_OAUTH1_NETWORK')
})

it.each<[string, () => unknown, RegExp]>([
  [
    'bad JSON',
    () => '{"ibkr": {"secret',
    /config\.json is not valid JSON at line 1, column \d+\.\n/,
  ],
  ['no object', () => '[]', /must hold a JSON object/],
  [
    'another JSON',
    () => ({ ibkr: {} }),
    /config\.json holds none of ibkr\.oauth1, ibkr\.oauth2 and ultracart: add one, as isoauth init writes it/,
  ],
  [
    'missing fields',
    () => withOAuth1({ accessToken: undefined, signatureKey: undefined }),
    /lacks in ibkr\.oauth1: accessToken, signatureKey \(or signatureKeyFile\)\./,
  ],
  ['an empty field', () => withOAuth1({ consumerKey: ' ' }), /consumerKey must be a string/],
  ['a number', () => withOAuth1({ accessToken: 7 }), /accessToken must be a string/],
  [
    'a key twice',
    () => withOAuth1({ signatureKeyFile: 'signature.pem' }),
    /signatureKey or signatureKeyFile, not both/,
  ],
  [
    'a PEM file that is not there',
    () => withOAuth1({ dhParameters: undefined, dhParametersFile: 'gone.pem' }),
    /the file that dhParametersFile names: there is no such file/,
  ],
  [
    'plain http elsewhere',
    () => withOAuth1({ baseUrl: 'http://api.example.com/v1/api' }),
    /baseUrl.*IBKR_OAUTH1_OPTION_INVALID/,
  ],
  [
    'a part of another service',
    () => ({ ...place.server.sandbox.credentials, ultracart: { simpleKey: 'k' } }),
    /lacks in ultracart: redirectUri\./,
  ],
  [
    'plain http elsewhere, for OAuth 2.0',
    () => ({
      ibkr: { oauth2: { ...testCredentials.ibkr.oauth2, baseUrl: 'http://api.example.com' } },
    }),
    /baseUrl.*IBKR_OAUTH2_OPTION_INVALID/,
  ],
  [
    'a redirect URI that is none',
    () => ({ ultracart: { simpleKey: 'k', redirectUri: 'back' } }),
    /redirectUri.*ULTRACART_SSO_OPTION_INVALID/,
  ],
  [
    'a damaged secret',
    () => withOAuth1({ accessTokenSecret: 'not?base64' }),
    /accessTokenSecret.*IBKR_OAUTH1_OPTION_INVALID/,
  ],
])('exits 2 for %s, before anything is sent', async (_title, value, message) => {
  const file = await config(value())
  const { status, stdout, stderr } = await run({ argv: ['--live', '--config', file] })
  expect(stderr.replaceAll('\n', ' ').trim()).not.toBe('')
  expect(`${stderr.replace(/\n(?!Try)/g, ' ').replace('\nTry', '\n\nTry')}`).toMatch(message)
  expect(stderr).not.toContain('secret"')
  expect(stderr).not.toContain('not?base64')
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(longestLine(stderr)).toBeLessThanOrEqual(80)
  expect(requests()).toEqual([])
})

it('exits 2 for a file that is not there', async () => {
  const { status, stderr } = await run({
    argv: ['--live', '--config', join(place.cwd, 'gone.json')],
  })
  expect(status).toBe(2)
  expect(stderr).toMatch(/there is no\s+such\s+file/)
})
