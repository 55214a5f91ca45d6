import { readFileSync } from 'node:fs'
import { decryptAccessTokenSecret } from '@isoauth/ibkr-oauth1'
import type { Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '../src/flow.ts'
import { FLOWS } from '../src/flows/all.ts'
import { thirdParty } from '../src/flows/third-party.ts'
import { flat, longestLine, plain, type Run, run } from './harness.ts'
import { listen, type Wire } from './wire.ts'

describe('every flow against the sandbox', () => {
  let result: Run
  let sandbox: Sandbox
  let wire: Wire

  beforeAll(async () => {
    const witness: Flow = {
      title: 'witness',
      run: async (context) => {
        sandbox = context.sandbox
      },
    }
    wire = listen()
    result = await run({
      flows: [...FLOWS, witness],
      // Variables alone never make a run live.
      env: { ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY: 'LIVEKEYXX', ISOAUTH_LIVE: '1' },
    })
    wire.stop()
  })

  it('succeeds and names every flow', () => {
    expect(result.stdout).not.toContain('  FAIL ')
    expect(result.status).toBe(0)
    expect(result.stderr).toBe('')
    for (const { title } of FLOWS) expect(result.stdout).toContain(`\n${title}\n`)
    expect(result.stdout).toMatch(/\n\d\d steps, none failed, [\d.]+ ms in all\n$/)
  })

  it('goes the whole way of each flow', () => {
    const steps = [...result.stdout.matchAll(/^ {2}ok {3}(\S.{17})/gm)].map(([, name]) =>
      name?.trim(),
    )
    const handshake = [
      'Diffie-Hellman',
      'request signed',
      'answer received',
      'shared secret',
      'server verified',
      'live session token',
      'portfolio/accounts',
    ]
    const consent = [
      'request token',
      'consent page',
      'consent given',
      'callback validated',
      'access token',
    ]
    expect(steps).toEqual([
      'sandbox started',
      ...['PEM parsed', 'secret decrypted', ...handshake],
      ...['ssodh/init', 'auth/status', 'tickle', 'iserver/accounts', 'marketdata/history'],
      'logout',
      ...['session opened', 'kept alive', 'stream opened', 'trade told', 'stream cut'],
      ...['gap reconciled', 'closed'],
      ...[...consent, 'secret decrypted', ...handshake],
      ...[...consent, 'live session token', 'accounts'],
      ...[...consent, 'live session token', 'accounts'],
      ...['altered answer', 'wrong consumer key', 'keys swapped', 'replayed request'],
      'clock an hour off',
      ...['assertion signed', 'access token', 'echo/https', 'echo/signed-jwt', 'one at a time'],
      ...['replayed assertion', 'clock an hour off'],
      ...['SSO session', 'portfolio/accounts', 'tickle', 'logout'],
      ...['browser link', 'link opened', 'link opened again'],
      ...['authorize', 'login page', 'approved', 'callback validated', 'code exchanged'],
      ...['session user', 'replayed callback', 'swapped state', 'revoke'],
    ])
  })

  it('shows what is refused by its code', () => {
    for (const code of ['LST_SIGNATURE_MISMATCH', 'CONSUMER_INVALID', 'NONCE_USED']) {
      expect(result.stdout).toContain(`IBKR_OAUTH1_${code}. `)
    }
    expect(result.stdout).toContain('IBKR_OAUTH2_ASSERTION_REFUSED. ')
    for (const code of ['CALLBACK_USED', 'STATE_MISMATCH']) {
      expect(result.stdout).toContain(`ULTRACART_SSO_${code}. `)
    }
    expect(result.stdout.match(/3[56]\d\d s repaired with one extra request/g)).toHaveLength(2)
  })

  it('is what the README shows, but for times and ports', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const [, shown = ''] = /## Output\n+```\n(.*?)\n```/s.exec(readme) ?? []
    const still = (text: string) =>
      flat(text)
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
        .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
        .replace(/[\d.]+ (ms|s|h|min)\b/g, '# $1')
        .replace(/\bid: \d+/g, 'id: #')
        .trim()
    expect(still(shown)).toBe(still(result.stdout.replace('\nwitness\n', '')))
  })

  it('talks to this machine only', () => {
    expect([...wire.origins]).toEqual([sandbox.origin])
  })

  it('fits 80 columns, with times flush right and no colours', () => {
    expect(longestLine(result.stdout)).toBe(80)
    const steps = result.stdout.split('\n').filter((line) => line.startsWith('  ok '))
    for (const line of steps) expect(line).toMatch(/^.{69} {1,9}\d+\.\d ms$/)
    expect(plain(result.stdout)).toBe(result.stdout)
  })

  it('shows none of the credentials', async () => {
    const { oauth1, oauth2 } = sandbox.credentials.ibkr
    const { accessToken, accessTokenSecret, signatureKey, encryptionKey, dhPrime } = oauth1
    const pemLines = [
      signatureKey,
      encryptionKey,
      sandbox.thirdParty.signatureKey,
      oauth2.privateKey,
    ]
      .flatMap((pem) => pem.split('\n'))
      .filter((line) => line.length > 8 && !line.startsWith('-----'))
    const secret = await decryptAccessTokenSecret({ accessTokenSecret, encryptionKey })
    const decrypted = ['hex', 'base64'] as const
    const values = [
      ...[accessToken, accessTokenSecret, dhPrime, ...pemLines],
      sandbox.credentials.ultracart.simpleKey,
      ...decrypted.map((encoding) => Buffer.from(secret).toString(encoding)),
    ]
    expect(values.length).toBeGreaterThan(80)
    for (const value of values) expect(result.stdout.includes(value)).toBe(false)
  })

  it('shows nothing secret that travelled', () => {
    // Three consents, seven handshakes, six tokens and two dozen calls leave that many tokens, nonces, proofs.
    expect(wire.secrets.size).toBeGreaterThan(120)
    for (const kind of [
      /^eyJ.*\.SANDBOX/,
      /^SANDBOX-SSO-/,
      /\/sso\/resolver/,
      /^eyJ[^.]*\.[^.]*\.[^.]{512}$/,
    ]) {
      expect([...wire.secrets].some((value) => kind.test(value))).toBe(true)
    }
    for (const name of ['state', 'code', 'simple_key', 'x-ultracart-simple-key', 'id']) {
      expect(wire.names, name).toContain(name)
    }
    for (const value of wire.secrets) {
      expect(value.length).toBeGreaterThan(2)
      if (value !== '1.0') expect(result.stdout.includes(value)).toBe(false)
    }
  })
})

describe('a step that fails', () => {
  it('ends its flow with code and message, the next flow runs, and the status is 1', async () => {
    const breaking: Flow = {
      title: 'a fault is set',
      run: async ({ sandbox }) =>
        sandbox.fault({ path: '/oauth/access_token', kind: 'status', status: 503 }),
    }
    const { status, stdout } = await run({
      flows: [breaking, thirdParty, { ...thirdParty, title: 'once more' }],
    })
    expect(status).toBe(1)
    expect(longestLine(stdout)).toBe(80)
    const [, broken = '', again = ''] = stdout.split(/^(?:IBKR OAuth 1.0a, third|once more).*$/m)
    expect(broken).toMatch(/FAIL access token +\d+\.\d ms\n {7}IBKR_OAUTH1_UNAVAILABLE\n {7}The/)
    expect(broken).not.toContain('portfolio/accounts')
    expect(again).toContain('ok   portfolio/accounts')
    expect(stdout).toMatch(/ steps, 1 failed, /)
  })

  it('is named when the handshake broke in the middle', async () => {
    const breaking: Flow = {
      title: 'a fault is set',
      run: async ({ sandbox }) =>
        sandbox.fault({ path: '/oauth/live_session_token', kind: 'dh-response-one' }),
    }
    const { status, stdout } = await run({ flows: [breaking, thirdParty] })
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /ok {3}answer received .*\n {2}FAIL shared secret .*\n.*DH_RESPONSE_RANGE/,
    )
  })

  it('is counted also between the steps, without a foreign message', async () => {
    const broken: Flow = {
      title: 'broken',
      run: async () => {
        throw new TypeError('quotes a secret')
      },
    }
    const { status, stdout } = await run({ flows: [broken] })
    expect(status).toBe(1)
    expect(stdout).toContain('FAIL flow')
    expect(stdout).toContain('TypeError')
    expect(stdout).not.toContain('quotes')
  })
})

describe('colours', () => {
  it.each([
    ['with a terminal', true, {}, true],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, false],
    ['not without a terminal', false, { FORCE_COLOR: '1' }, false],
  ])('%s', async (_title, isTerminal, env, colored) => {
    const { status, stdout } = await run({ isTerminal, env, flows: [] })
    expect(status).toBe(0)
    expect(plain(stdout) !== stdout).toBe(colored)
    expect(longestLine(stdout)).toBe(80)
  })
})
