import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DH_GROUPS, encodeDhParameters } from '@isoauth/core-crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import type { Finding, Report } from '../src/internal/doctor/findings.ts'
import { checkSession } from '../src/internal/doctor/session.ts'
import { flat, isoauth, longestLine, type Outside, plain, type Run } from './harness.ts'

const HOUR = 3_600_000

let before: number

const place = serveInFolder('isoauth-doctor-')

beforeEach(() => {
  before = place.server.sandbox.requests.length
})

/** No finding of any test shows a credential. */
let printed = ''
afterEach(() => {
  const { oauth1, oauth2 } = place.server.sandbox.credentials.ibkr
  const secrets = [
    oauth1.accessToken,
    oauth1.accessTokenSecret.slice(0, 16),
    place.server.sandbox.credentials.ultracart.simpleKey,
    ...[oauth1.signatureKey, oauth1.encryptionKey, oauth2.privateKey].map((pem) =>
      pem.slice(40, 80),
    ),
  ]
  for (const secret of secrets) expect(printed).not.toContain(secret)
  printed = ''
})

async function doctor(
  config: unknown,
  outside: Outside & { readonly argv?: readonly string[] } = {},
): Promise<Run> {
  const file = join(place.cwd, 'isoauth.json')
  await writeFile(file, JSON.stringify(config), { mode: 0o600 })
  const { argv = [] } = outside
  const result = await isoauth(['doctor', '--config', 'isoauth.json', ...argv], {
    ...outside,
    cwd: place.cwd,
  })
  printed += result.stdout + result.stderr
  if (!argv.includes('--json')) expect(longestLine(plain(result.stdout))).toBeLessThanOrEqual(80)
  return result
}

/** The sandbox's OAuth 1.0a credentials, changed. */
function withOAuth1(changes: Record<string, unknown>): unknown {
  const { oauth1 } = place.server.sandbox.credentials.ibkr
  return { ibkr: { oauth1: { ...oauth1, dhPrime: undefined, ...changes } } }
}

function handshakes(): number {
  const paths = place.server.sandbox.requests.slice(before).map(({ path }) => path)
  return paths.filter((path) => path.endsWith('/live_session_token')).length
}

it('finds every part of the sandbox healthy, and no session', async () => {
  const { status, stdout } = await doctor(place.server.sandbox.credentials)
  expect(flat(stdout)).toMatch(/Healthy\. $/)
  expect(status).toBe(0)
  for (const row of [
    'ok handshake',
    'ok echo/https',
    'ok echo/signed-jwt',
    'ok SSO session',
    'ok authorize',
    'note session no brokerage session is open',
  ]) {
    expect(flat(stdout)).toContain(row)
  }
  expect(flat(stdout)).toMatch(/"isoauth session watch --config \S+" opens one and keeps it/)
  expect(stdout).not.toMatch(/FAIL|WARN/)
  const paths = place.server.sandbox.requests.map(({ path }) => path)
  expect(paths).not.toContain('/v1/api/iserver/auth/ssodh/init')
})

describe('names the cause of', () => {
  it('swapped keys, and sends no credential', async () => {
    const { signatureKey, encryptionKey } = place.server.sandbox.credentials.ibkr.oauth1
    const swapped = { signatureKey: encryptionKey, encryptionKey: signatureKey }
    const { status, stdout } = await doctor(withOAuth1(swapped))
    expect(flat(stdout)).toContain('FAIL accessTokenSecret the keys are swapped: signatureKey')
    expect(flat(stdout)).toContain('Remedy: exchange signatureKey and encryptionKey')
    expect(flat(stdout)).toContain('1 problem: ibkr.oauth1 accessTokenSecret.')
    expect(status).toBe(1)
    expect(handshakes()).toBe(0)
  })

  it.each([
    [300, 'truncated: 300 of 344'],
    [301, 'truncated: 301 of 344'],
  ])('a secret cut at %i characters', async (length, message) => {
    const { accessTokenSecret } = place.server.sandbox.credentials.ibkr.oauth1
    const cut = withOAuth1({ accessTokenSecret: accessTokenSecret.slice(0, length) })
    const { status, stdout } = await doctor(cut)
    expect(flat(stdout)).toContain(`FAIL accessTokenSecret it is ${message} characters`)
    expect(flat(stdout)).toContain('Remedy: copy it whole')
    expect(status).toBe(1)
    expect(handshakes()).toBe(0)
  })

  it.each([
    ['ab'.repeat(20), 'it looks decrypted already: name it decryptedAccessTokenSecret'],
    [`${'ab'.repeat(20)}zz`, 'it is truncated: 42 of 344 characters of base64'],
    [`zz${'ab'.repeat(20)}`, 'it is truncated: 42 of 344 characters of base64'],
    ['a'.repeat(348), 'it is no base64 of 344 characters: it has 348, or characters of'],
    [`"${'a'.repeat(342)}"`, 'it has characters that are none of base64, such as quotation marks'],
    [`${'a'.repeat(342)}%3D%3D`, 'it has characters that are none of base64, such as'],
    [
      `${'ab cd '.repeat(56)}ab cdA==`,
      'it has blanks where + was, as decoding a form or an address makes them',
    ],
  ])('a secret of another kind: %s', async (accessTokenSecret, message) => {
    const { status, stdout } = await doctor(withOAuth1({ accessTokenSecret }))
    expect(flat(stdout)).toContain(`FAIL accessTokenSecret ${message}`)
    expect(status).toBe(1)
  })

  it('a consumer key in the wrong case', async () => {
    const { consumerKey } = place.server.sandbox.credentials.ibkr.oauth1
    const { status, stdout } = await doctor(withOAuth1({ consumerKey: consumerKey.toLowerCase() }))
    expect(flat(stdout)).toContain('WARN consumerKey has lower-case letters')
    expect(flat(stdout)).toMatch(/IBKR_OAUTH1_CONSUMER_INVALID.* 1\. The case of consumerKey:/)
    // The memory that a client speaks of ends with this run.
    expect(flat(stdout)).not.toContain('given from memory')
    expect(status).toBe(1)
    expect(handshakes()).toBe(1)
  })

  it('Diffie-Hellman parameters of another key', async () => {
    const dhParameters = encodeDhParameters(DH_GROUPS.ffdhe2048)
    const { status, stdout } = await doctor(withOAuth1({ dhParameters }))
    expect(flat(stdout)).toContain('FAIL handshake')
    expect(flat(stdout)).toMatch(/LST_SIGNATURE_MISMATCH.* 1\. dhParameters are of another key/)
    expect(status).toBe(1)
  })

  it('parameters that disagree with the prime beside them', async () => {
    const dhParameters = encodeDhParameters(DH_GROUPS.ffdhe2048)
    const { dhPrime } = place.server.sandbox.credentials.ibkr.oauth1
    const { stdout } = await doctor(withOAuth1({ dhParameters, dhPrime }))
    expect(flat(stdout)).toContain('dhPrime in the configuration is another prime')
  })

  it.each([
    ['behind', -HOUR],
    ['ahead of', HOUR],
  ])('a clock an hour %s', async (side, skew) => {
    const { status, stdout } = await doctor(withOAuth1({}), { now: () => Date.now() + skew })
    expect(flat(stdout)).toContain(`FAIL clock this machine's clock is 60 min ${side} the server's`)
    expect(flat(stdout)).toContain('Remedy: set the clock')
    expect(flat(stdout)).toContain('ok handshake')
    expect(status).toBe(1)
  })

  async function expectPasted(signatureKey: string, form: string) {
    const { status, stdout } = await doctor(withOAuth1({ signatureKey }))
    expect(flat(stdout)).toContain(`WARN signatureKey RSA 2048 bits, ${form}, pasted with \\n`)
    expect(flat(stdout)).toContain('ok handshake')
    expect(status).toBe(0)
  }

  it('a PKCS#1 key pasted with \\n, which it reads all the same', async () => {
    const pem = place.server.sandbox.credentials.ibkr.oauth1.signatureKey
    const pkcs1 = createPrivateKey(pem).export({ type: 'pkcs1', format: 'pem' }).toString()
    await expectPasted(pkcs1.replaceAll('\n', '\\n'), 'PKCS#1')
  })

  it('line breaks that are escaped twice', async () => {
    const pem = place.server.sandbox.credentials.ibkr.oauth1.signatureKey
    await expectPasted(pem.replaceAll('\n', '\\\\n'), 'PKCS#8')
  })

  it('an encrypted PEM', async () => {
    const encryptionKey = createPrivateKey(
      place.server.sandbox.credentials.ibkr.oauth1.encryptionKey,
    )
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret words' })
      .toString()
    const { status, stdout } = await doctor(withOAuth1({ encryptionKey }))
    expect(flat(stdout)).toMatch(/FAIL encryptionKey .*encrypted: .*CRYPTO_KEY_ENCRYPTED/)
    expect(flat(stdout)).toContain('openssl pkey -in')
    expect(status).toBe(1)
    expect(handshakes()).toBe(0)
  })

  it('a signature key that was never registered', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const signatureKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const { status, stdout } = await doctor(withOAuth1({ signatureKey }))
    expect(flat(stdout)).toMatch(
      /IBKR_OAUTH1_UNAUTHORIZED.* 1\. signatureKey is not the private half/,
    )
    expect(status).toBe(1)
  })

  it('one key in both places', async () => {
    const { encryptionKey } = place.server.sandbox.credentials.ibkr.oauth1
    const { stdout } = await doctor(withOAuth1({ signatureKey: encryptionKey }))
    expect(flat(stdout)).toContain('signatureKey and encryptionKey are one and the same key')
  })

  it('an access token that the service does not know', async () => {
    const { stdout } = await doctor(withOAuth1({ accessToken: 'SANDBOX0000000000000' }))
    expect(flat(stdout)).toMatch(/ACCESS_TOKEN_UNKNOWN.* 1\. The access token was generated anew/)
  })

  it('a decrypted secret that is no hex', async () => {
    const secret = { accessTokenSecret: undefined, encryptionKey: undefined }
    const broken = withOAuth1({ ...secret, decryptedAccessTokenSecret: 'nothex' })
    const { status, stdout } = await doctor(broken)
    expect(flat(stdout)).toContain(
      'FAIL decryptedAccessTokenSecret must be hex text Remedy: take what isoauth decrypt-secret printed.',
    )
    expect(status).toBe(1)
    const right = withOAuth1({ ...secret, decryptedAccessTokenSecret: 'a1b2' })
    expect(flat((await doctor(right)).stdout)).toContain(
      'ok decryptedAccessTokenSecret hex text; encryptionKey is not needed',
    )
  })

  it('a service that is not there', async () => {
    const gone = createServer()
    await new Promise<void>((listening) => gone.listen(0, '127.0.0.1', listening))
    const { port } = gone.address() as AddressInfo
    await new Promise((closed) => gone.close(closed))
    const baseUrl = `http://127.0.0.1:${port}/v1/api`
    const { status, stdout } = await doctor(withOAuth1({ baseUrl }))
    expect(flat(stdout)).toContain(
      `FAIL handshake no answer from 127.0.0.1:${port}: nothing listens there`,
    )
    expect(status).toBe(1)
  })

  it.each([
    ['the handshake', {}],
    ['the look at its clock', { accessToken: undefined }],
  ])('a port that fetch sends nothing to, in %s', async (_where, more) => {
    const changes = { baseUrl: 'http://127.0.0.1:9/v1/api', ...more }
    const { status, stdout } = await doctor(withOAuth1(changes))
    expect(flat(stdout)).toContain('no answer from 127.0.0.1:9: fetch sends nothing to this port')
    expect(status).toBe(1)
  })

  it.each([
    ['doctor', 1],
    ['request', 2],
    ['whoami', 1],
  ])(
    'a base that both services share and that cannot be read: %s sends nothing to the broker',
    async (command, code) => {
      const fetch = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed'))
      const { oauth1, oauth2 } = place.server.sandbox.credentials.ibkr
      const { baseUrl: _one, ...first } = oauth1
      const { baseUrl: _two, ...second } = oauth2
      const file = join(place.cwd, 'isoauth.json')
      const config = { ibkr: { baseUrl: 7, oauth1: first, oauth2: second } }
      await writeFile(file, JSON.stringify(config), { mode: 0o600 })
      const more = command === 'request' ? ['GET', '/portfolio/accounts'] : []
      const argv = [command, ...more, '--config', 'isoauth.json']
      const { status, stdout, stderr } = await isoauth(argv, { cwd: place.cwd })
      const asked = fetch.mock.calls.map(([url]) => String(url))
      fetch.mockRestore()
      expect(flat(stdout + stderr)).toMatch(/ibkr\.baseUrl must be/)
      expect(status).toBe(code)
      expect(asked.filter((url) => url.includes('ibkr.com'))).toEqual([])
    },
  )

  it('settings that are missing, unreadable, misspelt', async () => {
    const { status, stdout } = await doctor(
      withOAuth1({
        consumerKey: undefined,
        consumerkey: 'X',
        dhParameters: undefined,
        dhParametersFile: 'gone.pem',
        accessToken: 7,
      }),
    )
    const text = flat(stdout)
    expect(text).toContain(
      'ibkr.oauth1.consumerkey is read by nothing; is ibkr.oauth1.consumerKey meant?',
    )
    expect(text).toContain('FAIL consumerKey is missing')
    expect(text).toContain('or set ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY')
    expect(text).toContain('the file that dhParametersFile names: there is no such file')
    expect(text).toContain('ibkr.oauth1.accessToken must be a string')
    expect(status).toBe(1)
  })

  it.runIf(process.platform !== 'win32')('a file that others may read', async () => {
    const pem = join(place.cwd, 'open.pem')
    await writeFile(pem, place.server.sandbox.credentials.ibkr.oauth1.signatureKey)
    await chmod(pem, 0o644)
    const config = withOAuth1({ signatureKey: undefined, signatureKeyFile: 'open.pem' })
    const { status, stdout } = await doctor(config)
    expect(flat(stdout)).toMatch(/WARN permissions others on this machine may read .*open\.pem/)
    expect(status).toBe(0)
  })
})

describe('a session that cannot be opened is no health', () => {
  const init = '/v1/api/iserver/auth/ssodh/init'
  it.each([503, 429])('%i', async (value) => {
    place.server.sandbox.fault({ path: init, kind: 'status', status: value, times: 1 })
    const { status, stdout } = await doctor(withOAuth1({}), { argv: ['--brokerage'] })
    expect(stdout).not.toContain('Healthy')
    expect(flat(stdout)).toContain(`(${value})`)
    expect(status).toBe(1)
  })
})

describe('the session', () => {
  it('is opened by --brokerage, then found', async () => {
    const sent = vi.spyOn(globalThis, 'fetch')
    const opened = await doctor(withOAuth1({}), { argv: ['--brokerage'] })
    const bodies = sent.mock.calls.map(([, init]) => init?.body).filter((body) => body != null)
    sent.mockRestore()
    const texts = await Promise.all(bodies.map((body) => new Response(body).text()))
    expect(texts).toEqual(['{"publish":true,"compete":false}'])
    expect(flat(opened.stdout)).toContain('ok session a brokerage session was opened and is ready')
    expect(opened.status).toBe(0)
    const init = place.server.sandbox.requests
      .slice(before)
      .filter(({ path }) => path.endsWith('/ssodh/init'))
    expect(init).toHaveLength(1)
  })

  it('of another sign-in is left alone', async () => {
    // The session of the test above is held by its own live session token, which this replaces.
    const { oauth2, baseUrl } = place.server.sandbox.credentials.ibkr
    const sso = await doctor({ ibkr: { baseUrl, oauth2 } }, { argv: ['--brokerage'] })
    const both = await doctor(withOAuth1({}), { argv: ['--brokerage'] })
    const texts = flat(sso.stdout + both.stdout)
    expect(texts).toContain('another sign-in of this user holds the brokerage session')
    expect(sso.status + both.status).toBe(1)
  })

  it('is opened for the first of two services alone', async () => {
    const argv = ['--brokerage', '--json']
    const { stdout } = await doctor(place.server.sandbox.credentials, { argv })
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] }
    expect(findings.filter(({ check }) => check === 'session')).toMatchObject([
      { service: 'ibkr.oauth1', level: 'ok' },
      { service: 'ibkr.oauth2', level: 'warning' },
    ])
  })
})

describe('checkSession', () => {
  const look = async (answers: readonly (readonly [number, unknown])[], brokerage = true) => {
    const findings: Omit<Finding, 'service'>[] = []
    const sent: string[] = []
    const report: Report = { hasProblem: false, add: (finding) => void findings.push(finding) }
    await checkSession(report, {
      brokerage,
      configFlags: '',
      signal: new AbortController().signal,
      fetch: async (path, { method }) => {
        const [status, body] = answers[Math.min(sent.length, answers.length - 1)] ?? [500, {}]
        sent.push(`${method} ${path.split('/').at(-1)}`)
        return new Response(JSON.stringify(body), { status })
      },
    })
    return { finding: findings[0], sent, count: findings.length }
  }
  const closed = { authenticated: false, connected: false, competing: false, fail: '' }
  const ready = { authenticated: true, connected: true, established: true, competing: false }

  it('opens a session on "no bridge"', async () => {
    const { finding, sent } = await look([
      [400, { error: 'Bad Request: no bridge' }],
      [200, ready],
    ])
    expect(finding?.level).toBe('ok')
    expect(sent).toEqual(['POST status', 'POST init'])
  })

  it.each(['fail', 'message'])('takes %s in a 200 for a refusal, without polling', async (name) => {
    const token = 'abcdef0123456789abcdef'
    const { finding, sent } = await look([
      [200, closed],
      [200, { ...closed, [name]: `Sign the agreement ${token}` }],
    ])
    expect(finding?.level).toBe('problem')
    expect(finding?.message).toContain('it says: Sign the agreement [hidden]')
    expect(sent).toEqual(['POST status', 'POST init'])
  })

  it.each([
    [{ ...ready, established: false }, 'not established yet', 'wait some seconds'],
    [closed, 'no brokerage session is open: /portfolio works', 'isoauth session watch'],
  ])('tells what the state is where it opens none: %o', async (answer, message, remedy) => {
    const { finding, sent } = await look([[200, answer]], false)
    expect(finding).toMatchObject({
      level: 'note',
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    })
    expect(sent).toEqual(['POST status'])
  })

  const bridge = [400, { error: 'Bad Request: no bridge' }] as const
  const held = { ...closed, competing: true }
  const opening = { ...ready, established: false }

  it.each<
    [string, readonly (readonly [number, unknown])[], boolean, string, string, readonly string[]]
  >([
    [
      'held by another sign-in',
      [[200, held]],
      false,
      'warning',
      'another sign-in of this user holds the brokerage session',
      ['POST status'],
    ],
    [
      'held by another sign-in, and asked for',
      [[200, held]],
      true,
      'problem',
      'another sign-in of this user holds the brokerage session',
      ['POST status'],
    ],
    [
      'closed, with a reason',
      [[200, { ...closed, fail: 'Sign it \u00e4 at once' }]],
      false,
      'warning',
      'no brokerage session is open; the service says: Sign it   at once',
      ['POST status'],
    ],
    [
      'held when it is asked for',
      [bridge, [200, held]],
      true,
      'problem',
      'no brokerage session: another sign-in of this user holds it',
      ['POST status', 'POST init'],
    ],
    [
      'opened, with the bridge missing meanwhile',
      [bridge, [200, opening], bridge, [200, ready]],
      true,
      'ok',
      'a brokerage session was opened and is ready; it ends after minutes without requests',
      ['POST status', 'POST init', 'POST status', 'POST status'],
    ],
    [
      'refused while it opens',
      [bridge, [200, opening], [503, {}]],
      true,
      'problem',
      'the service has no answer now (503): maintenance, or the nightly reset',
      ['POST status', 'POST init', 'POST status'],
    ],
  ])('is %s', async (_, answers, brokerage, level, message, requests) => {
    const { finding, sent, count } = await look(answers, brokerage)
    expect({ ...finding, remedy: undefined }).toEqual({
      ...{ check: 'session', level, message },
      remedy: undefined,
    })
    expect(finding?.remedy === undefined).toBe(level === 'ok')
    expect([sent, count]).toEqual([requests, 1])
  })

  it.each<[number, unknown, 'warning' | 'problem', string]>([
    [401, {}, 'problem', 'the service refused a signed request (401) right after signing in'],
    [410, {}, 'problem', 'the session is gone (410)'],
    [429, {}, 'warning', 'too many requests were sent (429)'],
    [500, { error: 'failed to generate sso DH token' }, 'problem', 'would not open a session (500'],
    [500, { error: 'other' }, 'warning', 'the service has no answer now (500)'],
    [503, {}, 'warning', 'the service has no answer now (503)'],
    [403, { error: 'Access Denied' }, 'problem', 'the service answered 403: Access Denied'],
    [418, { error: ' ' }, 'problem', 'the service answered 418'],
  ])('a status %i: %j', async (status, body, level, message) => {
    const { finding, sent, count } = await look([[status, body]], false)
    expect(finding).toMatchObject({
      check: 'session',
      level,
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/^\w.{10,}/),
    })
    expect([sent, count]).toEqual([['POST status'], 1])
    // Who asks for a session is not told that all is well without one.
    expect((await look([[status, body]])).finding?.level).toBe('problem')
  })

  it('asks by GET where POST is a bad request, and believes a session that competes', async () => {
    const { finding, sent } = await look([
      [400, { error: 'Bad Request' }],
      [200, { ...ready, competing: true }],
    ])
    expect(finding?.level).toBe('ok')
    expect(sent).toEqual(['POST status', 'GET status'])
  })
})

describe('no password and no key of an address is shown', () => {
  it('of baseUrl and redirectUri', async () => {
    const redirectUri = 'https://user:PLANTEDpw1@app.example/cb'
    const baseUrl = 'http://user:PLANTEDpw2@127.0.0.1:1/rest?key=PLANTEDkey3'
    const { stdout, status } = await doctor({
      ultracart: { simpleKey: 'k'.repeat(40), redirectUri, baseUrl },
    })
    expect(stdout).not.toContain('PLANTED')
    expect(flat(stdout)).toContain('FAIL redirectUri has a user or a password in it')
    expect(status).toBe(1)
  })
})

it.each(['...', '…', ' ... '])("does not pass the template's placeholder %j", async (open) => {
  const { stdout, status } = await doctor(
    withOAuth1({ consumerKey: 'ABCDEFGHI', accessToken: open, accessTokenSecret: open }),
  )
  for (const name of ['consumerKey', 'accessToken', 'accessTokenSecret']) {
    expect(flat(stdout)).toContain(`FAIL ${name} is still the template's placeholder`)
  }
  expect(status).toBe(1)
})

describe('other services', () => {
  it('names the causes of a refused client assertion', async () => {
    const { baseUrl, oauth2 } = place.server.sandbox.credentials.ibkr
    const config = { ibkr: { baseUrl, oauth2: { ...oauth2, clientId: 'somebody-else' } } }
    const { status, stdout } = await doctor(config)
    expect(flat(stdout)).toMatch(/IBKR_OAUTH2_ASSERTION_REFUSED.* 1\. clientId or keyId/)
    expect(status).toBe(1)
  })

  it("names a key that is too small for the broker's OAuth 2.0", async () => {
    const { baseUrl, oauth1, oauth2 } = place.server.sandbox.credentials.ibkr
    const small = { ...oauth2, privateKey: oauth1.signatureKey }
    const { stdout } = await doctor({ ibkr: { baseUrl, oauth2: small } })
    expect(flat(stdout)).toContain('RSA 2048 bits, PKCS#8: the service takes 3072 bits and more')
  })

  it('says which key UltraCart refused', async () => {
    const ultracart = { ...place.server.sandbox.credentials.ultracart, simpleKey: 'SANDBOX-NO' }
    const { status, stdout } = await doctor({ ultracart })
    expect(flat(stdout)).toContain('ULTRACART_SSO_UNAUTHORIZED')
    expect(flat(stdout)).toContain('Remedy: simpleKey is not accepted')
    expect(status).toBe(1)
  })
})

it('--json gives every finding', async () => {
  const { stdout, status } = await doctor(withOAuth1({ consumerKey: 'sandboxno' }), {
    argv: ['--json'],
  })
  const { healthy, findings } = JSON.parse(stdout)
  expect(status).toBe(1)
  expect(healthy).toBe(false)
  expect(findings).toContainEqual(
    expect.objectContaining({
      service: 'ibkr.oauth1',
      check: 'handshake',
      level: 'problem',
      code: 'IBKR_OAUTH1_CONSUMER_INVALID',
      causes: expect.arrayContaining([expect.stringContaining('restart')]),
    }),
  )
})

describe('a finding with a code tells the page about it, in text and in JSON', () => {
  const PAGES = 'https://isoauth.github.io/isoauth/errors/'
  const credentials = () => place.server.sandbox.credentials
  it.each<[string, () => unknown]>([
    ['CLI_CONFIG_INVALID', () => withOAuth1({ accessToken: 7 })],
    [
      'CLI_FILE_UNREADABLE',
      () => withOAuth1({ signatureKey: undefined, signatureKeyFile: 'gone.pem' }),
    ],
    ['CRYPTO_KEY_MALFORMED', () => withOAuth1({ signatureKey: 'none' })],
    ['CRYPTO_DH_PARAMETERS_INVALID', () => withOAuth1({ dhParameters: 'none' })],
    [
      'CRYPTO_RSA_PADDING',
      () => withOAuth1({ encryptionKey: credentials().ibkr.oauth1.signatureKey }),
    ],
    ['IBKR_OAUTH1_CONSUMER_INVALID', () => withOAuth1({ consumerKey: 'SANDBOXNO' })],
    [
      'IBKR_OAUTH2_ASSERTION_REFUSED',
      () => ({ ibkr: { oauth2: { ...credentials().ibkr.oauth2, keyId: 'other' } } }),
    ],
    [
      'ULTRACART_SSO_UNAUTHORIZED',
      () => ({ ultracart: { ...credentials().ultracart, simpleKey: 'other' } }),
    ],
  ])('%s', async (code, config) => {
    const docs = PAGES + code.toLowerCase()
    const { stdout } = await doctor(config())
    expect(stdout.replace(/, the server's number \S+/, '')).toContain(
      `\n       ${code}\n       ${docs}\n`,
    )
    const { findings } = JSON.parse((await doctor(config(), { argv: ['--json'] })).stdout)
    expect(findings).toContainEqual(expect.objectContaining({ code, docs }))
    for (const finding of findings as Finding[]) {
      expect(finding.docs === undefined).toBe(finding.code === undefined)
    }
  })
})

it('colours are for terminals whose owner does not decline them', async () => {
  const introducer = String.fromCharCode(27)
  const config = { ultracart: {} }
  const colored = async (outside: Outside) =>
    (await doctor(config, outside)).stdout.includes(introducer)
  expect(await colored({})).toBe(false)
  expect(await colored({ isTerminal: true, env: { NO_COLOR: '1' } })).toBe(false)
  expect(await colored({ isTerminal: true, env: { TERM: 'dumb' } })).toBe(false)
  expect(await colored({ isTerminal: true, env: {} })).toBe(true)
})
