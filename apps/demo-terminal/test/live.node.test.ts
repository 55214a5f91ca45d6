import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serve } from '@isoauth/sandbox/node'
import { beforeEach, expect, it } from 'vitest'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { longestLine, run } from './harness.ts'

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

it('signs in with the file of the sandbox, only reads, and masks accounts', async () => {
  const file = await config(place.server.sandbox.credentials)
  const { status, stdout } = await run({ argv: ['--live', '--config', file] })
  expect(stdout).toContain('none failed')
  expect(status).toBe(0)
  expect(stdout).toMatch(new RegExp(`^LIVE: this talks to ${new URL(place.server.origin).host},`))
  expect(requests()).toEqual(READ_ONLY)
  expect(stdout).toContain('D******67')
  expect(stdout).not.toContain('DU1234567')
  expect(longestLine(stdout)).toBe(80)
  const { accessToken, accessTokenSecret } = place.server.sandbox.credentials.ibkr.oauth1
  expect(stdout).not.toContain(accessToken)
  expect(stdout).not.toContain(accessTokenSecret.slice(0, 12))
})

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
    /has no object ibkr\.oauth1: add it, as isoauth init writes it/,
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
