/** Every option missing, empty, of the wrong type or malformed: told by name before any request. */
import {
  createUltraCartSso,
  type UltraCartSession,
  type UltraCartSsoOptions,
} from '@isoauth/ultracart-sso'
import { createTransactionCookie, createTransactionStore } from '@isoauth/ultracart-sso/transaction'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { KEY, REDIRECT, rejection, setUp, USER_KEY } from './support.ts'

const HUSH = 'HUSH-HUSH-VALUE'
const URLS = [
  null,
  '',
  5,
  {},
  [],
  HUSH,
  'ftp://host/x',
  'javascript:alert(1)',
  'http://shop.example/x',
  'https://',
  '/x',
  '//host/x',
  ` https://${HUSH}`,
  `https://u:${HUSH}@host/x`,
  `https://${HUSH}@host/x`,
  `https://host/x#${HUSH}`,
  `https://host/x#`,
]
const KEYS = [
  null,
  '',
  '   ',
  5,
  {},
  [],
  `${HUSH} `,
  `${HUSH}\n`,
  `${HUSH}é`,
  `a ${HUSH}`,
  'x'.repeat(5000),
]
const FUNCTIONS = [null, 5, HUSH, {}]

const bad: Readonly<Record<string, readonly unknown[]>> = {
  simpleKey: [undefined, ...KEYS],
  redirectUri: [
    undefined,
    ...URLS,
    `https://host/x?code=${HUSH}`,
    'https://host/x?a=1&state=b',
    'https://host/x?error=b',
    'https://host/x?%63ode=1',
    'https://host/x?a=1&st%61te=1',
    'https://host/x?code',
    'https://host/x?error&a=1',
    `https://host/${'x'.repeat(8200)}`,
  ],
  baseUrl: [...URLS, `https://host/x?${HUSH}`, 'https://host/?'],
  loginHosts: [
    null,
    '',
    5,
    {},
    HUSH,
    [HUSH],
    [''],
    [5],
    [undefined],
    ['https://host'],
    ['host/x'],
    ['a b'],
    ['u@host'],
    ['*'],
    ['*.ultracart.com'],
    ['secure.ultracart.com', '*'],
    ['Secure.ultracart.com'],
    ['secure.ultracart.com:443'],
    ['a'.repeat(256)],
  ],
  allowBrowser: [null, '', 1, 'true', {}],
  timeoutMs: [null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5', 86_400_001],
  fetch: FUNCTIONS,
  now: FUNCTIONS,
  waitUntil: FUNCTIONS,
}
const good = { simpleKey: KEY, redirectUri: REDIRECT, allowBrowser: true }

describe.each(Object.entries(bad))('createUltraCartSso with a bad %s', (option, values) => {
  it.each(values.map((value) => [value]))('refuses %o', (value) => {
    const fetch = vi.fn()
    const error = thrown(() => createUltraCartSso({ ...good, fetch, [option]: value } as never))
    expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option })
    expect(error['message']).toContain(option)
    expect(`${error['stack']}${JSON.stringify(error)}`).not.toContain(HUSH)
    expect(fetch).not.toHaveBeenCalled()
  })
})

it.each(KEYS.map((value) => [value]))('refuses the accessToken %o', (accessToken) => {
  const error = thrown(() =>
    createUltraCartSso({ redirectUri: REDIRECT, allowBrowser: true, accessToken } as never),
  )
  expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option: 'accessToken' })
})

it('refuses simpleKey and accessToken together', () => {
  const error = thrown(() => createUltraCartSso({ ...good, accessToken: 'x' } as never))
  expect(error).toMatchObject({ option: 'accessToken' })
})

it('without options, the one that every call carries is named', () => {
  const error = thrown(() => createUltraCartSso(undefined as never))
  expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option: 'simpleKey' })
})

it.each([null, 5, HUSH])('refuses %s as options', (options) => {
  const error = thrown(() => createUltraCartSso(options as never))
  expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option: 'options' })
})

it('says which form is expected and where a key comes from', () => {
  const message = (change: object) =>
    String(thrown(() => createUltraCartSso({ ...good, ...change } as never))['message'])
  expect(message({ simpleKey: '' })).toMatch(/ASCII.*sso_write/)
  expect(message({ redirectUri: 'http://shop.example/' })).toMatch(/https/)
  expect(message({ baseUrl: 'x' })).toMatch(/https/)
  expect(message({ loginHosts: 'x' })).toMatch(/secure\.ultracart\.com/)
  expect(message({ loginHosts: ['*'] })).toMatch(/no wildcards/)
  expect(message({ redirectUri: 'https://host/x?%63ode=1' })).toMatch(/parameter code/)
  expect(message({ redirectUri: 'https://host/x?state' })).toMatch(/parameter state/)
  expect(message({ simpleKey: '"abc"' })).toMatch(/; got a text in quotation marks/)
  expect(message({ simpleKey: 'a b' })).toMatch(
    /^Option simpleKey must be .*blanks.*; got string\.$/,
  )
})

it.each([
  ['http://localhost:3000/cb', 'http://127.0.0.1:8787/rest/v2'],
  ['http://[::1]/cb?a=b', 'http://[::1]:8787'],
  ['https://shop.example/cb?decode=1', 'https://api.example/'],
])('takes %s and %s', (redirectUri, baseUrl) => {
  expect(createUltraCartSso({ ...good, redirectUri, baseUrl })).toBeDefined()
})

describe('in a browser', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('wants to be told that the key may be there', () => {
    vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0' })
    const options: UltraCartSsoOptions = { simpleKey: KEY, redirectUri: REDIRECT }
    for (const allowBrowser of [undefined, false]) {
      const error = thrown(() => createUltraCartSso({ ...options, allowBrowser }))
      expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option: 'allowBrowser' })
      // It says why not and what to do, and does not advise the exposure.
      expect(error['message']).toMatch(/must not run in a page.*on a server or at the edge/)
      expect(error['message']).not.toMatch(/must be true/)
    }
    expect(createUltraCartSso({ ...options, allowBrowser: true })).toBeDefined()
  })

  it.each([['Node.js/24'], ['Cloudflare-Workers'], ['Deno/2'], ['Bun/1'], [undefined]])(
    'is not %s',
    (userAgent) => {
      vi.stubGlobal('navigator', userAgent && { userAgent })
      expect(createUltraCartSso({ simpleKey: KEY, redirectUri: REDIRECT })).toBeDefined()
    },
  )
})

describe('the calls', () => {
  const { sso, seen } = setUp()
  const digest = 'A'.repeat(43)
  const transaction = { stateDigest: digest, redirectUri: REDIRECT, expiresAtMs: 1 }
  const session = { simpleKey: USER_KEY }
  const url = `${REDIRECT}?code=a&state=b`
  it.each<[string, () => Promise<unknown>]>([
    ...[undefined, null, {}, 5, HUSH].map((given): [string, () => Promise<unknown>] => [
      'transaction',
      () => sso.validateCallback(url, { transaction: given as never }),
    ]),
    ['transaction', () => sso.validateCallback(url, undefined as never)],
    ['transaction', () => sso.validateCallback(url, null as never)],
    ...[
      { stateDigest: undefined },
      { stateDigest: 'short' },
      { stateDigest: [digest] },
      { stateDigest: `${digest.slice(1)}+` },
      { redirectUri: undefined },
      { redirectUri: 5 },
      { expiresAtMs: undefined },
      { expiresAtMs: '1' },
      { expiresAtMs: Number.NaN },
      { expiresAtMs: Number.POSITIVE_INFINITY },
    ].map((change): [string, () => Promise<unknown>] => [
      'transaction',
      () => sso.validateCallback(url, { transaction: { ...transaction, ...change } as never }),
    ]),
    ...[undefined, null, {}, 5, HUSH, { code: HUSH, state: HUSH }].map(
      (given): [string, () => Promise<unknown>] => [
        'callback',
        () => sso.exchangeCode(given as never),
      ],
    ),
    ...[
      undefined,
      null,
      {},
      HUSH,
      { simpleKey: '' },
      { simpleKey: 5 },
      { simpleKey: `${HUSH}\n` },
    ].flatMap((given): [string, () => Promise<unknown>][] => [
      ['session', () => sso.user(given as never)],
      ['session', () => sso.revoke(given as never)],
    ]),
    ['signal', () => sso.authorize({ signal: HUSH as never })],
    ['signal', () => sso.user(session, { signal: {} as never })],
    ['signal', () => sso.revoke(session, { signal: 5 as never })],
  ])('refuse a bad %s', async (option, call) => {
    const error = await rejection(call())
    expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option })
    expect(`${error['stack']}${JSON.stringify(error)}`).not.toContain(HUSH)
    expect(seen).toEqual([])
  })

  it('take no options for none', async () => {
    const plain = setUp()
    await plain.sso.authorize()
    await plain.sso.user(session, undefined)
    expect(plain.seen).toHaveLength(2)
  })
})

describe('a session that was stored or copied with its key left out', () => {
  it.each<[string, (session: UltraCartSession) => unknown]>([
    ['as JSON', (session) => JSON.parse(JSON.stringify(session))],
    ['by spreading', (session) => ({ ...session })],
    ['by cloning', (session) => structuredClone(session)],
  ])('%s is refused with what to store', async (_, copyOf) => {
    const { sso, session } = setUp()
    const copy = copyOf(await session()) as UltraCartSession
    const message =
      'Option session must be what exchangeCode gave, or { simpleKey } of it. Most likely it was stored or copied: JSON, spreading and cloning leave the key out. Store session.simpleKey, sealed, and give { simpleKey }; got object.'
    const refused = { code: 'ULTRACART_SSO_OPTION_INVALID', option: 'session', message }
    expect(await rejection(sso.user(copy))).toMatchObject(refused)
    expect(await rejection(sso.revoke(copy))).toMatchObject(refused)
    expect((await sso.user({ simpleKey: USER_KEY })).user_id).toBeDefined()
  })
})

describe('the keepers', () => {
  it.each<[string, () => unknown]>([
    ['options', () => createTransactionStore(null as never)],
    ['options', () => createTransactionStore('x' as never)],
    ['now', () => createTransactionStore({ now: 5 as never })],
    ['cookieName', () => createTransactionStore({ cookieName: 'login' })],
    ['cookieName', () => createTransactionStore({ cookieName: '' })],
    ['cookieName', () => createTransactionStore({ cookieName: '__Host-a; Domain=evil' })],
    ['backend', () => createTransactionStore({ backend: null as never })],
    ['backend', () => createTransactionStore({ backend: {} as never })],
    ['backend', () => createTransactionStore({ backend: new Map() as never })],
    ['maxEntries', () => createTransactionStore({ maxEntries: 0 })],
    ['maxEntries', () => createTransactionStore({ maxEntries: 1.5 })],
    ['maxEntries', () => createTransactionStore({ maxEntries: '5' as never })],
    ['key', () => createTransactionCookie(undefined as never)],
    ['key', () => createTransactionCookie({} as never)],
    ['key', () => createTransactionCookie({ key: HUSH as never })],
    ['key', () => createTransactionCookie({ key: [] })],
    ['key', () => createTransactionCookie({ key: [{}] as never })],
  ])('refuse a bad %s', (option, make) => {
    const error = thrown(make)
    expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option })
    expect(error['message']).not.toContain(HUSH)
  })

  it('refuse keys for something else', async () => {
    const usages = ['sign', 'verify'] as const
    const hmac = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, [
      ...usages,
    ])
    const aes = { name: 'AES-GCM', length: 256 }
    const reads = await crypto.subtle.generateKey(aes, false, ['decrypt'])
    const both = await crypto.subtle.generateKey(aes, false, ['encrypt', 'decrypt'])
    for (const key of [hmac, reads, [both, hmac], [reads, both]] as never[]) {
      expect(thrown(() => createTransactionCookie({ key }))).toMatchObject({ option: 'key' })
    }
    expect(createTransactionCookie({ key: [both, reads] as never })).toBeDefined()
  })

  it('refuse what is no transaction', async () => {
    const error = await rejection(createTransactionStore().keep({ stateDigest: HUSH } as never))
    expect(error).toMatchObject({ option: 'transaction' })
  })
})

function thrown(work: () => unknown): Record<string, unknown> {
  try {
    work()
  } catch (error) {
    return error as Record<string, unknown>
  }
  throw new Error('expected an error')
}
