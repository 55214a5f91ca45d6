/** Callers from elsewhere, as a socket would tell of them. */
import { createSandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { type Core, createCore } from '../src/internal/core.ts'
import { readIpAddress } from '../src/internal/ip-address.ts'
import { readSettings } from '../src/internal/options.ts'
import { provision } from '../src/internal/provision.ts'
import { OAuth2Client } from './oauth2-client.ts'

const origin = 'http://127.0.0.1:8787'
const OUTSIDE = '198.51.100.7'
let core: Core
let client: OAuth2Client
let address: string

beforeAll(async () => {
  const { credentials } = await createSandbox({ origin, credentials: testCredentials })
  // What a socket's platform adds to a request is not the subject.
  const lenient = { requireUserAgent: false, requireContentLength: false }
  const settings = readSettings({ origin, credentials, ...lenient })
  core = createCore(settings, await provision(settings))
  client = new OAuth2Client(credentials.ibkr.oauth2, async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(input)
    return (await core.handle(request, pathname + search, address)) as Response
  })
})

const ask = async (path: string, ip: string, alternativeIps?: string[]) => {
  const members = { credential: 'sandboxuser', ip, alternativeIps }
  const body = await client.body(Date.now(), members)
  return client.signed(path, await client.token(Date.now()), body)
}
const reason = () => core.records.at(-1)?.refused

describe('a caller from elsewhere', () => {
  it('has the address of its socket only', async () => {
    address = OUTSIDE
    expect((await ask('/sso-sessions', OUTSIDE)).status).toBe(200)
    expect((await ask('/sso-sessions', '127.0.0.1')).status).toBe(401)
    expect(reason()).toMatch(/^address: .*198\.51\.100\.7$/)
  })

  it('uses an SSO bearer from the addresses it was made for', async () => {
    address = OUTSIDE
    const answer = await (await ask('/sso-sessions', '203.0.113.1', [OUTSIDE, '::5'])).json()
    const use = async (from: string) => {
      address = from
      return (await client.get('/v1/api/portfolio/accounts', answer.access_token)).status
    }
    for (const from of [OUTSIDE, '203.0.113.1', '0:0::5', `::ffff:${OUTSIDE}`]) {
      expect([from, await use(from)]).toEqual([from, 200])
    }
    for (const from of ['198.51.100.8', '127.0.0.1']) {
      expect([from, await use(from)]).toEqual([from, 401])
      expect(reason()).toBe('address: one that ip or alternativeIps named')
    }
  })

  it('opens a browser link from its address', async () => {
    address = '127.0.0.1'
    const { url } = await (await ask('/sso-browser-sessions', OUTSIDE)).json()
    const open = () => client.get(String(url).slice(origin.length), 'x')
    expect((await open()).status).toBe(403)
    address = OUTSIDE
    expect((await open()).status).toBe(200)
  })
})

describe('an address', () => {
  it.each([
    ['203.0.113.10', '203.0.113.10'],
    ['2001:DB8:0:0::10', '2001:db8::10'],
    ['::ffff:203.0.113.10', '203.0.113.10'],
    ['::FFFF:cb00:710a', '203.0.113.10'],
  ])('%s is read as %s', (text, expected) => {
    expect(readIpAddress(text)).toBe(expected)
  })

  it.each([
    ...[
      '',
      ' 127.0.0.1',
      '1.2.3',
      '1.2.3.4.5',
      '256.0.0.1',
      '0x7f.0.0.1',
      '2130706433',
      '01.2.3.4',
    ],
    ...[
      '127.0.0.1/8',
      ':::',
      '::1%1',
      '[::1]',
      '1::2::3',
      '::1/64',
      '12345::',
      'localhost',
      5,
      null,
    ],
  ])('is not %j', (text) => {
    expect(readIpAddress(text)).toBeUndefined()
  })
})
