import { expect, it, vi } from 'vitest'
import { openSharedEntry, underLock } from '../src/internal/store.ts'
import { createTokenSource, type TokenSourceOptions } from '../src/internal/token-source.ts'
import { HOUR_MS, memberOptions, ofTokens, type Token } from './member-options.ts'
import { deferred, failure, newError, settle, toldAtOnce } from './support.ts'

function setUp(options: object = {}, lifeMs = HOUR_MS) {
  const { time, events, common } = memberOptions()
  let count = 0
  const renew = vi.fn(async (_signal: AbortSignal): Promise<Token> => {
    count++
    return { id: count, obtainedAtMs: time.now, expiresAtMs: time.now + lifeMs }
  })
  const standard: TokenSourceOptions<Token, number> = {
    renew,
    ...ofTokens,
    ...common,
  }
  const make = (more: object = {}) =>
    createTokenSource<Token, number>({ ...standard, ...options, ...more })
  return { source: make(), make, time, events, renew }
}

/** Rejects when the signal aborts. */
const rejectionOf = (signal: AbortSignal) =>
  new Promise<Token>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

it('keeps a token until the last tenth of its life, ten minutes at most', async () => {
  const { source, time, renew, events } = setUp()
  expect((await source.get()).id).toBe(1)
  time.now += HOUR_MS - 360_001
  expect((await source.get()).id).toBe(1)
  time.now += 1
  expect((await source.get()).id).toBe(2)
  expect(renew).toHaveBeenCalledTimes(2)
  expect(events).toEqual([{ type: 'renewed', expiresAtMs: time.now + HOUR_MS }])
})

it.each([
  ['heeds its signal', (signal: AbortSignal) => rejectionOf(signal)],
  ['heeds nothing', () => new Promise<Token>(() => {})],
])('tells the pause in the very error of a time limit, where the renewal %s', async (_, renew) => {
  const { make, events } = setUp({ timeoutMs: 50 })
  const source = make({ renew })
  const told = await source.get().catch(toldAtOnce)
  expect(told).toEqual({ nextAttemptAtMs: expect.any(Number), isAnnounced: true })
  await settle()
  expect(events).toMatchObject([{ type: 'held-back', code: 'TIMEOUT' }])
})

it('tells no renewal where the service gives the same token again', async () => {
  const { make, time, events } = setUp()
  const same = { id: 1, obtainedAtMs: time.now, expiresAtMs: time.now + HOUR_MS }
  const renew = vi.fn(async () => same)
  const source = make({ renew })
  await source.get()
  time.now += 60_000
  await source.get({ replacing: 1 })
  expect(renew.mock.calls.length).toBeGreaterThan(1)
  expect(events).toEqual([])
})

it('gives the token that still works where an early renewal fails, and tells both', async () => {
  const { source, time, renew, events } = setUp()
  const first = await source.get()
  time.now += HOUR_MS - 300_000
  renew.mockRejectedValueOnce(newError('NETWORK', 'No answer.'))
  expect(await source.get()).toBe(first)
  expect(events).toMatchObject([
    { type: 'held-back', code: 'NETWORK' },
    { type: 'early-renewal-failed', expiresAtMs: first.expiresAtMs },
  ])
})

it('a renewal that failed by an option is told as it is, and holds nothing back', async () => {
  const { source, renew, events } = setUp()
  const wrong = newError('OPTION_INVALID', 'Option scope must be a string.', { option: 'scope' })
  renew.mockRejectedValueOnce(wrong)
  await expect(source.get()).rejects.toBe(wrong)
  expect((await source.get()).id).toBe(1)
  expect(events).toEqual([])
})

it('never asks more than twice for a token that comes back dead', async () => {
  const { source, renew } = setUp({}, 0)
  await source.get()
  expect(renew.mock.calls.length).toBeLessThanOrEqual(2)
})

it('replaces a token once, and only when it is a minute old', async () => {
  const { source, time, renew } = setUp()
  await source.get()
  time.now += 59_999
  expect((await source.get({ replacing: 1 })).id).toBe(1)
  time.now += 1
  const both = await Promise.all([source.get({ replacing: 1 }), source.get({ replacing: 1 })])
  expect(both.map(({ id }) => id)).toEqual([2, 2])
  expect((await source.get({ replacing: 1 })).id).toBe(2)
  expect(renew).toHaveBeenCalledTimes(2)
})

it('renews before it is a minute old where it is over', async () => {
  const { source, time } = setUp({}, 30_000)
  await source.get()
  time.now += 30_000
  expect((await source.get({ replacing: 1 })).id).toBe(2)
})

it('reads the store again under the lock, so that the second of two does not renew', async () => {
  const entries = new Map<string, string>()
  const store = {
    getItem: (key: string) => entries.get(key),
    setItem: (key: string, value: string) => entries.set(key, value),
    removeItem: () => {},
  }
  const gate = deferred()
  let tail: Promise<unknown> = gate.promise
  const lock = (_: string, work: () => Promise<unknown>) => {
    const turn = tail.then(work)
    tail = turn
    return turn
  }
  const { make, renew } = setUp({ store, storeKey: 'unsealed', lock })
  const both = [make().get(), make().get()]
  await settle()
  gate.resolve()
  expect((await Promise.all(both)).map(({ id }) => id)).toEqual([1, 1])
  expect(renew).toHaveBeenCalledTimes(1)
})

it.each([4000, 20_000])(
  'takes another member’s newer token when its own lease may have run out: after %d ms',
  async (tookMs) => {
    const other = { id: 99, obtainedAtMs: 1_003_000, expiresAtMs: 9_000_000 }
    const text = JSON.stringify({ generation: 1, token: JSON.stringify(other) })
    const entry = `v1.${btoa(text).replace(/=+$/, '')}`
    let isRenewing = false
    const store = {
      getItem: () => (isRenewing ? entry : null),
      setItem: vi.fn(),
      removeItem: () => {},
    }
    const { make, time } = setUp({ store, storeKey: 'unsealed' })
    const source = make({
      renew: async () => {
        isRenewing = true
        const token = { id: 1, obtainedAtMs: time.now, expiresAtMs: time.now + HOUR_MS }
        time.now += tookMs
        return token
      },
    })
    expect((await source.get()).id).toBe(99)
    expect(store.setItem).not.toHaveBeenCalled()
  },
)

it('goes on without a lock that nobody gives back, and does not renew when it comes after all', async () => {
  const held: (() => Promise<unknown>)[] = []
  const lock = (_: string, work: () => Promise<unknown>) => {
    held.push(work)
    return new Promise<never>(() => {})
  }
  const work = vi.fn(async () => 'done')
  const onFailure = vi.fn()
  const { signal } = new AbortController()
  const options = { signal, onFailure, waitMs: 20 }
  expect(await underLock(lock as never, 'name', work, options)).toBe('done')
  expect(onFailure).toHaveBeenCalledTimes(1)
  await held[0]?.()
  expect(work).toHaveBeenCalledTimes(1)
})

it('waits for a lock no longer than its caller', async () => {
  const controller = new AbortController()
  const lock = () => new Promise<never>(() => {})
  const work = vi.fn(async () => 'done')
  const options = { signal: controller.signal, onFailure: () => {} }
  const waiting = failure(() => underLock(lock, 'name', work, options))
  controller.abort(new Error('enough'))
  expect((await waiting)['message']).toBe('enough')
  expect(work).not.toHaveBeenCalled()
})

it('does not wait for a store that hangs', async () => {
  const never = () => new Promise(() => {})
  const store = { getItem: never, setItem: never, removeItem: never }
  const failed: string[] = []
  const onEvent = ({ operation }: { operation: string }) => failed.push(operation)
  const options = { store, storeKey: 'unsealed', key: 'k', onEvent, timeoutMs: 20 } as const
  const entry = openSharedEntry(options)
  expect(await entry?.read()).toBeUndefined()
  await entry?.write('text', 60_000)
  expect(failed).toEqual(['read', 'write'])
})

it.each([
  [999, []],
  [1000, [1]],
  [1999, [1]],
])('keeps an entry for whole seconds, and none for less than one: %d ms', async (ms, kept) => {
  const ttls: number[] = []
  const setItem = (_key: string, _text: string, { ttl }: { ttl: number }) => void ttls.push(ttl)
  const store = { getItem: () => 'x', setItem, removeItem() {} }
  const options = { store, storeKey: 'unsealed', key: 'k', onEvent() {}, timeoutMs: 20 } as const
  await openSharedEntry(options)?.write('text', ms)
  expect(ttls).toEqual(kept)
})

it('does not wait for a store that takes an entry and hangs when it is read back', async () => {
  const store = { getItem: () => new Promise(() => {}), setItem() {}, removeItem() {} }
  const onEvent = vi.fn()
  const options = { store, storeKey: 'unsealed', key: 'k', onEvent, timeoutMs: 20 } as const
  await openSharedEntry(options)?.write('text', 60_000)
  expect(onEvent).not.toHaveBeenCalled()
})

it('tells the abort of its only caller, and no other failure', async () => {
  const { make } = setUp()
  const source = make({
    renew: (signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  const controller = new AbortController()
  const getting = failure(() => source.get({ signal: controller.signal }))
  await settle()
  controller.abort(new Error('enough'))
  expect((await getting)['message']).toBe('enough')
})

it('answers a failure from memory, with its own code', async () => {
  const { make, time } = setUp()
  const renew = vi.fn(async () => {
    throw newError('RESPONSE_INVALID', 'Refused.')
  })
  const source = make({ renew })
  const first = await failure(() => source.get())
  expect(first).toMatchObject({ code: 'RESPONSE_INVALID' })
  expect(await failure(() => source.get())).toBe(first)
  expect(renew).toHaveBeenCalledTimes(1)
  time.now = first['nextAttemptAtMs'] as number
  await failure(() => source.get())
  expect(renew).toHaveBeenCalledTimes(2)
})

it('tries at once where a caller insists, and after a failure holds back for longer than before', async () => {
  const { make, time } = setUp()
  let isRefused = true
  const source = make({
    renew: async () => {
      if (isRefused) throw newError('REDIRECT_REFUSED', 'No.')
      return { id: 1, obtainedAtMs: time.now, expiresAtMs: time.now + 1000 }
    },
  })
  const pauses = []
  for (const isInsisting of [false, true, true]) {
    const { nextAttemptAtMs } = await failure(() => source.get({ isInsisting }))
    pauses.push((nextAttemptAtMs as number) - time.now)
  }
  isRefused = false
  await source.get({ isInsisting: true })
  isRefused = true
  time.now += 1000
  const { nextAttemptAtMs } = await failure(() => source.get())
  pauses.push((nextAttemptAtMs as number) - time.now)
  // Each is a tenth shorter or longer by chance; no zero is to be a negative one.
  const rounded = pauses.map((ms) => Math.round(Math.log2(ms / 30_000)) + 0)
  expect(rounded).toEqual([0, 1, 2, 0])
})

it('a token that is over when it comes is obtained once for each call, and not twice', async () => {
  const { source, renew } = setUp({}, 0)
  await source.get()
  await source.get()
  expect(renew).toHaveBeenCalledTimes(2)
})
