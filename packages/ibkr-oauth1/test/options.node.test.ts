/** Every option missing, empty, of the wrong type or malformed: told by name before any request. */
import {
  createIbkrOAuth1,
  createIbkrOAuth1Authorization,
  decryptAccessTokenSecret,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import * as signing from '@isoauth/ibkr-oauth1/signing'
import { describe, expect, it, vi } from 'vitest'
import { bad, HUSH, emptyStore as store } from '../../../tests/support/bad-options.ts'
import { wrong } from '../../../tests/support/index.ts'
import { keys } from '../../../tests/support/oauth1-vectors.ts'
import { decrypted, oauth1, rejection } from './support.ts'

/** What is checked when the client is made. */
const atOnce: Readonly<Record<string, readonly unknown[]>> = {
  consumerKey: [undefined, ...bad.text],
  accessToken: [undefined, ...bad.text],
  accessTokenSecret: [undefined, null, '', ' ', 5, {}, `!${HUSH}!`],
  encryptionKey: [undefined, null, '', ' ', 5],
  signatureKey: [undefined, null, '', ' ', 5, true],
  prepareAhead: [null, 0, 'yes', {}],
  dhParameters: [
    undefined,
    null,
    '',
    5,
    {},
    HUSH,
    'abcdef',
    { prime: 23n, generator: 5n },
    { prime: 'ff', generator: 2 },
    { prime: decrypted.dhParameters.prime, generator: 2 },
    { prime: decrypted.dhParameters.prime },
    '-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----',
  ],
  realm: [null, '', 5, 'two words', 'quo"te', 'com,ma', 'equals='],
  baseUrl: bad.url,
  signingBaseUrl: bad.url,
  querySigning: bad.word,
  parameterTransport: bad.word,
  ...bad.common,
}

describe.each(Object.entries(atOnce))('createIbkrOAuth1 with a bad %s', (option, values) => {
  it.each(values.map((value) => [value]))('refuses %o', (value) => {
    const fetch = vi.fn()
    let error: unknown
    try {
      createIbkrOAuth1({ ...oauth1, fetch, [option]: value } as never)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_OPTION_INVALID', option })
    expect((error as Error).message).toContain(option)
    expect(String((error as Error).stack)).not.toContain(HUSH)
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe.each(['signatureKey', 'encryptionKey'])('a bad %s', (option) => {
  it.each([
    ['text', HUSH],
    ['an empty object', {}],
    ['half a PEM', keys.signature.pkcs8Pem.slice(0, 300)],
    ['a PEM of rubbish', `-----BEGIN PRIVATE KEY-----\n${HUSH}\n-----END PRIVATE KEY-----`],
    ['a public key', keys.signature.publicPem],
    [
      'an encrypted key',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
    ],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['DH parameters', oauth1.dhParameters],
    ['bytes of rubbish', new Uint8Array([1, 2, 3])],
  ])('that is %s is refused before any request', async (_, value) => {
    const fetch = vi.fn()
    const client = createIbkrOAuth1({ ...oauth1, fetch, [option]: value } as never)
    const error = await rejection(client.fetch('/tickle'))
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_OPTION_INVALID', option })
    expect(error['message']).toContain(option)
    expect(String(error['stack'])).not.toContain(HUSH)
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe.each<[string, unknown]>([
  ['nothing', undefined],
  ['text', HUSH],
  ['too few bytes', new Uint8Array(3)],
  ['an object around it', { signature: new Uint8Array(256) }],
])('a signatureKey that signs elsewhere and gives %s', (_, given) => {
  const fetch = vi.fn()
  const options = { ...oauth1, fetch, signatureKey: async () => wrong<Uint8Array>(given) }

  it.each([
    ['a client', () => createIbkrOAuth1(options).liveSessionToken()],
    ['a client with a store', () => createIbkrOAuth1({ ...options, ...shared }).fetch('/a')],
    ['an authorization', () => createIbkrOAuth1Authorization(options).requestToken()],
    ['a request that is prepared', () => prepareLiveSessionTokenRequest(options)],
  ])('is refused by %s before any request', async (_by, call) => {
    const error = await rejection(call())
    expect(error).toMatchObject({
      ...{ name: 'IbkrOAuth1Error', code: 'IBKR_OAUTH1_OPTION_INVALID', option: 'signatureKey' },
      cause: { code: 'CRYPTO_SIGNATURE_INVALID' },
    })
    expect(error['message']).toMatch(/^Option signatureKey: The signing function must give/)
    expect(fetch).not.toHaveBeenCalled()
  })
})

it('passes on what a signing function throws', async () => {
  const reason = new Error('the KMS is down')
  const signatureKey = () => Promise.reject(reason)
  const call = createIbkrOAuth1({ ...oauth1, signatureKey }).liveSessionToken()
  expect(await rejection(call)).toBe(reason)
})

const shared = { store, storeKey: 'unsealed' } as const
const inPlaceOfBoth = { decryptedAccessTokenSecret: '00' }

describe.each([
  ['signatureKey', () => createIbkrOAuth1(undefined as never)],
  ['options', () => createIbkrOAuth1('x' as never)],
  ['store', () => createIbkrOAuth1({ ...oauth1, store: {}, storeKey: 'unsealed' } as never)],
  ['store', () => createIbkrOAuth1({ ...oauth1, store: 'x', storeKey: 'unsealed' } as never)],
  ['store', () => createIbkrOAuth1({ ...oauth1, storeKey: 'unsealed' })],
  ['storeKey', () => createIbkrOAuth1({ ...oauth1, store })],
  ['storeKey', () => createIbkrOAuth1({ ...oauth1, store, storeKey: [] })],
  ['storeKey', () => createIbkrOAuth1({ ...oauth1, store, storeKey: 'sealed' } as never)],
  ['storeKey', () => createIbkrOAuth1({ ...oauth1, store, storeKey: [{}] } as never)],
  ['decryptedAccessTokenSecret', () => createIbkrOAuth1(wrong({ ...oauth1, ...inPlaceOfBoth }))],
  [
    'decryptedAccessTokenSecret',
    () => createIbkrOAuth1(wrong({ ...oauth1, encryptionKey: undefined, ...inPlaceOfBoth })),
  ],
  [
    'decryptedAccessTokenSecret',
    () => createIbkrOAuth1(wrong({ ...oauth1, accessTokenSecret: undefined, ...inPlaceOfBoth })),
  ],
  ['options', () => createIbkrOAuth1Authorization(null as never)],
  ['consumerKey', () => createIbkrOAuth1Authorization({ ...oauth1, consumerKey: '' })],
  ['signatureKey', () => createIbkrOAuth1Authorization({ ...oauth1, signatureKey: '' })],
  ['callback', () => createIbkrOAuth1Authorization({ ...oauth1, callback: '' })],
  ['callback', () => createIbkrOAuth1Authorization({ ...oauth1, callback: '/path' })],
  ['authorizeUrlBase', () => createIbkrOAuth1Authorization({ ...oauth1, authorizeUrlBase: 'x' })],
  ['requestToken', () => createIbkrOAuth1Authorization(oauth1).authorizeUrl({ requestToken: '' })],
  [
    'redirectUri',
    () =>
      createIbkrOAuth1Authorization(oauth1).authorizeUrl({ requestToken: 'a', redirectUri: 'x' }),
  ],
  ['text', () => signing.percentEncode(5 as never)],
  ['text', () => signing.percentEncode('\ud800')],
  ['consumerKey', () => createIbkrOAuth1({ ...oauth1, consumerKey: 'AB\ud800' })],
  ['accessToken', () => createIbkrOAuth1({ ...oauth1, accessToken: '\udc00' })],
  [
    'method',
    () => signing.signatureBaseString({ method: 'G T', url: 'https://h/', parameters: [] }),
  ],
  ['url', () => signing.signatureBaseString({ method: 'GET', url: '/x', parameters: [] })],
  [
    'url',
    () => signing.signatureBaseString({ method: 'GET', url: undefined as never, parameters: [] }),
  ],
  [
    'url',
    () => signing.signatureBaseString({ method: 'GET', url: 'https://u:p@h/', parameters: [] }),
  ],
  [
    'prefix',
    () =>
      signing.signatureBaseString({
        method: 'GET',
        url: 'https://h/',
        parameters: [],
        prefix: 'ABC',
      }),
  ],
  [
    'parameters',
    () =>
      signing.signatureBaseString({ method: 'GET', url: 'https://h/', parameters: {} as never }),
  ],
  [
    'querySigning',
    () =>
      signing.signatureBaseString({
        method: 'GET',
        url: 'https://h/',
        parameters: [],
        querySigning: 'x' as never,
      }),
  ],
  ['realm', () => signing.authorizationHeaderValue([], { realm: 'a"b' })],
  [
    'sharedSecret',
    () =>
      signing.computeLiveSessionToken({ sharedSecret: 0n, accessTokenSecret: new Uint8Array(1) }),
  ],
  [
    'sharedSecret',
    () =>
      signing.computeLiveSessionToken({
        sharedSecret: 5 as never,
        accessTokenSecret: new Uint8Array(1),
      }),
  ],
  [
    'accessTokenSecret',
    () =>
      signing.computeLiveSessionToken({ sharedSecret: 5n, accessTokenSecret: new Uint8Array(0) }),
  ],
  [
    'token',
    () => signing.verifyLiveSessionToken({ token: 'x' as never, signature: '', consumerKey: '' }),
  ],
  ['liveSessionToken', () => signer({ liveSessionToken: new Uint8Array(19) })],
  ['liveSessionToken', () => signer({ liveSessionToken: 'x' })],
  ['consumerKey', () => signer({ consumerKey: '' })],
  ['accessToken', () => signer({ accessToken: undefined })],
  ['consumerKey', () => signer({ consumerKey: 'AB\ud800' })],
  ['accessToken', () => signer({ accessToken: '\udc00' })],
  [
    'consumerKey',
    () =>
      signing.verifyLiveSessionToken({
        token: new Uint8Array(20),
        signature: '',
        consumerKey: '\ud800',
      }),
  ],
  [
    'parameters',
    () =>
      signing.signatureBaseString({
        method: 'GET',
        url: 'https://h/',
        parameters: [['oauth_token', 'a\ud800']],
      }),
  ],
  ['parameters', () => signing.authorizationHeaderValue([['\ud800', '']], { realm: 'a' })],
  ['querySigning', () => signer({ querySigning: 'rfc5849' })],
  ['nonce', () => signer().sign({ method: 'GET', url: 'https://h/', nonce: 'a=b' })],
  [
    'timestamp',
    () => signer().sign({ method: 'GET', url: 'https://h/', timestamp: 1714489500_000 }),
  ],
  ['timestamp', () => signer().sign({ method: 'GET', url: 'https://h/', timestamp: 1714489500.5 })],
  ['timestamp', () => signer().sign({ method: 'GET', url: 'https://h/', timestamp: wrong(null) })],
  // Seconds where milliseconds are meant, and what is no time at all.
  ...[1714489500, Number.NaN, Number.POSITIVE_INFINITY, -1].map((time): [string, () => unknown] => [
    'now',
    () => signer({ now: () => time }).sign({ method: 'GET', url: 'https://h/' }),
  ]),
  ...['h', 'ftp://h/', 'xhttp://h/', 'httpx://h/', 'https://u@h/', 'https://:p@h/', '', '/x'].map(
    (url) => ['url', () => signer().sign({ method: 'GET', url })] as [string, () => unknown],
  ),
  ['request', () => signer().sign(wrong(null))],
  ['options', () => signing.createRequestSigner(wrong(null))],
  ['options', () => signing.computeLiveSessionToken(wrong(5))],
  ['options', () => signing.verifyLiveSessionToken(wrong('x'))],
  ['options', () => signing.signatureBaseString(wrong(null))],
  ['options', () => signing.authorizationHeaderValue([], wrong(5))],
])('a bad %s', (option, call) => {
  it('is refused by name', () => {
    let error: unknown
    try {
      call()
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_OPTION_INVALID', option })
  })
})

describe('the request pair', () => {
  const options = { ...oauth1, timestamp: 1714489500 }
  it.each([
    ['nonce', { nonce: '' }],
    ['nonce', { nonce: 'a b' }],
    ['timestamp', { timestamp: 1 }],
    ['random', { random: () => new Uint8Array(3) }],
    ['random', { random: 5 }],
    ['random', { random: null }],
    ['random', { random: 0 }],
    ['dhParameters', { dhParameters: { prime: 23n, generator: 5n } }],
    [
      'decryptedAccessTokenSecret',
      { accessTokenSecret: undefined, encryptionKey: undefined, decryptedAccessTokenSecret: 'abc' },
    ],
    [
      'decryptedAccessTokenSecret',
      {
        accessTokenSecret: undefined,
        encryptionKey: undefined,
        decryptedAccessTokenSecret: new Uint8Array(0),
      },
    ],
  ])('refuses a bad %s', async (option, change) => {
    const error = await rejection(
      prepareLiveSessionTokenRequest({ ...options, ...change } as never),
    )
    expect(error).toMatchObject({ code: 'IBKR_OAUTH1_OPTION_INVALID', option })
  })

  it('refuses a pending of its own making, and no response', async () => {
    const { pending } = await prepareLiveSessionTokenRequest(options)
    const none = rejection(processLiveSessionTokenResponse(undefined as never, pending))
    expect(await none).toMatchObject({ option: 'response' })
    const forged = rejection(processLiveSessionTokenResponse(new Response(), {} as never))
    expect(await forged).toMatchObject({ option: 'pending' })
  })
})

it('refuses a bad secret and a bad replacing', async () => {
  const { encryptionKey } = oauth1
  const none = rejection(decryptAccessTokenSecret({ accessTokenSecret: '', encryptionKey }))
  expect(await none).toMatchObject({ option: 'accessTokenSecret' })
  const client = createIbkrOAuth1(oauth1)
  const replacing = rejection(client.liveSessionToken({ replacing: 'x' as never }))
  expect(await replacing).toMatchObject({ option: 'replacing' })
  const signal = rejection(client.liveSessionToken({ signal: {} as never }))
  expect(await signal).toMatchObject({ option: 'signal' })
})

it.each([
  ['a byte order mark in front, as an editor of Windows saves a file', '\ufeff', '\r\n'],
  ['a blank of a page behind it', '', '\u00a0'],
])('takes an encrypted secret with %s', async (_what, before, behind) => {
  const accessTokenSecret = before + oauth1.accessTokenSecret + behind
  const secret = await decryptAccessTokenSecret({ ...oauth1, accessTokenSecret })
  expect(secret).toEqual(await decryptAccessTokenSecret(oauth1))
})

it('takes what is right: bytes, JWK, a signing function, parsed parameters', async () => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const der = Uint8Array.from(atob(keys.signature.pkcs8Pem.replace(/-----.*?-----|\s/g, '')), (c) =>
    c.charCodeAt(0),
  )
  const key = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign'])
  const jwk = await crypto.subtle.exportKey('jwk', key)
  const sign = async (data: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign(algorithm.name, key, data.slice()))
  const headers = new Set<string | null>()
  for (const signatureKey of [
    keys.signature.pkcs8Pem,
    keys.signature.pkcs1Pem,
    der,
    jwk,
    key,
    sign,
  ]) {
    const { request } = await prepareLiveSessionTokenRequest({
      ...oauth1,
      signatureKey: signatureKey as never,
      nonce: 'abc',
      timestamp: 1714489500,
      random: () => new Uint8Array(32).fill(7),
    })
    headers.add(request.headers.get('authorization'))
  }
  expect(headers.size).toBe(1)
})

function signer(change: object = {}) {
  const liveSessionToken = new Uint8Array(20)
  return signing.createRequestSigner({
    consumerKey: 'A',
    accessToken: 'b',
    liveSessionToken,
    ...change,
  } as never)
}

describe('the realm of the consumer for tests', () => {
  it.each([
    ['TESTCONS', undefined],
    ['TESTCONS', 'limited_poa'],
    ['ABCDEFGHI', 'test_realm'],
  ])('%s with %s is refused when a client is made', (consumerKey, realm) => {
    for (const create of [createIbkrOAuth1, createIbkrOAuth1Authorization]) {
      const make = () => create({ ...oauth1, consumerKey, realm } as never)
      expect(make).toThrow(/Option realm must be 'test_realm' for the consumer TESTCONS/)
      expect(make).toThrow(expect.objectContaining({ option: 'realm' }))
    }
  })

  it('is test_realm', () => {
    const given = { ...oauth1, consumerKey: 'TESTCONS', realm: 'test_realm' } as never
    expect(createIbkrOAuth1(given)).toBeDefined()
    expect(createIbkrOAuth1Authorization(given)).toBeDefined()
  })
})

it('takes the decrypted secret as the file of `isoauth decrypt-secret` has it, with the end of its line', async () => {
  const prepare = async (decryptedAccessTokenSecret: string) => {
    const exact = { nonce: 'a', timestamp: 1_772_445_600, random: () => new Uint8Array(32).fill(7) }
    const given = { ...decrypted, ...exact, decryptedAccessTokenSecret }
    const { request } = await prepareLiveSessionTokenRequest(given)
    return request.headers.get('authorization')
  }
  const secret = decrypted.decryptedAccessTokenSecret
  const usual = await prepare(secret)
  for (const end of ['\n', '\r\n']) expect(await prepare(secret + end)).toBe(usual)
  for (const cut of ['\n', `${secret.slice(0, 8)}\n${secret.slice(8)}`]) {
    await expect(prepare(cut)).rejects.toMatchObject({ option: 'decryptedAccessTokenSecret' })
  }
})

it('a Buffer of the decrypted secret may be wiped: its own slice would be no copy', async () => {
  const secret = Buffer.from(decrypted.decryptedAccessTokenSecret, 'hex')
  const options = {
    ...decrypted,
    nonce: 'a',
    timestamp: 1_772_445_600,
    random: () => new Uint8Array(32).fill(7),
  }
  const signatures = []
  for (const wiped of [false, true]) {
    const prepared = prepareLiveSessionTokenRequest({
      ...options,
      decryptedAccessTokenSecret: secret,
    } as never)
    if (wiped) secret.fill(0)
    signatures.push((await prepared).request.headers.get('authorization'))
  }
  expect(signatures[1]).toBe(signatures[0])
})
