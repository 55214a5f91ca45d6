/** What members of a fleet share: the token, its generation, and the pause after a failure. */
import { describe, expect, it, vi } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { makeLock, memoryStore, wrong } from '../../../tests/support/index.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { quickest } from '../../../tests/support/quickest.ts'
import {
  createTokenSource,
  type TokenSource,
  type TokenSourceOptions,
} from '../src/internal/token-source.ts'
import { HOUR_MS, memberOptions, ofTokens, type Token } from './member-options.ts'
import { failure, newError } from './support.ts'

const MINUTE_MS = 60_000

/** A service that gives tokens with rising numbers, or refuses, and members with clocks of their own. */
function setUp(shared: Partial<TokenSourceOptions<Token, number>> = {}) {
  const { time, events, common } = memberOptions()
  const service = { logins: 0, refuses: false }
  const member = (
    more: Partial<TokenSourceOptions<Token, number>> = {},
    aheadMs = 0,
  ): TokenSource<Token, number> =>
    createTokenSource<Token, number>({
      renew: async () => {
        service.logins++
        if (service.refuses) {
          throw newError(wrong('TEST_UNAUTHORIZED'), 'Refused.', { status: 401 })
        }
        const obtainedAtMs = time.now + aheadMs
        return { id: service.logins, obtainedAtMs, expiresAtMs: obtainedAtMs + 24 * HOUR_MS }
      },
      ...ofTokens,
      ...common,
      now: () => time.now + aheadMs,
      ...shared,
      ...more,
    })
  return { time, service, events, member }
}

const unsealed = (store = memoryStore()) => ({ store, storeKey: 'unsealed' as const })
const written = (store: ReturnType<typeof memoryStore>, count = 1) =>
  eventually(() => expect(store.entries.size).toBeGreaterThanOrEqual(count))

/** A member whose token is in the store. */
async function setUpWritten() {
  const shared = unsealed()
  const made = setUp(shared)
  const source = made.member()
  await source.get()
  await written(shared.store)
  return { ...made, shared, source }
}

/** A service that refused the sign-in of a member, whose pause is in the store. */
async function setUpRefused() {
  const shared = unsealed()
  const made = setUp(shared)
  made.service.refuses = true
  const refusal = await failure(() => made.member().get())
  await written(shared.store)
  return { ...made, shared, refusal }
}

describe('the token', () => {
  it('of a fresh process that is refused is first of all looked for in the store', async () => {
    const { shared, source: loser, member, time, service } = await setUpWritten()
    const winner = member()
    time.now += 2 * MINUTE_MS
    expect((await winner.get({ replacing: 1 })).id).toBe(2)
    await eventually(() => expect([...shared.store.entries.values()][0]).toContain('v1.'))
    // Seconds old, and refused: the loser's own rule would keep it for a minute.
    expect((await member().get()).id).toBe(2)
    expect((await loser.get({ replacing: 1 })).id).toBe(2)
    expect(service.logins).toBe(2)
  })

  it('that is held gives way to none that is older, whatever became of the last write', async () => {
    const { shared, source, time, service } = await setUpWritten()
    time.now += 2 * MINUTE_MS
    shared.store.setItem = () => {
      throw new Error('full')
    }
    expect((await source.get({ replacing: 1 })).id).toBe(2)
    time.now += 2 * MINUTE_MS
    expect((await source.get({ replacing: 2 })).id).toBe(3)
    expect(service.logins).toBe(3)
  })

  it('that is older and comes back in the store replaces none, for whoever has seen the newer one', async () => {
    const { shared, source: first, member, time, service } = await setUpWritten()
    const second = member()
    const old = new Map(shared.store.entries)
    time.now += 2 * MINUTE_MS
    expect((await first.get({ replacing: 1 })).id).toBe(2)
    await eventually(async () => expect((await second.get({ replacing: 1 })).id).toBe(2))
    for (const [key, value] of old) shared.store.entries.set(key, value)
    time.now += 2 * MINUTE_MS
    expect((await second.get({ replacing: 2 })).id).toBe(3)
    // Its generation is above that of the one which came back, so the store is right again.
    await eventually(async () => expect((await first.get({ replacing: 2 })).id).toBe(3))
    expect(service.logins).toBe(3)
  })

  it('that another member obtained after the store was emptied is told as a renewal', async () => {
    const { shared, member, source: first, time, events } = await setUpWritten()
    shared.store.entries.clear()
    await member().get()
    await written(shared.store)
    time.now += 2 * MINUTE_MS
    // Both are the first of their generation.
    expect((await first.get({ replacing: 1 })).id).toBe(2)
    expect(events.map(({ type }) => type)).toEqual(['renewed'])
  })

  it('of a member whose clock is two hours behind is taken all the same', async () => {
    const shared = unsealed()
    const { member, time, service } = setUp(shared)
    const [right, behind] = [member(), member({}, -2 * HOUR_MS)]
    await right.get()
    await written(shared.store)
    time.now += 2 * MINUTE_MS
    expect((await behind.get({ replacing: 1 })).id).toBe(2)
    await eventually(async () => expect((await right.get({ replacing: 1 })).id).toBe(2))
    expect(service.logins).toBe(2)
  })

  it('whose time lies ahead is not young for ever', async () => {
    const { member, time, service } = setUp()
    const source = member()
    await source.get()
    time.now -= 3 * HOUR_MS
    expect((await source.get({ replacing: 1 })).id).toBe(2)
    expect(service.logins).toBe(2)
  })

  it('is given before it is written: a store that hangs costs no time', async () => {
    const store = { ...memoryStore(), setItem: () => new Promise(() => {}) }
    // A wait for the store, of whatever part of this time, would outlast the test.
    const { member } = setUp({ store: wrong(store), storeKey: 'unsealed', timeoutMs: 2 ** 31 - 1 })
    expect((await member().get()).id).toBe(1)
  })

  it('is made once by a lock that calls its work twice', async () => {
    const lock = async (_name: string, work: () => Promise<unknown>) => {
      await Promise.all([work(), work()])
    }
    const { member, service } = setUp({ lock: wrong(lock) })
    expect((await member().get()).id).toBe(1)
    expect(service.logins).toBe(1)
  })

  it('that was refused under a lock that does not wait for its work rejects in sight', async () => {
    const lock = async (_name: string, work: () => Promise<unknown>) => {
      work()
    }
    const { member, service } = setUp({ lock: wrong(lock) })
    service.refuses = true
    expect(await failure(() => member().get())).toMatchObject({ code: 'TEST_UNAUTHORIZED' })
  })
})

describe('an entry', () => {
  it('that is there and does not open is told, once', async () => {
    const shared = unsealed()
    const { member, events } = setUp(shared)
    await member().get()
    await written(shared.store)
    for (const [key] of shared.store.entries) shared.store.entries.set(key, 'v1.!!')
    const source = member()
    await source.get()
    await source.get({ replacing: 2 })
    expect(events.filter(({ type }) => type === 'store-failed')).toEqual([
      { type: 'store-failed', operation: 'open' },
    ])
  })

  it.each([
    ['bytes', (bytes: Uint8Array) => bytes],
    ['a buffer', ({ buffer }: Uint8Array) => buffer],
  ])('given back as %s is read', async (_, as) => {
    const shared = unsealed()
    const { member, service, events } = setUp(shared)
    await member().get()
    await written(shared.store)
    const getItem = (key: string) => {
      const text = shared.store.entries.get(key)
      return text === undefined ? null : as(new TextEncoder().encode(text))
    }
    expect((await member({ store: { ...shared.store, getItem } }).get()).id).toBe(1)
    expect([service.logins, events]).toEqual([1, []])
  })

  it('that is never given back is told', async () => {
    const store = { getItem: () => null, setItem: () => {}, removeItem: () => {} }
    const { member, events } = setUp({ store, storeKey: 'unsealed' })
    await member().get()
    await eventually(() => expect(events).toEqual([{ type: 'store-failed', operation: 'open' }]))
  })

  it('that opens and is no token is told, once', async () => {
    for (const text of ['', '{}', '{"generation":1,"token":"x"}', '[', 'null', 'v1.']) {
      const entry = `v1.${btoa(text).replace(/=/g, '')}`
      const { member, events } = setUp({
        store: { ...memoryStore(), getItem: () => entry },
        storeKey: 'unsealed',
      })
      const source = member()
      for (const replacing of [undefined, 1]) await source.get({ replacing })
      expect([text, events]).toEqual([text, [{ type: 'store-failed', operation: 'open' }]])
    }
  })

  it.each([
    ['of 20 MB', `v1.${'A'.repeat(20_000_000)}`],
    ['with loose bits of base64', 'v1.eyJ9'],
    ['that is no token', `v1.${btoa('{"generation":1,"token":"x"}').replace(/=/g, '')}`],
    ['that is an object', { generation: 1 }],
  ])('%s is no token', async (_, entry) => {
    const store = { ...memoryStore(), getItem: () => entry }
    const { member } = setUp({ store: wrong(store), storeKey: 'unsealed' })
    const read = async () => expect((await member().get()).id).toBe(++read.count)
    read.count = 0
    expect(await quickest(2000, read)).toBeLessThan(2000)
  })
})

it.each([
  ['an end that lies past all lives', { expiresAtMs: 1e300 }, 7],
  ['an end that never comes', { expiresAtMs: null }, 7],
  ['a generation that has no next one', {}, 1e300],
])(
  'of a store with %s is no token of ours: it is told and replaced',
  async (_, more, generation) => {
    const { shared, member, time, events, service } = await setUpWritten()
    const [key = ''] = shared.store.entries.keys()
    const token = { id: 66, obtainedAtMs: time.now, expiresAtMs: time.now + HOUR_MS, ...more }
    // JSON has no word for infinity, and reads one all the same.
    const text = JSON.stringify({
      generation,
      token: JSON.stringify(token).replace('null', '1e999'),
    })
    shared.store.entries.set(key, `v1.${btoa(text).replaceAll('=', '')}`)
    expect((await member().get()).id).toBe(2)
    expect(service.logins).toBe(2)
    expect(events).toContainEqual({ type: 'store-failed', operation: 'open' })
  },
)

it('does not wait twice for a store that cannot be read', async () => {
  const getItem = vi.fn(async () => {
    throw new Error('down')
  })
  const store = { getItem, setItem: getItem, removeItem: getItem }
  const { member } = setUp({ store: wrong(store), storeKey: 'unsealed' })
  expect((await member().get()).id).toBe(1)
  // The token's entry is asked for, and the pause's no more; the third is the writing.
  await eventually(() => expect(getItem).toHaveBeenCalledTimes(2))
})

it('renews for who joined while the refused token was read from the store', async () => {
  const shared = unsealed()
  const { member, time, service } = setUp(shared)
  await member().get()
  await written(shared.store)
  time.now += MINUTE_MS
  const fresh = member()
  const [first, second] = await Promise.all([fresh.get(), fresh.get({ replacing: 1 })])
  expect([first.id, second.id]).toEqual([1, 2])
  expect(service.logins).toBe(2)
})

describe('the pause after a refusal', () => {
  it('is shared: fifty members make one login', async () => {
    const shared = { ...unsealed(), lock: makeLock() }
    const { member, service } = setUp(shared)
    service.refuses = true
    const fleet = Array.from({ length: 50 }, () => member())
    const errors = await Promise.all(fleet.map((source) => failure(() => source.get())))
    expect(errors.map(({ code }) => code)).toEqual(Array(50).fill('TEST_UNAUTHORIZED'))
    expect(service.logins).toBeLessThanOrEqual(2)
    await eventually(() => expect(shared.store.entries.size).toBe(1))
    const before = service.logins
    for (const source of fleet) await failure(() => source.get())
    const late = await failure(() => member().get())
    expect(late).toMatchObject({ code: 'TEST_UNAUTHORIZED', nextAttemptAtMs: expect.any(Number) })
    expect(service.logins).toBe(before)
  })

  it('is not shared with mended credentials', async () => {
    const shared = unsealed()
    const { member, service } = setUp(shared)
    service.refuses = true
    await failure(() => member({ credentials: async () => ['old key'] }).get())
    await written(shared.store)
    service.refuses = false
    expect((await member({ credentials: async () => ['new key'] }).get()).id).toBe(2)
  })

  it('is kept for each set of credentials, whichever failed last', async () => {
    const shared = unsealed()
    const { member, service } = setUp(shared)
    service.refuses = true
    for (let round = 0; round < 3; round++) {
      for (const [index, key] of ['one', 'other'].entries()) {
        await failure(() => member({ credentials: async () => [key] }).get())
        await written(shared.store, index + 1)
      }
    }
    expect(service.logins).toBe(2)
  })

  it('is looked for under credentials that are told once, however often sign-in is tried', async () => {
    const shared = unsealed()
    const { member, service, time } = setUp(shared)
    let asked = 0
    const credentials = async () => {
      asked++
      if (asked === 1) throw new Error('not there yet')
      return ['key']
    }
    const source = member({ credentials })
    service.refuses = true
    for (let round = 0; round < 3; round++) {
      time.now = ((await failure(() => source.get()))['nextAttemptAtMs'] as number) + 1
    }
    await written(shared.store)
    expect(service.logins).toBe(3)
    expect(asked).toBe(2)
  })

  it("is not shared after a failure of a member's own fetch", async () => {
    const shared = { ...unsealed(), lock: makeLock() }
    const { member, service } = setUp(shared)
    const broken = member({
      renew: async () => {
        throw newError('OPTION_INVALID', 'No answer.', { option: 'fetch' })
      },
    })
    const errors = [await failure(() => broken.get()), await failure(() => broken.get())]
    expect(errors.map(({ nextAttemptAtMs }) => typeof nextAttemptAtMs)).toEqual([
      'number',
      'number',
    ])
    expect((await member().get()).id).toBe(1)
    expect(service.logins).toBe(1)
  })

  it('is believed for two hours at most, whoever wrote it', async () => {
    const { shared, member, service, time } = await setUpRefused()
    service.refuses = false
    const [[name, entry]] = [...shared.store.entries] as [[string, string]]
    const pause = JSON.parse(atob(entry.slice(3).replace(/-/g, '+').replace(/_/g, '/'))) as object
    for (const untilMs of [8e15, time.now + 7_300_000]) {
      const text = btoa(JSON.stringify({ ...pause, untilMs })).replace(/=+$/, '')
      shared.store.entries.clear()
      shared.store.entries.set(name, `v1.${text.replace(/\+/g, '-').replace(/\//g, '_')}`)
      expect((await member().get()).id).toBe(service.logins)
    }
    expect(service.logins).toBe(3)
  })

  it('grows over members, and ends with a success', async () => {
    const { shared, member, time, service, refusal } = await setUpRefused()
    time.now = refusal['nextAttemptAtMs'] as number
    const second = await failure(() => member().get())
    expect((second['nextAttemptAtMs'] as number) - time.now).toBeGreaterThan(50_000)
    await eventually(() => expect(service.logins).toBe(2))
    service.refuses = false
    time.now = second['nextAttemptAtMs'] as number
    expect((await member().get()).id).toBe(3)
    await eventually(() => expect(shared.store.entries.size).toBe(1))
  })

  it('grows over members of whom one insists, and ends with its success', async () => {
    const { shared, member, time, service } = await setUpRefused()
    const second = await failure(() => member().get({ isInsisting: true }))
    expect((second['nextAttemptAtMs'] as number) - time.now).toBeGreaterThan(50_000)
    service.refuses = false
    await member().get({ isInsisting: true })
    await eventually(() => expect(shared.store.entries.size).toBe(1))
  })

  it('ends when another member has succeeded meanwhile', async () => {
    const shared = unsealed()
    const { member, service } = setUp(shared)
    service.refuses = true
    const held = member()
    await failure(() => held.get())
    service.refuses = false
    await member().get({ isInsisting: true })
    await eventually(async () => expect((await held.get()).id).toBe(2))
  })
})

describe('credentials that never come', () => {
  // A quarter of the time is waited for them; what the other three are for is long done then.
  skipWaits(5000)

  it('keep nobody from being told of a refusal in time', async () => {
    const { member, service } = setUp({ ...unsealed(), lock: makeLock(), timeoutMs: 20_000 })
    service.refuses = true
    const source = member({ credentials: () => new Promise(() => {}) })
    for (let logins = 1; logins <= 2; logins++) {
      const error = await failure(() => source.get({ isInsisting: true }))
      expect(error).toMatchObject({ code: 'TEST_UNAUTHORIZED' })
      expect(service.logins).toBe(logins)
    }
  })
})

it('ends a caller in time although the work never does', async () => {
  const { member } = setUp({ timeoutMs: 50, renew: () => new Promise(() => {}) })
  const source = member()
  const errors = await Promise.all([failure(() => source.get()), failure(() => source.get())])
  expect(errors.map(({ code }) => code)).toEqual(['TIMEOUT', 'TIMEOUT'])
})

it('hands its renewals to waitUntil, with the writing of the store', async () => {
  const kept: Promise<unknown>[] = []
  const shared = unsealed()
  const { member } = setUp({ ...shared, waitUntil: (promise) => kept.push(promise) })
  await member().get()
  expect(kept).toHaveLength(1)
  await Promise.all(kept)
  expect(shared.store.entries.size).toBe(1)
})
