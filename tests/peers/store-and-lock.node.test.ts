/**
 * One token for several clients: through a store that others made (unstorage, `localStorage`), under
 * a lock, and what happens when either fails.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { createStorage } from 'unstorage'
import files from 'unstorage/drivers/fs-lite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { rejection, sent, setUp } from './support.ts'

type Store = NonNullable<IbkrOAuth1Options['store']>
type Lock = NonNullable<IbkrOAuth1Options['lock']>

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const LST_PATH = '/oauth/live_session_token'

let folder: string
let storeKey: CryptoKey
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoauth-store-'))
  storeKey = await newKey()
})
afterAll(() => rm(folder, { recursive: true }))

describe.each<[string, () => { first: Store; second: Store }]>([
  ['unstorage in memory', () => twice(createStorage())],
  ['unstorage in files, opened twice', inFiles],
  ['localStorage', () => twice(localStorageLike())],
])('clients that share %s', (_, stores) => {
  it('make one handshake, one after the other', async () => {
    const { first, second } = stores()
    const { sandbox, another } = await setUp()
    const [watched, written] = watchWrites(first)
    const one = another({ store: watched, storeKey })
    const two = another({ store: second, storeKey })
    expect((await one.fetch('/portfolio/accounts')).status).toBe(200)
    // The token is written for others while its own caller goes on.
    await written
    expect((await two.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts).toMatchObject({ handshakeAttempts: 1, authorized: 2 })
    expect((await one.liveSessionToken()).token).toEqual((await two.liveSessionToken()).token)
  })

  it('make one handshake at once under a lock, and one for each renewal', async () => {
    const { first, second } = stores()
    const { sandbox, another, time } = await setUp(
      'in process',
      {},
      { liveSessionTokenLifetimeMs: HOUR_MS },
    )
    const lock = createMutex()
    const clients = [first, second].map((store) => another({ store, storeKey, lock }))
    const all = async () => {
      const calls = clients.map((client) => client.fetch('/portfolio/accounts'))
      return (await Promise.all(calls)).map(({ status }) => status)
    }
    expect(await all()).toEqual([200, 200])
    expect(sandbox.counts.handshakeAttempts).toBe(1)

    time.now += 2 * MINUTE_MS
    sandbox.fault({ path: '/portfolio/accounts', kind: 'status', status: 401, times: 2 })
    expect(await all()).toEqual([200, 200])
    expect(sandbox.counts.handshakeAttempts).toBe(2)

    time.now += HOUR_MS
    expect(await all()).toEqual([200, 200])
    expect(sandbox.counts.handshakeAttempts).toBe(3)
  })

  it('do not take a token that has expired', async () => {
    const { first, second } = stores()
    const { sandbox, another, time } = await setUp(
      'in process',
      {},
      { liveSessionTokenLifetimeMs: HOUR_MS },
    )
    await another({ store: first, storeKey }).liveSessionToken()
    time.now += HOUR_MS
    const late = another({ store: second, storeKey })
    expect((await late.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakeAttempts).toBe(2)
  })
})

describe('an entry', () => {
  it('tells nothing where it is sealed, and the token where it is not', async () => {
    const { another, sandbox } = await setUp()
    const { consumerKey, accessToken } = sandbox.credentials.ibkr.oauth1
    const spy = localStorageLike()
    const { token } = await another({ store: spy, storeKey }).liveSessionToken()
    await eventually(() => expect([...spy.entries()]).toHaveLength(1))
    const [sealed] = [...spy.entries()]
    const name = sealed?.[0] ?? ''
    expect(name).toMatch(/^isoauth:ibkr-oauth1:[0-9a-f]{64}$/)

    const { token: other } = await another({ store: spy, storeKey: 'unsealed' }).liveSessionToken()
    await eventually(() => expect([...spy.entries()][0]).not.toEqual(sealed))
    const [unsealed] = [...spy.entries()]
    const found = (value: string | undefined, bytes: Uint8Array): string[] => {
      const { length } = 'v1.'
      const opened = Buffer.from(value?.slice(length) ?? '', 'base64url').toString('latin1')
      const text = `${name} ${value} ${opened}`
      const forms = ['base64', 'base64url', 'hex', 'latin1'] as const
      const tokens = forms.map((form) => Buffer.from(bytes).toString(form))
      return [...tokens, consumerKey, accessToken, 'expiresAtMs'].filter((form) =>
        text.includes(form),
      )
    }
    expect(found(sealed?.[1], token)).toEqual([])
    expect(found(unsealed?.[1], other)).toContain(Buffer.from(other).toString('base64'))
  })

  it('is sealed anew each time, and lives as long as the token', async () => {
    const writes: { value: string; ttl: number }[] = []
    const store = {
      getItem: () => null,
      setItem: (_: string, value: string, { ttl }: { ttl: number }) => writes.push({ value, ttl }),
      removeItem: () => {},
    }
    const { another } = await setUp('in process', {}, { liveSessionTokenLifetimeMs: HOUR_MS })
    await another({ store, storeKey }).liveSessionToken()
    await another({ store, storeKey }).liveSessionToken()
    await eventually(() => expect(writes.map(({ ttl }) => ttl)).toEqual([3600, 3600]))
    expect(writes[0]?.value).not.toBe(writes[1]?.value)
  })

  it('opens with any of the keys, and is sealed with the first of them', async () => {
    const { sandbox, another, time } = await setUp()
    const [older, newer] = [storeKey, await newKey()]
    const store = createStorage()
    await another({ store, storeKey: older }).liveSessionToken()
    const rotating = another({ store, storeKey: [newer, older] })
    const { token } = await rotating.liveSessionToken()
    expect(sandbox.counts.handshakes).toBe(1)

    time.now += 2 * MINUTE_MS
    await rotating.liveSessionToken({ replacing: token })
    await another({ store, storeKey: newer }).liveSessionToken()
    expect(sandbox.counts.handshakes).toBe(2)
    await another({ store, storeKey: older }).liveSessionToken()
    expect(sandbox.counts.handshakes).toBe(3)
  })

  it('does not open under the name of another', async () => {
    const signedOrigins = ['https://api.ibkr.com']
    const { sandbox, another } = await setUp('in process', {}, { signedOrigins })
    const store = localStorageLike()
    await another({ store, storeKey }).liveSessionToken()
    await eventually(() => expect([...store.entries()]).toHaveLength(1))
    const [entry] = [...store.entries()]
    // The same account, its requests signed for another base: another entry.
    const other = { signingBaseUrl: 'https://api.ibkr.com/v1/api', storeKey }
    const elsewhere = localStorageLike()
    await another({ store: elsewhere, ...other }).liveSessionToken()
    await eventually(() => expect([...elsewhere.keys()]).toHaveLength(1))
    const [name] = [...elsewhere.keys()]
    expect(name).not.toBe(entry?.[0])
    elsewhere.setItem(name ?? '', entry?.[1] ?? '')
    await another({ store: elsewhere, ...other }).liveSessionToken()
    expect(sandbox.counts.handshakes).toBe(3)
  })

  it.each<[string, (value: string) => unknown]>([
    ['altered by one character', (value) => flip(value, 40)],
    ['altered at its end', (value) => flip(value, value.length - 4)],
    ['cut short', (value) => value.slice(0, -4)],
    ['cut to its version', () => 'v1.'],
    ['of another version', (value) => value.replace('v1.', 'v2.')],
    ['of a program that kept JSON here', () => ({ token: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' })],
    ['a number', () => 42],
    ['empty', () => ''],
  ])('is replaced where it is %s', async (_, damage) => {
    const { sandbox, another, events } = await setUp()
    const kept = localStorageLike()
    await another({ store: kept, storeKey }).liveSessionToken()
    const [entry] = [...kept.entries()]
    const damaged = new Map<string, unknown>([[entry?.[0] ?? '', damage(entry?.[1] ?? '')]])
    const store = {
      getItem: (key: string) => damaged.get(key),
      setItem: (key: string, value: string) => void damaged.set(key, value),
      removeItem: (key: string) => void damaged.delete(key),
    }
    const client = another({ store, storeKey })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakes).toBe(2)
    await another({ store, storeKey }).liveSessionToken()
    expect(sandbox.counts.handshakes).toBe(2)
    expect(events.filter(({ type }) => type === 'store-failed')).toEqual([])
  })
})

describe('a store that fails', () => {
  const failed = (operation: string) => ({ type: 'store-failed', operation })
  const secret = 'redis://user:password@host refused SET'
  const fail = () => {
    throw new Error(secret)
  }

  it.each<[string, Partial<Store>, string[]]>([
    ['on reading', { getItem: () => Promise.reject(new Error(secret)) }, ['read']],
    ['on writing', { setItem: () => Promise.reject(new Error(secret)) }, ['write']],
    ['by throwing', { getItem: fail, setItem: fail }, ['read', 'write']],
  ])('%s is told, and requests go on', async (_, broken, operations) => {
    const { sandbox, another, events } = await setUp()
    const store = { ...createStorage(), ...broken } as Store
    const client = another({ store, storeKey })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakeAttempts).toBe(1)
    const told = () => events.filter(({ type }) => type === 'store-failed')
    await eventually(() => expect(told()).toEqual(operations.map(failed)))
    expect(JSON.stringify(events)).not.toContain('redis')
  })

  describe('by never answering', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
    afterEach(() => void vi.useRealTimers())

    it('is waited for five seconds each time', async () => {
      const { another, events } = await setUp()
      const [reads, writes] = [endless(), endless()]
      const store = { getItem: reads.call, setItem: writes.call, removeItem: () => {} }
      const answer = another({ store, storeKey }).fetch('/portfolio/accounts')
      const told = () => events.filter(({ type }) => type === 'store-failed')
      for (const [i, { called }] of [reads, writes].entries()) {
        await called
        await vi.advanceTimersByTimeAsync(4999)
        expect(told()).toHaveLength(i)
        await vi.advanceTimersByTimeAsync(1)
        expect(told()).toHaveLength(i + 1)
      }
      expect((await answer).status).toBe(200)
      expect(told()).toEqual([failed('read'), failed('write')])
    })
  })
})

describe('a lock that fails', () => {
  const lockFailed = { type: 'lock-failed' }

  it.each<[string, Lock]>([
    ['rejects', () => Promise.reject(new Error('the lock server is down'))],
    [
      'throws',
      () => {
        throw new Error('not a function of this runtime')
      },
    ],
    ['returns without the work done', async () => undefined as never],
  ])('and %s is told, and the renewal goes on', async (_, lock) => {
    const { sandbox, another, events } = await setUp()
    const client = another({ store: createStorage(), storeKey, lock })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakeAttempts).toBe(1)
    expect(events).toContainEqual(lockFailed)
  })

  it('after the work was done costs nothing', async () => {
    const { sandbox, another, events } = await setUp()
    const lock: Lock = async (_, work) => {
      await work()
      throw new Error('the lease was lost')
    }
    const client = another({ store: createStorage(), storeKey, lock })
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
    expect(sandbox.counts.handshakeAttempts).toBe(1)
    expect(events).not.toContainEqual(lockFailed)
  })

  it('is not to be confused with a handshake that fails, which is not repeated', async () => {
    const { sandbox, another, events, time } = await setUp()
    sandbox.fault({ path: LST_PATH, kind: 'status', status: 503 })
    const client = another({ store: createStorage(), storeKey, lock: createMutex() })
    const error = await rejection(client.fetch('/portfolio/accounts'))
    expect(error.code).toBe('IBKR_OAUTH1_UNAVAILABLE')
    expect(sent(sandbox)).toEqual([`POST ${LST_PATH} 503`])
    expect(events).not.toContainEqual(lockFailed)
    time.now += 2000
    expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
  })

  describe('by never being free', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
    afterEach(() => void vi.useRealTimers())

    it('is waited for half of the caller’s time, then done without', async () => {
      const { sandbox, another, events } = await setUp()
      const held = endless()
      let late: (() => Promise<unknown>) | undefined
      let gaveUp: AbortSignal | undefined
      const lock: Lock = (_, work, { signal }) => {
        late = work
        gaveUp = signal
        return held.call() as Promise<never>
      }
      const client = another({ store: createStorage(), storeKey, lock })
      const answer = client.fetch('/portfolio/accounts')
      await held.called
      await vi.advanceTimersByTimeAsync(9999)
      expect(events).not.toContainEqual(lockFailed)
      expect(gaveUp?.aborted).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      expect(gaveUp?.aborted).toBe(true)
      expect((await answer).status).toBe(200)
      expect(events.filter(({ type }) => type === 'lock-failed')).toHaveLength(1)

      // The lock comes free at last: nothing is renewed a second time.
      await late?.()
      expect(sandbox.counts.handshakeAttempts).toBe(1)
    })

    it('lets a caller go who does not want to wait', async () => {
      const { sandbox, another } = await setUp()
      const held = endless()
      const lock: Lock = () => held.call() as Promise<never>
      const client = another({ store: createStorage(), storeKey, lock })
      const controller = new AbortController()
      const answer = client.fetch('/portfolio/accounts', { signal: controller.signal })
      await held.called
      const reason = new Error('changed my mind')
      controller.abort(reason)
      expect(await rejection(answer)).toBe(reason)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(sandbox.counts.handshakeAttempts).toBe(0)
    })
  })
})

function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

function twice(store: Store): { first: Store; second: Store } {
  return { first: store, second: store }
}

/** The same store, and a promise of its first write. */
function watchWrites(store: Store): [store: Store, written: Promise<void>] {
  let done: () => void
  const written = new Promise<void>((resolve) => {
    done = resolve
  })
  const setItem: Store['setItem'] = async (...entry) => {
    await store.setItem(...entry)
    done()
  }
  const { getItem, removeItem } = store
  return [{ getItem, setItem, removeItem }, written]
}

let folders = 0
function inFiles(): { first: Store; second: Store } {
  const base = join(folder, String(folders++))
  const open = () => createStorage({ driver: files({ base }) })
  return { first: open(), second: open() }
}

/** Strings only, synchronous, `null` where there is none: as in a browser. */
function localStorageLike() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(String(key), String(value)),
    removeItem: (key: string) => void items.delete(key),
    keys: () => items.keys(),
    entries: () => items.entries(),
  }
}

/** One piece of work at a time for each name, in the order of asking. */
function createMutex(): Lock {
  const last = new Map<string, Promise<unknown>>()
  return (name, work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work)
    last.set(
      name,
      turn.catch(() => {}),
    )
    return turn
  }
}

/** A call that never ends, and a promise of its being made. */
function endless(): { call: () => Promise<never>; called: Promise<void> } {
  let tell!: () => void
  const called = new Promise<void>((resolve) => {
    tell = resolve
  })
  return {
    called,
    call: () => {
      tell()
      return new Promise<never>(() => {})
    },
  }
}

function flip(value: string, at: number): string {
  return value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1)
}
