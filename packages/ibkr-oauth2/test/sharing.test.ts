/** A token shared through a store and renewed under a lock. */
import { expect, it } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { aesKey, makeLock, memoryStore } from '../../../tests/support/index.ts'
import { keys } from '../../../tests/support/oauth2-vectors.ts'
import { failure, json, setUp, token } from './support.ts'

it('needs one token call for many members, and one renewal', async () => {
  const store = memoryStore()
  const options = { store, storeKey: await aesKey(), lock: makeLock() }
  const { another, tokenCalls, time } = setUp(options)
  const fleet = Array.from({ length: 10 }, () => another())
  const first = await Promise.all(fleet.map((client) => client.accessToken()))
  expect(new Set(first.map(({ value }) => value))).toEqual(new Set(['token-1']))
  time.now += 120_000
  const replacing = 'token-1'
  const second = await Promise.all(fleet.map((client) => client.accessToken({ replacing })))
  expect(new Set(second.map(({ value }) => value))).toEqual(new Set(['token-2']))
  expect(tokenCalls).toHaveLength(2)
  expect(store.ttls).toEqual([86_399, 86_399])
})

it('seals what it stores, under a key that tells nothing', async () => {
  const store = memoryStore()
  const { client, another, tokenCalls } = setUp({ store, storeKey: await aesKey() })
  const { scope, expiresAtMs } = await client.accessToken()
  await eventually(() => expect(store.entries.size).toBe(1))
  const [[key, value]] = [...store.entries] as [[string, string]]
  expect(key).toMatch(/^isoauth:ibkr-oauth2:[0-9a-f]{64}$/)
  expect(value).toMatch(/^v1\.[A-Za-z0-9_-]+$/)
  expect(atob(value.slice(3).replace(/-/g, '+').replace(/_/g, '/'))).not.toContain('token-1')
  expect(await another().accessToken()).toMatchObject({ value: 'token-1', scope, expiresAtMs })
  expect(tokenCalls).toHaveLength(1)
})

it('keeps hosts, clients, keys and scope sets apart, and not the order of scopes', async () => {
  const store = memoryStore()
  const { another, tokenCalls } = setUp({ store, storeKey: 'unsealed' })
  await another().accessToken()
  await another({ scope: ['echo.write', 'echo.read'] }).accessToken()
  expect(tokenCalls).toHaveLength(1)
  const others = [
    { clientId: 'another' },
    { keyId: 'next' },
    { scope: 'echo.read' },
    { baseUrl: 'https://qa.interactivebrokers.com' },
  ]
  for (const other of others) await another(other).accessToken()
  expect(store.entries.size).toBe(5)
  expect(tokenCalls).toHaveLength(5)
})

it.each<[string, object]>([
  ['key of the same id', { privateKey: keys.next4096.pkcs8Pem }],
  ['audience', { audience: 'https://api.ibkr.com/oauth2/api/v1/token' }],
])('tries another %s at once, where others with the old one hold back', async (_, mended) => {
  const options = { store: memoryStore(), storeKey: 'unsealed' }
  const { another, tokenCalls } = setUp(options, () => json(403, {}))
  const code = 'IBKR_OAUTH2_FORBIDDEN'
  const refused = async (own: object = {}) =>
    expect(await failure(() => another(own).accessToken())).toMatchObject({ code })
  await refused()
  await eventually(async () => {
    const before = tokenCalls.length
    await refused()
    expect(tokenCalls).toHaveLength(before)
  })
  const before = tokenCalls.length
  await refused(mended)
  expect(tokenCalls).toHaveLength(before + 1)
})

it.each([
  ['rubbish', 'rubbish'],
  ['an object', { a: 1 }],
  [
    'a token of a number',
    `v1.${btoa('{"value":5,"expiresAtMs":9e15,"obtainedAtMs":1,"scope":""}')}`,
  ],
  ['an empty token', `v1.${btoa('{"value":"","expiresAtMs":9e15,"obtainedAtMs":1,"scope":""}')}`],
  ['a token without times', `v1.${btoa('{"value":"abc","scope":""}')}`],
])('does not trip over %s', async (_, value) => {
  const store = { ...memoryStore(), getItem: () => value }
  const { client } = setUp({ store, storeKey: 'unsealed' }, () => token(1))
  expect((await client.accessToken()).value).toBe('token-1')
})

it('goes on by itself when the store or the lock is down', async () => {
  const down = () => {
    throw new Error('redis://user:HUSH@host is down')
  }
  const store = { getItem: down, setItem: down, removeItem: down }
  const { client, events } = setUp({ store, storeKey: 'unsealed', lock: down })
  expect((await client.accessToken()).value).toBe('token-1')
  expect(events).toContainEqual({ type: 'store-failed', operation: 'read' })
  expect(events).toContainEqual({ type: 'lock-failed' })
  expect(JSON.stringify(events)).not.toContain('HUSH')
})
