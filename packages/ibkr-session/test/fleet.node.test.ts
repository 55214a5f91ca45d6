/** Many members, one session: one keeper, one opening, handed over when its keeper dies. */
import { base64UrlToBytes, bytesToBase64Url } from '@isoauth/core-crypto'
import type { TokenStore } from '@isoauth/ibkr-session'
import { expect, it } from 'vitest'
import { deferred } from '../../../tests/support/index.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { makeSockets } from './stream-support.ts'
import {
  aesKey,
  failure,
  json,
  makeLock,
  memoryStore,
  type Setup,
  settle,
  setUp,
} from './support.ts'

const INIT = '/iserver/auth/ssodh/init'
const TICKLE = '/tickle'

async function fleet(size: number, options: object = {}): Promise<Setup[]> {
  const store = memoryStore()
  const shared = { store, storeKey: await aesKey(), lock: makeLock(), sharedAs: 'exampleuser1' }
  const first = setUp({ ...shared, ...options })
  const others = Array.from({ length: size - 1 }, () => setUp({ ...shared, ...options }, first))
  return [first, ...others]
}

/** What members share whose entries a test reads or writes. */
function unsealed(store: TokenStore) {
  return { store, storeKey: 'unsealed', lock: makeLock(), sharedAs: 'user' } as const
}

/** Two members of a fleet. */
function makePair(store: TokenStore): { first: Setup; second: Setup } {
  const shared = unsealed(store)
  const first = setUp(shared)
  return { first, second: setUp(shared, first) }
}

/** Two members of a fleet; the first has opened the session. */
async function openPair(store: TokenStore): Promise<{ first: Setup; second: Setup }> {
  const pair = makePair(store)
  await pair.first.session.open({ compete: true })
  return pair
}

/** Lets time pass, each living member making its steps when they are due. */
async function live(members: readonly Setup[], ms: number): Promise<void> {
  const { time } = members[0] as Setup
  const endMs = time.now + ms
  const due = new Map(members.map((member) => [member, time.now]))
  while (time.now < endMs) {
    for (const member of members) {
      if ((due.get(member) ?? 0) > time.now) continue
      const { nextStepAtMs = Number.POSITIVE_INFINITY } = await member.session.step()
      due.set(member, nextStepAtMs)
    }
    time.now += 1000
  }
}

const keepers = (members: readonly Setup[]) =>
  members.filter(({ session }) => session.health().isKeeper)

skipWaits(1500)

it('sixty members open once, have one keeper, and tickle about once a minute', async () => {
  const members = await fleet(60)
  const [{ broker }] = members as [Setup]
  await Promise.all(members.map(({ session }) => session.open({ compete: true })))
  expect(broker.count(INIT)).toBe(1)
  await live(members, 30_000)
  const before = broker.count(TICKLE)
  await live(members, 600_000)
  expect(keepers(members)).toHaveLength(1)
  expect(broker.count(TICKLE) - before).toBeLessThanOrEqual(12)
  expect(broker.count(TICKLE) - before).toBeGreaterThanOrEqual(9)
  expect(members.every(({ session }) => session.health().state === 'open')).toBe(true)
}, 60_000)

it('is handed over within 30 s when its keeper dies, without another opening', async () => {
  const members = await fleet(5)
  await Promise.all(members.map(({ session }) => session.open({ compete: true })))
  await live(members, 60_000)
  const [dead] = keepers(members) as [Setup]
  const living = members.filter((member) => member !== dead)
  await live(living, 30_000)
  expect(keepers(living)).toHaveLength(1)
  await live(living, 120_000)
  expect(keepers(living)).toHaveLength(1)
  expect(dead.broker.count(INIT)).toBe(1)
  // The dead one was asleep: it finds another keeper and follows.
  await live(members, 60_000)
  expect(keepers(members)).toHaveLength(1)
  expect(dead.session.health().isKeeper).toBe(false)
})

it('a member that opens a healthy session, again or after its keeper died, leaves it to the others as it is', async () => {
  const store = memoryStore()
  const shared = unsealed(store)
  const keeper = setUp(shared)
  const member = setUp(shared, keeper)
  await keeper.session.open({ compete: true })
  await member.session.open({ compete: true })
  await live([keeper, member], 20_000)
  await member.session.open({ compete: true })
  await live([keeper, member], 20_000)
  keeper.time.now += 40_000
  const newcomer = setUp(shared, keeper)
  expect(await newcomer.session.open({ compete: true })).toMatchObject({ state: 'open', epoch: 1 })
  await live([member, newcomer], 20_000)
  expect(member.session.health()).toMatchObject({ state: 'open', epoch: 1 })
  expect(member.types().filter((type) => type !== 'keeper')).toEqual(['opened'])
  expect(keeper.broker.count(INIT)).toBe(1)
})

it('a member that never called open is no keeper, so that one that did opens what is lost', async () => {
  const { first: opener, second: quiet } = makePair(memoryStore())
  const { broker } = opener
  await live([quiet], 10_000)
  await opener.session.open({ compete: true })
  await live([quiet, opener], 60_000)
  expect(keepers([quiet, opener])).toEqual([opener])
  broker.isOpen = false
  await live([quiet, opener], 90_000)
  expect(broker.count(INIT)).toBe(2)
  for (const { session } of [quiet, opener]) {
    expect(session.health()).toMatchObject({ state: 'open', epoch: 2 })
  }
})

it('a member that never called open keeps alone what it can, and tells no other that a lost session lives', async () => {
  const store = memoryStore()
  const { first: opener, second: quiet } = await openPair(store)
  const { broker } = opener
  await live([quiet, opener], 20_000)
  const entries = new Map(store.entries)
  // The only one that opened it sleeps.
  const before = broker.calls.length
  await live([quiet], 900_000)
  expect(broker.isOpen).toBe(true)
  expect(broker.calls.length - before).toBeLessThanOrEqual(6)
  broker.isOpen = false
  await live([quiet], 900_000)
  expect(broker.calls.length - before).toBeLessThanOrEqual(12)
  expect(quiet.session.health()).toMatchObject({ state: 'lost', isKeeper: false })
  expect(store.entries).toEqual(entries)
  expect(broker.count(INIT)).toBe(1)
  await live([opener, quiet], 120_000)
  expect(broker.count(INIT)).toBe(2)
  expect(quiet.session.health()).toMatchObject({ state: 'open', epoch: 2 })
})

it('a keeper that gave up keeps no more, and says so', async () => {
  const [keeper, other] = (await fleet(2)) as [Setup, Setup]
  for (const { session } of [keeper, other]) await session.open({ compete: true })
  await live([keeper], 20_000)
  expect(keeper.session.health().isKeeper).toBe(true)
  keeper.broker.answering(() => json(401, { error: 'not authenticated' }))
  await live([keeper], 600_000)
  expect(keeper.session.health()).toMatchObject({ state: 'given-up', isKeeper: false })
  keeper.broker.answering(() => undefined)
  await live([keeper, other], 60_000)
  expect(keepers([keeper, other])).toEqual([other])
})

it('a keeper that closes hands over at once', async () => {
  const members = await fleet(3)
  await Promise.all(members.map(({ session }) => session.open({ compete: true })))
  await live(members, 20_000)
  const [leaving] = keepers(members) as [Setup]
  await leaving.session.close()
  const rest = members.filter((member) => member !== leaving)
  await live(rest, 10_000)
  expect(keepers(rest)).toHaveLength(1)
})

/** Members that opened the session of one broker, and lived with it for a while. */
async function openFleet(size: number, ms: number) {
  const members = await fleet(size)
  await Promise.all(members.map(({ session }) => session.open({ compete: true })))
  await live(members, ms)
  const [{ broker }] = members as [Setup]
  return { members, broker }
}

it('a keeper that closes during a step tells the others no loss afterwards', async () => {
  const members = await fleet(3)
  const [{ broker, time }] = members as [Setup]
  await Promise.all(members.map(({ session }) => session.open({ compete: true })))
  await live(members, 20_000)
  const [leaving] = keepers(members) as [Setup]
  const [asked, answered] = [deferred(), deferred()]
  broker.answering(async () => {
    asked.resolve()
    await answered.promise
    return undefined as never
  })
  time.now += 60_000
  const step = leaving.session.step()
  await asked.promise
  await leaving.session.close()
  answered.resolve()
  await step
  broker.answering(() => undefined)
  const rest = members.filter((member) => member !== leaving)
  await live(rest, 60_000)
  expect(rest.map(({ types }) => types())).toEqual(
    rest.map(() => expect.not.arrayContaining(['lost'])),
  )
  expect(keepers(rest)).toHaveLength(1)
})

it('exclusive: work that begins while a member asks the store is not disturbed by its tickle', async () => {
  const { promise, resolve } = deferred()
  const store = memoryStore()
  const { getItem } = store
  let isSlow = false
  const slow = {
    ...store,
    async getItem(key: string) {
      if (isSlow) await promise
      return await getItem(key)
    },
  }
  const sharing = { store: slow, storeKey: 'unsealed', sharedAs: 'exampleuser1' } as const
  const { session, broker, time } = setUp({ ...sharing, lock: makeLock() })
  await session.open({ compete: true })
  await session.step()
  time.now += 60_000
  isSlow = true
  const step = session.step()
  await settle()
  const [begun, done] = [deferred(), deferred()]
  const work = session.exclusive(async () => {
    begun.resolve()
    await done.promise
  })
  await begun.promise
  const before = broker.count(TICKLE)
  resolve()
  const { nextStepAtMs } = await step
  expect(broker.count(TICKLE)).toBe(before)
  expect(Number(nextStepAtMs) - time.now).toBe(1000)
  done.resolve()
  await work
  await session.step()
  expect(broker.count(TICKLE)).toBe(before + 1)
})

it('exclusive: a keeper shows its life during long work, so that no other member sends a tickle', async () => {
  const { members, broker } = await openFleet(3, 60_000)
  const [keeper] = keepers(members) as [Setup]
  const done = deferred()
  const work = keeper.session.exclusive(() => done.promise)
  await live(members, 30_000)
  const before = broker.count(TICKLE)
  await live(members, 100_000)
  expect(keepers(members)).toEqual([keeper])
  expect(broker.count(TICKLE)).toBe(before)
  done.resolve()
  await work
})

it('all members learn that it was lost and is back, and one opens it', async () => {
  const { members, broker } = await openFleet(5, 60_000)
  broker.isOpen = false
  await live(members, 90_000)
  expect(broker.count(INIT)).toBe(2)
  expect(members.map(({ session }) => session.health().epoch)).toEqual([2, 2, 2, 2, 2])
})

it('no bridge at many members is one opening', async () => {
  const { members, broker } = await openFleet(8, 20_000)
  broker.isOpen = false
  const answers = await Promise.all(
    members.flatMap(({ session }) => [1, 2, 3].map(() => session.fetch('/iserver/accounts'))),
  )
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(broker.count(INIT)).toBe(2)
})

it('a member that alone took the session for lost learns from its keeper that it lives', async () => {
  const store = memoryStore()
  let isDown = false
  const failing = {
    ...store,
    getItem: async (key: string) =>
      isDown ? Promise.reject(new Error('down')) : store.getItem(key),
    setItem: async (...given: Parameters<typeof store.setItem>) =>
      isDown ? Promise.reject(new Error('down')) : store.setItem(...given),
  }
  const shared = {
    store,
    storeKey: 'unsealed',
    lock: makeLock(),
    sharedAs: 'exampleuser1',
  } as const
  const keeper = setUp(shared)
  const member = setUp({ ...shared, store: failing }, keeper)
  const members = [keeper, member]
  const { broker } = keeper
  for (const { session } of members) await session.open({ compete: true })
  await live(members, 20_000)
  isDown = true
  broker.answering(({ path }) => {
    if (path === '/iserver/account/trades') return json(400, { error: 'no bridge' })
    return path === '/iserver/auth/status' ? json(503, { error: 'down' }) : undefined
  })
  await failure(() => member.session.fetch('/iserver/account/trades'))
  expect(member.session.health().state).toBe('lost')
  isDown = false
  broker.answering(() => undefined)
  await live(members, 300_000)
  expect(members.map(({ session }) => session.health().state)).toEqual(['open', 'open'])
  expect(member.types().at(-1)).toBe('reopened')
  expect(broker.count(INIT)).toBe(1)
})

it('a member that slept through several openings goes on with the epoch of its fleet', async () => {
  const { first, second } = await openPair(memoryStore())
  await live([first, second], 20_000)
  for (const epoch of [2, 3, 4]) {
    first.broker.isOpen = false
    await live([first], 90_000)
    expect(first.session.health()).toMatchObject({ state: 'open', epoch })
  }
  expect(await second.session.step()).toMatchObject({ state: 'open', epoch: 4 })
  expect(first.broker.count(INIT)).toBe(4)
})

it('an older entry that the store brings back is not believed', async () => {
  const store = memoryStore()
  const { first, second } = await openPair(store)
  await live([first, second], 20_000)
  const old = new Map(store.entries)
  first.broker.isOpen = false
  await live([first, second], 90_000)
  expect(second.session.health().epoch).toBe(2)
  for (const [key, value] of old) store.entries.set(key, value)
  const { epoch } = await second.session.step()
  expect(epoch).toBe(2)
  await live([first, second], 90_000)
  expect(keepers([first, second])).toHaveLength(1)
  expect(first.broker.count(INIT)).toBe(2)
})

it.each([
  [86_400_000, 1],
  [86_400_001, 2],
])(
  'an entry that asks for a wait of %d ms: a day is believed, more is not',
  async (waitMs, openings) => {
    const store = memoryStore()
    const { first, second } = await openPair(store)
    await second.session.open({ compete: true })
    await live([first, second], 20_000)
    const [[key, value]] = [...store.entries] as [[string, string]]
    const entry = JSON.parse(new TextDecoder().decode(base64UrlToBytes(value.slice('v1.'.length))))
    const planted = {
      ...entry,
      ...{ term: entry.term + 1, isOpen: false, lostReason: 'gone', keeper: '' },
      ...{ waitUntilMs: entry.aliveAtMs + waitMs, waitReason: 'unavailable' },
    }
    store.entries.set(
      key,
      `v1.${bytesToBase64Url(new TextEncoder().encode(JSON.stringify(planted)))}`,
    )
    first.broker.isOpen = false
    await live([second], 60_000)
    expect(first.broker.count(INIT)).toBe(openings)
  },
)

it('an entry whose numbers are objects without text is not believed', async () => {
  const store = memoryStore()
  const first = setUp(unsealed(store))
  await first.session.open({ compete: true })
  const [key] = [...store.entries.keys()] as [string]
  const none = { toString: 1, valueOf: 1 }
  for (const aliveAtMs of [none, '5', null]) {
    for (const waitUntilMs of [none, 5, '5', undefined]) {
      const planted = { epoch: 9, term: 9, revision: 9, tickledAtMs: 1, keeper: '', isOpen: true }
      const text = JSON.stringify({ ...planted, aliveAtMs, waitUntilMs })
      store.entries.set(key, `v1.${bytesToBase64Url(new TextEncoder().encode(text))}`)
      expect(await first.session.step()).toMatchObject({ state: 'open', epoch: 1 })
    }
  }
})

it('members whose clocks differ by an hour have one keeper', async () => {
  const shared = unsealed(memoryStore())
  const first = setUp(shared)
  const { time } = first
  const ahead = setUp({ ...shared, now: () => time.now + 3_600_000 }, first)
  const behind = setUp({ ...shared, now: () => time.now - 3_600_000 }, first)
  const members = [first, ahead, behind]
  for (const { session } of members) await session.open({ compete: true })
  const before = first.broker.count(TICKLE)
  for (let second = 0; second < 600; second += 5) {
    for (const { session } of members) await session.step()
    time.now += 5000
  }
  expect(keepers(members)).toHaveLength(1)
  expect(first.broker.count(TICKLE) - before).toBeLessThanOrEqual(11)
  expect(first.broker.count(INIT)).toBe(1)
})

it('a step that is ended while the store is asked takes nothing over from the keeper', async () => {
  const store = memoryStore()
  let answered: Promise<void> | undefined
  const slow = {
    ...store,
    async getItem(key: string) {
      await answered
      return await store.getItem(key)
    },
  }
  const shared = { storeKey: 'unsealed', sharedAs: 'user', fleetSize: 1 } as const
  const keeper = setUp({ ...shared, store })
  await keeper.session.open({ compete: true })
  await keeper.session.step()
  const { session } = setUp({ ...shared, store: slow }, keeper)
  const { promise, resolve } = deferred()
  answered = promise
  const before = new Map(store.entries)
  const controller = new AbortController()
  const step = session.step({ signal: controller.signal })
  await settle()
  controller.abort(new Error('enough'))
  await expect(step).rejects.toThrow('enough')
  resolve()
  await settle()
  expect(store.entries).toEqual(before)
  expect(session.health().isKeeper).toBe(false)
})

it('a step during which the session is closed sends nothing afterwards', async () => {
  const store = memoryStore()
  const [asked, answered] = [deferred(), deferred()]
  const { getItem } = store
  let isSlow = false
  const slow = {
    ...store,
    async getItem(key: string) {
      if (!isSlow) return await getItem(key)
      asked.resolve()
      await answered.promise
      return await getItem(key)
    },
  }
  const shared = { store: slow, storeKey: 'unsealed', sharedAs: 'user' } as const
  const { session, broker, time } = setUp(shared)
  await session.open({ compete: true })
  await session.step()
  time.now += 15_000
  isSlow = true
  const step = session.step({ intervalMs: 5000 })
  await asked.promise
  const closing = session.close()
  answered.resolve()
  await closing
  const before = broker.calls.length
  expect(await step).toMatchObject({ state: 'closed', nextStepAtMs: undefined })
  expect(broker.calls.slice(before)).toEqual([])
})

it('a member that closes when it is told of a failure does not tell the others that their session is lost', async () => {
  const shared = unsealed(memoryStore())
  const keeper = setUp(shared)
  const onEvent = ({ type }: { readonly type: string }) => {
    if (type === 'waiting') void leaving.session.close()
  }
  const leaving = setUp({ ...shared, onEvent }, keeper)
  for (const { session } of [keeper, leaving]) await session.open({ compete: true })
  await live([keeper], 10_000)
  keeper.broker.answering(() => 'lost')
  await failure(() => leaving.session.open({ compete: true }))
  expect(leaving.session.health().state).toBe('closed')
  keeper.broker.answering(() => undefined)
  await live([keeper], 20_000)
  expect(keeper.types()).toEqual(['opened', 'keeper'])
  expect(keeper.session.health()).toMatchObject({ state: 'open', epoch: 1 })
})

it('a keeper that closes its session when its stream is closed hands over a session that is open', async () => {
  const shared = unsealed(memoryStore())
  const leaving = setUp(shared)
  const staying = setUp(shared, leaving)
  for (const { session } of [leaving, staying]) await session.open({ compete: true })
  await live([leaving, staying], 10_000)
  expect(keepers([leaving, staying])).toEqual([leaving])
  const { webSocket } = makeSockets()
  const stream = await leaving.session.openStream({ webSocket })
  stream.on('closed', () => void leaving.session.close())
  await leaving.session.close()
  await live([staying], 10_000)
  expect(staying.types()).toEqual(['opened', 'keeper'])
})

it('a member that waits for its turn while the store goes down does not become another keeper', async () => {
  const store = memoryStore()
  const shared = { store, storeKey: 'unsealed', sharedAs: 'user' } as const
  const inTurn = makeLock()
  const [asked, turn] = [deferred(), deferred()]
  const first = setUp({ ...shared, lock: inTurn })
  let isHeldUp = false
  const lock: typeof inTurn = async (name, work, options) => {
    if (!isHeldUp) return await inTurn(name, work, options)
    asked.resolve()
    await turn.promise
    return await work()
  }
  const second = setUp({ ...shared, lock }, first)
  for (const { session } of [first, second]) await session.open({ compete: true })
  isHeldUp = true
  const step = second.session.step()
  await asked.promise
  await first.session.step()
  expect(first.session.health().isKeeper).toBe(true)
  store.getItem = () => {
    throw new Error('down')
  }
  turn.resolve()
  await step
  expect(second.session.health().isKeeper).toBe(false)
})

it('a store that is down costs no session, and no storm of tickles', async () => {
  const members = await fleet(10)
  const [{ broker, time }] = members as [Setup]
  await Promise.all(members.map(({ session }) => session.open({ compete: true })))
  await live(members, 30_000)
  const down = () => {
    throw new Error('down')
  }
  const store = memoryStore()
  const broken = setUp(unsealed({ ...store, getItem: down, setItem: down, removeItem: down }), {
    broker,
    time,
  })
  await broken.session.open({ compete: true })
  const before = broker.count(TICKLE)
  await live([broken], 600_000)
  expect(broken.session.health().state).toBe('open')
  expect(broker.count(TICKLE) - before).toBeLessThanOrEqual(11)
  expect(broken.events.some(({ type }) => type === 'store-failed')).toBe(true)
})

it('a store that is down for a quarter of an hour brings no burst of tickles, and no end of the session', async () => {
  const state = { isDown: false }
  const { getItem, setItem, removeItem } = memoryStore()
  const refuseDown = () => {
    if (state.isDown) throw new Error('down')
  }
  const store = {
    removeItem,
    getItem: (key: string) => {
      refuseDown()
      return getItem(key)
    },
    setItem: (...entry: Parameters<typeof setItem>) => {
      refuseDown()
      return setItem(...entry)
    },
  }
  const members = await fleet(100, { store, fleetSize: 60 })
  const [{ broker }] = members as [Setup]
  await Promise.all(members.map(({ session }) => session.open({ compete: true })))
  await live(members, 30_000)
  // The keeper dies, and with the store down nobody can take over.
  const [dead] = keepers(members) as [Setup]
  const living = members.filter((member) => member !== dead)
  state.isDown = true
  const before = broker.calls.length
  await live(living, 900_000)
  const perSecond = new Map<number, number>()
  for (const { atMs } of broker.calls.slice(before)) {
    const second = Math.floor(atMs / 1000)
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
  }
  expect(broker.isOpen).toBe(true)
  expect(broker.count(INIT)).toBe(1)
  expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(6)
  state.isDown = false
  await live(living, 120_000)
  expect(keepers(living)).toHaveLength(1)
}, 60_000)

it('the entry is sealed, and holds no session id', async () => {
  const store = memoryStore()
  const { session } = setUp({ store, storeKey: 'unsealed', lock: makeLock(), sharedAs: 'user' })
  await session.open({ compete: true })
  const [[key, value]] = [...store.entries] as [[string, string]]
  expect(key).toMatch(/^isoauth:ibkr-session:[\da-f]{64}$/)
  expect(atob(value.slice(3).replace(/-/g, '+').replace(/_/g, '/'))).not.toContain('5e551011')
})

it('waits for a store that does not answer a quarter of timeoutMs at a time', async () => {
  const never = () => new Promise<never>(() => {})
  const store = { getItem: never, setItem: never, removeItem: never }
  const shared = { store, storeKey: await aesKey(), lock: makeLock(), sharedAs: 'exampleuser1' }
  // A quarter is a wait that is skipped here, and five seconds, as it was for any timeoutMs, is none.
  const { session, broker } = setUp({ ...shared, timeoutMs: 6000 })
  await session.open({ compete: true })
  await session.step()
  await session.close()
  expect(broker.count(INIT)).toBe(1)
})
