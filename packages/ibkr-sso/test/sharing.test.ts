/** A bearer shared through a store and renewed under a lock. */
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { expect, it } from 'vitest'
import { aesKey, makeLock, memoryStore } from '../../../tests/support/index.ts'
import { setUp, user } from './support.ts'

it('needs one session call for many members, and one renewal', async () => {
  const store = memoryStore()
  const { gatewayCalls, time, fetch, authority } = setUp()
  const options = {
    oauth2: authority,
    fetch: fetch as never,
    now: () => time.now,
    store,
    storeKey: await aesKey(),
    lock: makeLock(),
  }
  const fleet = Array.from({ length: 10 }, () => createIbkrSso(options))
  const sessions = await Promise.all(fleet.map((sso) => sso.createSession(user)))
  expect(gatewayCalls).toHaveLength(1)
  time.now += 60_000
  const replacing = 'bearer-1'
  const renewed = await Promise.all(sessions.map((session) => session.accessToken({ replacing })))
  expect(new Set(renewed.map(({ value }) => value))).toEqual(new Set(['bearer-2']))
  expect(gatewayCalls).toHaveLength(2)
  const [[name, entry]] = [...store.entries] as [[string, string]]
  expect(name).toMatch(/^isoauth:ibkr-sso:[0-9a-f]{64}$/)
  expect(atob(entry.slice(3).replace(/-/g, '+').replace(/_/g, '/'))).not.toContain('bearer')
})

it('keeps users and addresses apart', async () => {
  const store = memoryStore()
  const { sso, gatewayCalls } = setUp({ store, storeKey: 'unsealed' })
  await sso.createSession(user)
  await sso.createSession({ ...user, credential: 'another' })
  await sso.createSession({ ...user, ip: '8.8.8.8' })
  expect(store.entries.size).toBe(3)
  expect(gatewayCalls).toHaveLength(3)
})

it('goes on by itself when the store is down', async () => {
  const down = () => {
    throw new Error('down')
  }
  const store = { getItem: down, setItem: down, removeItem: down }
  const { sso, events } = setUp({ store, storeKey: 'unsealed' })
  const session = await sso.createSession(user)
  expect((await session.accessToken()).value).toBe('bearer-1')
  expect(events).toContainEqual({ type: 'store-failed', operation: 'read' })
})
