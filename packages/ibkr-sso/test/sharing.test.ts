/** A bearer shared through a store and renewed under a lock. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { expect, it } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { aesKey, makeLock, memoryStore, wrong } from '../../../tests/support/index.ts'
import { vectors } from '../../../tests/support/oauth2-vectors.ts'
import { failure, json, setUp, user } from './support.ts'

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

it('shares one entry for an address, whichever way its members write it', async () => {
  const shared = { store: memoryStore(), storeKey: 'unsealed' }
  const { fetch, time, authority, gatewayCalls } = setUp()
  const member = () =>
    createIbkrSso(wrong({ oauth2: authority, fetch, now: () => time.now, ...shared }))
  await member().createSession({ ...user, ip: '2a00:1450::1' })
  await member().createSession({ ...user, ip: '2A00:1450:0::1' })
  expect(shared.store.entries.size).toBe(1)
  expect(gatewayCalls).toHaveLength(1)
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

it.each<[string, object]>([
  ['client id', { clientId: 'AnotherAdvisor-TEST' }],
  ['key id', { keyId: 'next' }],
  ['scope', { scope: 'sso-sessions.write sso-browser-sessions.write' }],
])('tries another %s at once, where others with the old one hold back', async (_, mended) => {
  const shared = { store: memoryStore(), storeKey: 'unsealed' }
  const { time, fetch, gatewayCalls } = setUp({}, () => json(403, {}))
  const token = async () =>
    json(200, { access_token: 'marked-access', token_type: 'Bearer', expires_in: 3600 })
  const member = (own: object = {}) => {
    const { keys } = vectors
    const authority = {
      ...{ clientId: 'ExampleAdvisor-TEST', keyId: 'main', scope: 'sso-sessions.write' },
      ...{ privateKey: keys.main3072.pkcs8Pem, now: () => time.now, fetch: token },
    }
    const oauth2 = createIbkrOAuth2({ ...authority, ...own })
    return createIbkrSso(wrong({ oauth2, fetch, now: () => time.now, ...shared }))
  }
  for (const work of ['createSession', 'createBrowserSession'] as const) {
    gatewayCalls.length = 0
    const code = 'IBKR_SSO_FORBIDDEN'
    expect(await failure(() => member()[work](user))).toMatchObject({ code })
    await eventually(async () => {
      const before = gatewayCalls.length
      expect(await failure(() => member()[work](user))).toMatchObject({ code })
      expect(gatewayCalls).toHaveLength(before)
    })
    const before = gatewayCalls.length
    expect(await failure(() => member(mended)[work](user))).toMatchObject({ code })
    expect(gatewayCalls).toHaveLength(before + 1)
  }
  const names = [...shared.store.entries.keys()]
  expect(names).toEqual(names.map(() => expect.stringMatching(/^isoauth:ibkr-sso:[0-9a-f]{64}$/)))
})
