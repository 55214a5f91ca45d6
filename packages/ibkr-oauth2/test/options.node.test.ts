/** Every option missing, empty, of the wrong type or malformed: told by name before any request. */
import { createIbkrOAuth2, prepareTokenRequest, processTokenResponse } from '@isoauth/ibkr-oauth2'
import { describe, expect, it, vi } from 'vitest'
import { bad, HUSH, emptyStore as store } from '../../../tests/support/bad-options.ts'
import { wrong } from '../../../tests/support/index.ts'
import { keys } from '../../../tests/support/oauth2-vectors.ts'
import { claimsOf, credentials, failure } from './support.ts'

/** What is checked when the client is made. */
const atOnce: Readonly<Record<string, readonly unknown[]>> = {
  clientId: [undefined, ...bad.text],
  keyId: [undefined, ...bad.text],
  privateKey: [undefined, null, '', '  ', 5, true, 5n],
  scope: [
    undefined,
    null,
    '',
    ' ',
    5,
    {},
    [],
    [''],
    ['a', 5],
    Object.assign(Array(2), { 1: 'a' }),
    'a  b',
    ' a',
    `"${HUSH}"`,
    ['a b'],
  ],
  audience: [...bad.text],
  baseUrl: bad.url,
  tokenPath: [null, '', 5, HUSH, '/', '//host/x', '/a/../b', '/a?b', '/a#b', '/%2e%2e/x'],
  assertionLifetimeSeconds: [null, 0, -1, 0.5, 301, '20', Number.NaN],
  fallbackLifetimeSeconds: [null, 0, -1, 0.5, 86_401, '20'],
  includeJti: bad.flag,
  includeClientId: bad.flag,
  allowWeakKey: bad.flag,
  ...bad.common,
}

describe.each(Object.entries(atOnce))('createIbkrOAuth2 with a bad %s', (option, values) => {
  it.each(values.map((value) => [value]))('refuses %o', async (value) => {
    const fetch = vi.fn()
    const error = await failure(() =>
      createIbkrOAuth2({ ...credentials, fetch, [option]: value } as never),
    )
    expect(error).toMatchObject({ code: 'IBKR_OAUTH2_OPTION_INVALID', option })
    expect(error['message']).toContain(option)
    expect(`${error['stack']}`).not.toContain(HUSH)
    expect(fetch).not.toHaveBeenCalled()
  })
})

it.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['', 'an empty string'],
  ['  ', 'a string'],
  [5, 'a number'],
  [true, 'a boolean'],
  [5n, 'a bigint'],
])('a privateKey of %o is told to be %s', async (privateKey, found) => {
  const error = await failure(() => createIbkrOAuth2(wrong({ ...credentials, privateKey })))
  expect(error['message']).toContain(`and it is ${found}. Give`)
})

it.each([
  Object.assign(new Error('down'), { code: 'KMS_DOWN' }),
  Object.assign(new Error('down'), { code: 5 }),
  new Error('down'),
])('what a function that signs throws is passed on as it is (%#)', async (down) => {
  const privateKey = () => Promise.reject(down)
  expect(await failure(() => createIbkrOAuth2({ ...credentials, privateKey }).accessToken())).toBe(
    down,
  )
})

describe('a bad privateKey', () => {
  const pem = (label: string, body: string) =>
    `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`
  const { pkcs8Pem, spkiPem, privateJwk } = keys.main3072
  const { n, e } = privateJwk
  it.each([
    ['text', HUSH, /without a PEM block/],
    ['a file name', './private.pem', /the name of a file/],
    ['an empty object', {}, /empty, or none of/],
    ['half a PEM', pkcs8Pem.slice(0, 300), /without its END line/],
    ['a PEM of rubbish', pem('PRIVATE KEY', HUSH), /damaged/],
    ['a PEM that is cut in its middle', pem('PRIVATE KEY', pkcs8Pem.slice(28, 92)), /damaged/],
    ['a public key', spkiPem, /a public key/],
    ['an encrypted key', pem('ENCRYPTED PRIVATE KEY', 'AAAA'), /pass phrase/],
    [
      'an encrypted key of the old form',
      pem('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\nAAAA'),
      /pass phrase/,
    ],
    ['a certificate', pem('CERTIFICATE', 'AAAA'), /a certificate/],
    ['an EC key', pem('EC PRIVATE KEY', 'AAAA'), /not an RSA key/],
    ['bytes of rubbish', new Uint8Array([1, 2, 3]), /damaged or cut short/],
    ['no bytes', new Uint8Array(0), /empty, or none of/],
    ['a public JWK', { kty: 'RSA', n, e }, /a public key/],
    ['a JWK of another type', { kty: 'EC', crv: 'P-256', x: HUSH, y: HUSH }, /not an RSA key/],
    ['a JWK for another algorithm', { ...privateJwk, alg: 'RS512' }, /its alg must be RS256/],
    ['a function that gives nothing', async () => undefined, /raw signature/],
    ['a function that gives text', async () => HUSH, /raw signature/],
    [
      'a function with a weak key',
      async () => new Uint8Array(256),
      /2048 bits.*openssl genrsa -out new-private-key.pem 3072/,
    ],
  ])('that is %s is refused before any request', async (_, value, message) => {
    const fetch = vi.fn()
    const make = async () =>
      createIbkrOAuth2({ ...credentials, fetch, privateKey: value } as never).accessToken()
    const error = await failure(make)
    expect(error).toMatchObject({ code: 'IBKR_OAUTH2_OPTION_INVALID', option: 'privateKey' })
    expect(error['message']).toMatch(message)
    expect(`${error['stack']}`).not.toContain(HUSH)
    expect(error['cause']).toBeUndefined()
    expect(fetch).not.toHaveBeenCalled()
  })

  it('that is a CryptoKey for something else is refused', async () => {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }
    const jwk = privateJwk as JsonWebKey
    const sha512 = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])
    const aes = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
    ])
    for (const privateKey of [sha512, aes]) {
      const client = createIbkrOAuth2({ ...credentials, privateKey } as never)
      const error = await failure(() => client.clientAssertion())
      expect(error).toMatchObject({ code: 'IBKR_OAUTH2_OPTION_INVALID', option: 'privateKey' })
    }
  })
})

const client = () => createIbkrOAuth2(credentials)
const pending = async () => (await prepareTokenRequest(credentials)).pending
const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

it.each([
  ['privateKey', () => createIbkrOAuth2(undefined as never)],
  ['options', () => createIbkrOAuth2('x' as never)],
  ['options', () => prepareTokenRequest(null as never)],
  ['store', () => createIbkrOAuth2({ ...credentials, store: {}, storeKey: 'unsealed' } as never)],
  ['store', () => createIbkrOAuth2({ ...credentials, storeKey: 'unsealed' })],
  ['storeKey', () => createIbkrOAuth2({ ...credentials, store })],
  ['storeKey', () => createIbkrOAuth2({ ...credentials, store, storeKey: [{}] } as never)],
  ['replacing', () => client().accessToken({ replacing: 5 as never })],
  ['signal', () => client().accessToken({ signal: {} as never })],
  ['signal', () => client().echoHttps({ signal: 5 as never })],
  ['signal', () => client().echoSignedJwt({ signal: 5 as never })],
  ['claims', () => client().signJwt(undefined as never)],
  ['claims', () => client().signJwt(null as never)],
  ['claims', () => client().signJwt([] as never)],
  ['claims', () => client().signJwt('{}' as never)],
  ['claims', () => client().signJwt({ iss: 'x' })],
  ['claims', () => client().signJwt({ iat: 1 })],
  ['claims', () => client().signJwt({ exp: undefined })],
  ['claims', () => client().signJwt({ amount: 5n })],
  ['claims', () => client().signJwt(cyclic)],
  ['claims', () => client().signJwt({ ip: Promise.resolve('8.8.8.8') })],
  ['claims', () => client().signJwt({ amount: Number.NaN })],
  ['claims', () => client().signJwt({ deep: [{ amount: Number.POSITIVE_INFINITY }] })],
  ['claims', () => client().signJwt({ deep: { list: new Set(['a']) } })],
  ['claims', () => client().signJwt({ key: Uint8Array.of(1) })],
  ['claims', () => client().signJwt({ credential: () => 'forgotten to be called' })],
  ['claims', () => client().signJwt({ deep: [{ service: Symbol('x') }] })],
  ['claims', () => client().signJwt({ accounts: ['DU1', undefined] })],
  ['options', () => client().accessToken(Promise.resolve({}) as never)],
  ['replacing', () => client().accessToken({ replacing: '' })],
  ['claims', () => client().signJwt({ toJSON: () => undefined })],
  ['claims', () => client().signJwt({ toJSON: () => 'text' })],
  ['claims', () => client().signJwt({ toJSON: () => [1] })],
  ['claims', () => client().signJwt(new Date(0))],
  ['claims', () => client().signJwt(Promise.resolve({ amount: 1 }))],
  ['claims', () => client().signJwt(new Map([['amount', 1]]))],
  ['claims', () => client().signJwt(new URLSearchParams('amount=1'))],
  ['expiresInSeconds', () => client().signJwt({}, { expiresInSeconds: 0 })],
  ['expiresInSeconds', () => client().signJwt({}, { expiresInSeconds: 86_401 })],
  ['expiresInSeconds', () => client().signJwt({}, { expiresInSeconds: '60' as never })],
  ['jti', () => prepareTokenRequest({ ...credentials, jti: '' })],
  ['jti', () => prepareTokenRequest({ ...credentials, jti: 5 as never })],
  ['now', () => prepareTokenRequest({ ...credentials, now: 5 as never })],
  ['response', async () => processTokenResponse(undefined as never, await pending())],
  ['pending', () => processTokenResponse(new Response(), {} as never)],
  ['pending', () => processTokenResponse(new Response(), undefined as never)],
])('a bad %s is refused by name', async (option, call) => {
  const error = await failure(call)
  expect(error).toMatchObject({ code: 'IBKR_OAUTH2_OPTION_INVALID', option })
})

it('what JSON writes of its own accord is signed: dates, lists, null, members without a prototype', async () => {
  const claims = { at: new Date(0), list: [1, null, { a: true }], none: null, left: undefined }
  const jws = await client().signJwt({
    ...claims,
    bare: Object.assign(Object.create(null), { b: 1 }),
  })
  expect(claimsOf(jws)).toMatchObject({
    at: '1970-01-01T00:00:00.000Z',
    list: [1, null, { a: true }],
    none: null,
    bare: { b: 1 },
  })
})

it.each([undefined, null, 5, 'down'])(
  'a function that signs and rejects with %o is passed on too',
  async (down) => {
    const privateKey = () => Promise.reject(down)
    const assertion = createIbkrOAuth2({ ...credentials, privateKey }).clientAssertion()
    await expect(
      assertion.then(
        () => 'signed',
        (error) => [error],
      ),
    ).resolves.toEqual([down])
  },
)
