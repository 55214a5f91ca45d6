/** Every option missing, empty, of the wrong type or malformed: told by name before any request. */
import * as api from '@isoauth/ibkr-sso'
import { describe, expect, it, vi } from 'vitest'
import { bad, HUSH, emptyStore as store } from '../../../tests/support/bad-options.ts'
import { failure, makeAuthority, setUp, user } from './support.ts'

const badAddresses = [
  null,
  '',
  5,
  {},
  ['8.8.8.8'],
  ' 8.8.8.8',
  '8.8.8.8:443',
  '8.8.8.0/24',
  '8.8.8',
  '8.8.8.256',
  '08.8.8.8',
  '0x8.8.8.8',
  '134744072',
  'localhost',
  'example.com',
  '8.8.8.8,8.8.4.4',
  '[::1]',
  '[::1]:443',
  '::1/128',
  'fe80::1%eth0',
  '2001:db8::g',
  '1:2:3:4:5:6:7',
  ':::',
  '::1]/?[',
]

/** What is checked when the client is made. */
const atOnce: Readonly<Record<string, readonly unknown[]>> = {
  oauth2: [undefined, null, 5, HUSH, {}, { accessToken() {} }, { signJwt() {} }],
  baseUrl: bad.url,
  linkHosts: [
    ...[null, '', HUSH, 5, {}, [5], [''], ['com'], [['a.example']]],
    ...[['https://a.example'], ['UPPER.example'], ['a.example/'], ['a.example:443'], ['.example']],
    Object.assign(Array(2), { 1: 'a.example' }),
    ...[['a..example'], ['example.'], ['a_b.example']],
  ],
  landingActions: [
    ...[[], Promise.resolve({}), new Map()],
    null,
    5,
    HUSH,
    { a: 5 },
    { a: [5] },
    { a: [''] },
    { a: HUSH },
    { a: ['b', ''] },
    { a: ['b'], c: 5 },
  ],
  ...bad.common,
}

describe.each(Object.entries(atOnce))('createIbkrSso with a bad %s', (option, values) => {
  it.each(values.map((value) => [value]))('refuses %o', async (value) => {
    const options = { oauth2: makeAuthority(), [option]: value }
    const error = await failure(() => api.createIbkrSso(options as never))
    expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option })
    expect(error['message']).toContain(option)
    expect(`${error['stack']}`).not.toContain(HUSH)
  })
})

/** What is checked by each call, before any request. */
const atCall: Readonly<Record<string, readonly unknown[]>> = {
  credential: [undefined, ...bad.text],
  ip: [undefined, ...badAddresses],
  expiresInSeconds: [null, 0, -1, 0.5, 86_401, '60', Number.NaN],
  signal: [5, {}, HUSH],
}
const ofSessions: Readonly<Record<string, readonly unknown[]>> = {
  ...atCall,
  alternativeIps: [
    Object.assign(Array(2), { 1: '8.8.8.8' }),
    null,
    '8.8.8.8',
    5,
    {},
    ...badAddresses.map((address) => ['8.8.8.8', address]),
  ],
  service: bad.text,
}

describe.each([
  ...Object.entries(ofSessions).map(
    ([option, values]) => ['createSession', option, values] as const,
  ),
  ...Object.entries(atCall).map(
    ([option, values]) => ['createBrowserSession', option, values] as const,
  ),
])('%s with a bad %s', (method, option, values) => {
  it.each(values.map((value) => [value]))('refuses %o', async (value) => {
    const { sso, authority, gatewayCalls } = setUp()
    const error = await failure(() => sso[method]({ ...user, [option]: value } as never))
    expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option })
    expect(`${error['stack']}`).not.toContain(HUSH)
    expect(gatewayCalls).toHaveLength(0)
    expect(authority.replaced).toHaveLength(0)
  })
})

const pending = async () =>
  (await api.prepareSsoSessionRequest({ oauth2: makeAuthority(), ...user })).pending

it.each([
  ['oauth2', () => api.createIbkrSso(undefined as never)],
  ['ip', () => setUp().sso.createSession(undefined as never)],
  ['options', () => setUp().sso.createBrowserSession('x' as never)],
  ['options', () => api.prepareSsoSessionRequest(null as never)],
  ['options', () => api.prepareBrowserSessionRequest([] as never)],
  ['oauth2', () => api.prepareSsoSessionRequest({ ...user } as never)],
  ['store', () => api.createIbkrSso({ oauth2: makeAuthority(), storeKey: 'unsealed' })],
  ['storeKey', () => api.createIbkrSso({ oauth2: makeAuthority(), store, storeKey: 5 as never })],
  [
    'ip',
    () => api.prepareBrowserSessionRequest({ oauth2: makeAuthority(), credential: 'a', ip: '' }),
  ],
  ['response', async () => api.processSsoSessionResponse(undefined as never, await pending())],
  ['pending', () => api.processSsoSessionResponse(new Response(), {} as never)],
  ['pending', () => api.processBrowserSessionResponse(new Response(), undefined as never)],
  [
    'replacing',
    async () => (await setUp().sso.createSession(user)).accessToken({ replacing: 5 as never }),
  ],
  [
    'signal',
    async () => (await setUp().sso.createSession(user)).accessToken({ signal: 5 as never }),
  ],
])('a bad %s is refused by name', async (option, call) => {
  expect(await failure(call)).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option })
})

it.each([
  ['no token', { accessToken: async () => undefined }],
  ['a token of a number', { accessToken: async () => ({ value: 5 }) }],
  ['an empty token', { accessToken: async () => ({ value: '' }) }],
  ['a token that no header takes', { accessToken: async () => ({ value: `${HUSH}\r\nX: y` }) }],
  ['no signed body', { signJwt: async () => undefined }],
  ['an empty signed body', { signJwt: async () => '' }],
])('an authority that gives %s is refused before any request', async (_, change) => {
  const fetch = vi.fn()
  const sso = api.createIbkrSso({ oauth2: { ...makeAuthority(), ...change } as never, fetch })
  const error = await failure(() => sso.createSession(user))
  expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'oauth2' })
  expect(`${error['stack']}`).not.toContain(HUSH)
  expect(fetch).not.toHaveBeenCalled()
})

it.each([null, '', 5, HUSH, 'http://elsewhere.example', Promise.resolve('https://api.ibkr.com')])(
  'a baseUrl of the authority that is %o is told of the authority',
  async (baseUrl) => {
    const oauth2 = { ...makeAuthority(), baseUrl }
    const error = await failure(() => api.createIbkrSso({ oauth2 } as never))
    expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'oauth2.baseUrl' })
    // One of the client's own stands in its place.
    expect(api.createIbkrSso({ oauth2, baseUrl: 'https://api.ibkr.com' } as never)).toBeDefined()
  },
)
