/** What one member of a fleet writes for the others, and what it believes of what it finds. */
import { describe, expect, it } from 'vitest'
import { memoryStore, wrong } from '../../../tests/support/index.ts'
import { openSharedSession, type SharedFacts } from '../src/internal/shared-session.ts'

const START = 1_000_000
const { signal } = new AbortController()
const facts = { epoch: 1, isOpen: true, tickledAtMs: START }

function setUp({ isShared = true } = {}) {
  const store = memoryStore()
  const time = { now: START }
  const events: unknown[] = []
  const member = () =>
    openSharedSession(
      wrong({
        ...{ store: isShared ? store : undefined, storeKey: 'unsealed' },
        ...{ sharedAs: 'test', lock: undefined },
        ...{ now: () => time.now, timeoutMs: 20_000, openTimeoutMs: 20_000 },
      }),
      (event) => void events.push(event),
    )
  const entry = () => {
    const [text = ''] = store.entries.values()
    return JSON.parse(atob(text.slice(3).replace(/-/g, '+').replace(/_/g, '/')))
  }
  /** Puts an entry in the place of the one that is there. */
  const put = (change: object) => {
    const [key = ''] = store.entries.keys()
    store.entries.set(
      key,
      `v1.${btoa(JSON.stringify({ ...entry(), ...change })).replace(/=+$/, '')}`,
    )
  }
  return { store, time, events, member, entry, put }
}
const told = (given: SharedFacts) => () => given

describe('a keeper', () => {
  it('tells its own facts where the entry’s are of the same session', async () => {
    const { member, entry, time } = setUp()
    const keeper = member()
    expect(await keeper.lead(told(facts), signal)).toMatchObject({ role: 'keeper' })
    time.now += 7000
    const later = { ...facts, tickledAtMs: START + 6000, isOpen: false }
    await keeper.lead(told(later), signal)
    expect(entry()).toMatchObject({ ...later, term: 1, revision: 1, aliveAtMs: START + 7000 })
  })

  it('tells the entry’s facts where they are of a later session', async () => {
    const { member, entry, put, time } = setUp()
    const keeper = member()
    await keeper.lead(told(facts), signal)
    put({ epoch: 2, revision: 1, tickledAtMs: START - 1 })
    time.now += 7000
    await keeper.lead(told({ ...facts, isOpen: false }), signal)
    expect(entry()).toMatchObject({ epoch: 2, isOpen: true, revision: 2 })
    expect(entry()).not.toHaveProperty('isFresh')
  })

  it.each([
    ['a second before it is time', 5999, 0],
    ['when it is nearly time', 6000, 1],
    ['when its clock was set back', -1, 1],
  ])('shows its life %s or not: %i ms, %i times', async (_, ms, revision) => {
    const { member, entry, time } = setUp()
    const keeper = member()
    await keeper.lead(told(facts), signal)
    time.now += ms
    await keeper.lead(told(facts), signal)
    expect(entry()['revision']).toBe(revision)
  })

  it('believes no entry of an earlier session, whatever its term', async () => {
    const { member, entry, put, time } = setUp()
    const keeper = member()
    await keeper.lead(told(facts), signal)
    put({ epoch: 0, term: 5, keeper: 'another', aliveAtMs: START + 6000 })
    time.now += 7000
    expect((await keeper.lead(told(facts), signal)).role).toBe('keeper')
    expect(entry()).toMatchObject({ epoch: 1 })
  })

  it('follows one that opened a later session, although it has taken over more often itself', async () => {
    const { member, entry, put, time } = setUp()
    const first = member()
    await first.lead(told(facts), signal)
    put({ term: 5 })
    await first.read(signal)
    time.now += 21_000
    await first.lead(told(facts), signal)
    expect(entry()).toMatchObject({ term: 6, epoch: 1 })
    put({ term: 2, epoch: 3, keeper: 'another' })
    expect(await first.lead(told(facts), signal)).toMatchObject({
      role: 'follower',
      found: { epoch: 3 },
    })
  })

  it('without a lock is the one whose entry stayed', async () => {
    const { member, put, store } = setUp()
    const { setItem } = store
    store.setItem = async (...given) => {
      await setItem(...given)
      put({ keeper: 'another', aliveAtMs: START + 1 })
    }
    expect((await member().lead(told(facts), signal)).role).toBe('follower')
  })

  it('of a store that gives nothing back keeps for itself', async () => {
    const { member, store } = setUp()
    store.getItem = () => undefined
    expect((await member().lead(told(facts), signal)).role).toBe('keeper')
  })

  it('that resigns while it takes over leaves no entry of its own, and is none afterwards', async () => {
    const { member, entry, store, events } = setUp()
    const { setItem } = store
    const leaving = member()
    let resigning: Promise<void> | undefined
    store.setItem = async (...given) => {
      resigning ??= leaving.resign(facts)
      await setItem(...given)
    }
    await leaving.lead(told(facts), signal)
    await resigning
    expect([entry()['keeper'], leaving.isKeeper(), events]).toEqual(['', false, []])
    await leaving.lead(told(facts), signal)
    expect([entry()['keeper'], leaving.isKeeper(), events]).toEqual(['', false, []])
  })

  it('that resigns leaves the entry of another one that has taken over meanwhile', async () => {
    const { member, entry, put } = setUp()
    const leaving = member()
    await leaving.lead(told(facts), signal)
    put({ keeper: 'another', term: 2 })
    await leaving.read(signal)
    await leaving.resign(facts)
    expect([entry()['keeper'], leaving.isKeeper()]).toEqual(['another', false])
  })

  it('that resigns is followed at once', async () => {
    const { member, entry, events } = setUp()
    const [first, second, third] = [member(), member(), member()]
    await first.lead(told(facts), signal)
    expect((await second.lead(told(facts), signal)).role).toBe('follower')
    await third.lead(told(facts), signal)
    await third.resign(facts)
    expect(entry()['keeper']).not.toBe('')
    await first.resign({ ...facts, isOpen: false })
    expect(entry()).toMatchObject({ keeper: '', isOpen: false, term: 1, revision: 1 })
    expect(first.isKeeper()).toBe(false)
    expect((await second.lead(told(facts), signal)).role).toBe('keeper')
    expect(entry()['term']).toBe(2)
    expect(events).toEqual([
      { type: 'keeper', isKeeper: true },
      { type: 'keeper', isKeeper: true },
    ])
  })
})

it('who shares nothing is the keeper of it, and writes nothing', async () => {
  const { store, events, member } = setUp({ isShared: false })
  const alone = member()
  expect(await alone.lead(told(facts), signal)).toEqual({ role: 'keeper' })
  await alone.write(facts)
  expect([alone.isShared, await alone.read(signal)]).toEqual([false, undefined])
  expect([store.entries.size, events]).toEqual([0, []])
})

describe('an entry', () => {
  it.each<[string, object, boolean]>([
    ['as it is written', {}, true],
    ['with a wait of a day', { waitUntilMs: START + 86_400_000 }, true],
    ['with a wait of more', { waitUntilMs: START + 86_400_001 }, false],
    ['with a wait long ago', { waitUntilMs: START - 86_400_001 }, false],
    ['with a wait of text', { waitUntilMs: 'soon' }, false],
    ['without an epoch', { epoch: undefined }, false],
    ['with a term of text', { term: '1' }, false],
    ['without a revision', { revision: null }, false],
    ['without its last tickle', { tickledAtMs: undefined }, false],
    ['without a time', { aliveAtMs: undefined }, false],
    ['whose keeper is a number', { keeper: 5 }, false],
    ['that does not say whether the session is open', { isOpen: 'yes' }, false],
  ])('%s is believed or not', async (_, change, isBelieved) => {
    const { member, put } = setUp()
    await member().lead(told(facts), signal)
    put(change)
    expect((await member().read(signal)) !== undefined).toBe(isBelieved)
  })

  it('is told on the clock as it is, also where that was set back since', async () => {
    const { member, time } = setUp()
    const keeper = member()
    const waits = { ...facts, isOpen: false, waitUntilMs: START + 5000, waitReason: 'refused' }
    await keeper.lead(told(wrong(waits)), signal)
    time.now -= 3_600_000
    const { found } = await keeper.lead(told(facts), signal)
    expect(found).toMatchObject({ waitUntilMs: time.now + 5000, tickledAtMs: time.now })
  })

  it('is told on the clock of who reads it', async () => {
    const { member, put, time } = setUp()
    await member().lead(told(facts), signal)
    put({ tickledAtMs: START - 500, waitUntilMs: START + 2000, waitReason: 'unreachable' })
    time.now += 3_600_000
    const reader = member()
    const silentSinceMs = time.now - 20_000
    expect(await reader.read(signal)).toMatchObject({
      ...{ epoch: 1, isOpen: true, isFresh: false, waitReason: 'unreachable' },
      ...{ tickledAtMs: silentSinceMs - 500, waitUntilMs: silentSinceMs + 2000 },
    })
  })
})
