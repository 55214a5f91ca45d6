/** A token shared through a store and renewed under a lock. */
import { bytesToBase64 } from '@isoauth/core-crypto'
import { expect, it } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { aesKey, makeLock, memoryStore } from '../../../tests/support/index.ts'
import { decrypted, rejection, setUp } from './support.ts'

it('needs one handshake for many members, and one renewal', async () => {
  const store = memoryStore()
  const options = { store, storeKey: await aesKey(), lock: makeLock() }
  const { sandbox, another, time } = await setUp(options)
  const fleet = Array.from({ length: 10 }, () => another(options))
  const first = await Promise.all(fleet.map((client) => client.liveSessionToken()))
  expect(sandbox.counts.handshakes).toBe(1)
  expect(new Set(first.map(({ token }) => bytesToBase64(token))).size).toBe(1)
  time.now += 120_000
  const replacing = first[0]?.token as Uint8Array
  const second = await Promise.all(fleet.map((client) => client.liveSessionToken({ replacing })))
  expect(sandbox.counts.handshakes).toBe(2)
  expect(new Set(second.map(({ token }) => bytesToBase64(token))).size).toBe(1)
  expect(store.ttls).toEqual([86_400, 86_400])
})

it('seals what it stores, under a key that tells nothing', async () => {
  const store = memoryStore()
  const { client } = await setUp({ store, storeKey: await aesKey() })
  const { token } = await client.liveSessionToken()
  await eventually(() => expect(store.entries.size).toBe(1))
  const [[key, value]] = [...store.entries] as [[string, string]]
  expect(key).toMatch(/^isoauth:ibkr-oauth1:[0-9a-f]{64}$/)
  expect(value).toMatch(/^v1\.[A-Za-z0-9_-]+$/)
  const plain = atob(value.slice(3).replace(/-/g, '+').replace(/_/g, '/'))
  expect(plain).not.toContain('token')
  expect(plain).not.toContain(bytesToBase64(token))
})

it('opens with any of the keys, and seals with the first', async () => {
  const store = memoryStore()
  const [old, fresh] = [await aesKey(), await aesKey()]
  const { client, sandbox, another } = await setUp({ store, storeKey: old })
  await client.liveSessionToken()
  // A token is given before it is written.
  await eventually(() => expect(store.entries.size).toBe(1))
  await another({ storeKey: [fresh, old] }).liveSessionToken()
  expect(sandbox.counts.handshakes).toBe(1)
  await another({ storeKey: fresh }).liveSessionToken()
  expect(sandbox.counts.handshakes).toBe(2)
})

it.each([
  ['another key’s entry', 'v1.AAAA'],
  ['an entry of another version', 'v2.AAAA'],
  ['rubbish', 'rubbish'],
  ['an object', { a: 1 }],
  [
    'a token of the wrong length',
    `v1.${btoa('{"token":"AAAA","expiresAtMs":9e15,"obtainedAtMs":1}')}`,
  ],
  ['a token without times', `v1.${btoa('{"token":"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}')}`],
])('does not trip over %s', async (_, value) => {
  const store = { ...memoryStore(), getItem: () => value }
  const { client, sandbox } = await setUp({ store, storeKey: 'unsealed' })
  expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
  expect(sandbox.counts.handshakes).toBe(1)
})

it('does not take a stored token that is over, or the one that failed', async () => {
  const store = memoryStore()
  const { client, sandbox, another, time } = await setUp({ store, storeKey: 'unsealed' })
  const { token } = await client.liveSessionToken()
  time.now += 120_000
  await another().liveSessionToken({ replacing: token })
  expect(sandbox.counts.handshakes).toBe(2)
  time.now += 86_400_000
  await another().liveSessionToken()
  expect(sandbox.counts.handshakes).toBe(3)
})

it('keeps the entries of different tokens and bases apart', async () => {
  const store = memoryStore()
  const { client, another } = await setUp({ store, storeKey: 'unsealed' })
  await client.liveSessionToken()
  await eventually(() => expect(store.entries.size).toBe(1))
  const [own] = [...store.entries]
  await rejection(another({ ...decrypted, accessToken: 'f'.repeat(20) }).liveSessionToken())
  // Beside it now the pause of the other, which was refused.
  expect(store.entries.size).toBe(2)
  expect([...store.entries][0]).toEqual(own)
})

it('goes on by itself when the store is down, and says so without quoting it', async () => {
  const down = () => {
    throw new Error('redis://user:HUSH@host is down')
  }
  const store = { getItem: down, setItem: down, removeItem: down }
  const { client, events } = await setUp({ store, storeKey: 'unsealed' })
  expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
  expect(events.filter(({ type }) => type === 'store-failed')).toEqual([
    { type: 'store-failed', operation: 'read' },
    { type: 'store-failed', operation: 'write' },
  ])
})

it('goes on by itself when the lock is down', async () => {
  const lock = async () => {
    throw new Error('down')
  }
  const { client, events, sandbox } = await setUp({ lock: lock as never })
  expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
  expect(events).toContainEqual({ type: 'lock-failed' })
  expect(sandbox.counts.handshakes).toBe(1)
})

it('tells a handshake’s own failure through a lock, and makes one attempt only', async () => {
  const { client, events, sandbox } = await setUp({ lock: makeLock(), consumerKey: 'ABCDEFGHI' })
  const error = await rejection(client.liveSessionToken())
  expect(error['code']).toBe('IBKR_OAUTH1_CONSUMER_INVALID')
  expect(events).not.toContainEqual({ type: 'lock-failed' })
  expect(sandbox.counts.handshakeAttempts).toBe(1)
})

it('a member that was frozen while it signed in takes the token of the one that signed in meanwhile', async () => {
  const store = memoryStore()
  const sharing = { store, storeKey: 'unsealed' } as const
  const { sandbox, another, time } = await setUp(sharing)
  const other = another()
  let isFrozen = true
  const fetch = async (...args: Parameters<typeof sandbox.fetch>) => {
    const answer = await sandbox.fetch(...args)
    if (!isFrozen) return answer
    isFrozen = false
    // Answered; before this member reads it, its lease runs out.
    time.now += 5000
    const { token } = await other.liveSessionToken()
    await eventually(() => expect(store.entries.size).toBe(1))
    newest = bytesToBase64(token)
    time.now += 30_000
    return answer
  }
  let newest = ''
  const frozen = another({ fetch: fetch as never })
  const { token } = await frozen.liveSessionToken()
  expect(bytesToBase64(token)).toBe(newest)
  expect((await frozen.fetch('/portfolio/accounts')).status).toBe(200)
  expect((await another().fetch('/portfolio/accounts')).status).toBe(200)
  expect(sandbox.counts.handshakes).toBe(2)
})
