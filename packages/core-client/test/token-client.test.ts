/** The assembly of a client: what it takes to try again at once, and the options by which a token is shared. */
import {
  BEARER,
  BearerToken,
  createOptionReader,
  createTokenClient,
  readSharing,
} from '@isoauth/core-client'
import { describe, expect, it, vi } from 'vitest'
import { aesKey, memoryStore, wrong } from '../../../tests/support/index.ts'
import { readBaseUrl } from '../src/internal/base-url.ts'
import { failure, newError } from './support.ts'

function setUp() {
  const renew = vi.fn(async () => {
    if (renew.mock.calls.length === 1) throw newError('RESPONSE_INVALID', 'Refused.')
    return new BearerToken(`token-${renew.mock.calls.length}`, {
      obtainedAtMs: 1_000_000,
      expiresAtMs: 90_000_000,
    })
  })
  const sent: [url: string, authorization: string | null][] = []
  const client = createTokenClient<BearerToken, string>({
    newError,
    base: readBaseUrl('https://api.example.com') as never,
    path: '/v1/api',
    kind: BEARER,
    renew,
    packageName: 'test',
    identity: [],
    timeoutMs: 5000,
    now: () => 1_000_000,
    userAgent: 'test',
    fetch: (async (url: string, init: { headers: Headers }) => {
      sent.push([url, init.headers.get('authorization')])
      return new Response('{}')
    }) as never,
    retryUnauthorized: 'safe',
    authorize: ({ value }: BearerToken) => `Bearer ${value}`,
    emit: () => {},
  } as never)
  return { client, renew, sent }
}

it('is tried at once where the caller wants a token replaced, and only then', async () => {
  const { client, renew } = setUp()
  await failure(() => client.token())
  await failure(() => client.token())
  await failure(() => client.fetch('/x'))
  expect(renew).toHaveBeenCalledTimes(1)
  expect((await client.token({ replacing: 'token-1' })).value).toBe('token-2')
})

it.each(['/x', '/v1/api/x', 'x', 'https://api.example.com/v1/api/x'])(
  'sends %s below the path, written out or not',
  async (input) => {
    const { client, sent } = setUp()
    await failure(() => client.token())
    await client.token({ replacing: 'none' })
    await client.fetch(input)
    expect(sent).toEqual([['https://api.example.com/v1/api/x', 'Bearer token-2']])
  },
)

it.each([5, {}, ['x']])('refuses %j as what is to be replaced', async (replacing) => {
  const { client, renew } = setUp()
  const error = await failure(() => client.token({ replacing: wrong(replacing) }))
  expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'replacing' })
  expect(renew).not.toHaveBeenCalled()
})

describe('the options by which a token is shared', () => {
  const read = (options: object) => () => readSharing(wrong(createOptionReader(options, newError)))
  const store = memoryStore()

  it('may be left out, or be a store with its key', async () => {
    const key = await aesKey()
    expect(read({})()).toEqual({ lock: undefined })
    for (const storeKey of ['unsealed', key, [key], [key, key]]) {
      expect(read({ store, storeKey })()).toMatchObject({ store, storeKey })
    }
  })

  it('are refused where one lacks the other, or is none', async () => {
    const key = await aesKey()
    const sealsOnly = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
    ])
    for (const storeKey of [undefined, '', 'sealed', [], [key, 'x'], sealsOnly, 5]) {
      expect(await failure(read({ store, storeKey }))).toMatchObject({ option: 'storeKey' })
    }
    for (const other of [undefined, {}, { ...store, removeItem: undefined }, 5]) {
      const error = await failure(read({ store: other, storeKey: 'unsealed' }))
      expect(error).toMatchObject({ option: 'store' })
    }
    expect(await failure(read({ lock: 5 }))).toMatchObject({ option: 'lock' })
  })
})
