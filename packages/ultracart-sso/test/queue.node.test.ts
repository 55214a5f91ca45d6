/** Turns, and calls that end with their request: their timers stop, their promises never settle. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createQueue, type Place } from '../src/internal/queue.ts'
import { json, rejection, setUp, USER_KEY } from './support.ts'

const never = () => new Promise<never>(() => {})
const signal = new AbortController().signal

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Runs work whose timers never fire, as in a Worker whose request ended right after it began. */
async function lost(work: () => Promise<unknown>): Promise<void> {
  const { setTimeout, setInterval } = globalThis
  const dead = (() => 0) as never
  // Not spies: those would be restored once more after the file, to the timers that are faked here.
  Object.assign(globalThis, { setTimeout: dead, setInterval: dead })
  work().catch(() => {})
  // Whatever needs no timer gets as far as it can.
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  Object.assign(globalThis, { setTimeout, setInterval })
}

describe('a turn', () => {
  it('comes in order, one at a time for each name', async () => {
    const queue = createQueue(60_000)
    const order: string[] = []
    const work = (name: string) => async () => {
      order.push(`${name} begins`)
      await vi.advanceTimersByTimeAsync(0)
      await new Promise((resolve) => {
        setTimeout(resolve, 100)
      })
      order.push(`${name} ends`)
    }
    const all = ['one', 'two', 'three'].map((name) => queue('key', signal, work(name)))
    const other = queue('another key', signal, async () => order.push('other'))
    await vi.advanceTimersByTimeAsync(1000)
    await Promise.all([...all, other])
    expect(order).toEqual([
      'one begins',
      'other',
      'one ends',
      'two begins',
      'two ends',
      'three begins',
      'three ends',
    ])
  })

  it('that fails, or is left by an abort, holds up nobody', async () => {
    const queue = createQueue(60_000)
    const controller = new AbortController()
    const first = rejection(queue('key', signal, () => Promise.reject(new Error('failed'))))
    const left = rejection(queue('key', controller.signal, never))
    const third = queue('key', signal, async () => 'third')
    controller.abort(new Error('left'))
    await vi.advanceTimersByTimeAsync(100)
    expect((await first)['message']).toBe('failed')
    expect((await left)['message']).toBe('left')
    expect(await third).toBe('third')
  })

  it('is kept as long as its call shows that it is there', async () => {
    const queue = createQueue(60_000)
    queue('key', signal, never).catch(() => {})
    const work = vi.fn(async () => 'second')
    const second = queue('key', signal, work)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(work).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(31_000)
    expect(await second).toBe('second')
  })

  it('of a call that ended with its request is given up within seconds', async () => {
    const queue = createQueue(60_000)
    await lost(() => queue('key', signal, never))
    const second = queue('key', signal, async () => 'second')
    await vi.advanceTimersByTimeAsync(2100)
    expect(await second).toBe('second')
    // What comes afterwards waits for nothing.
    expect(await queue('key', signal, async () => 'third')).toBe('third')
  })

  it('is not waited for by a call that ended while it waited', async () => {
    const queue = createQueue(60_000)
    let end = () => {}
    const first = queue('key', signal, () => new Promise<void>((resolve) => (end = resolve)))
    await lost(() => queue('key', signal, never))
    const third = queue('key', signal, async () => 'third')
    await vi.advanceTimersByTimeAsync(10_000)
    end()
    await first
    await vi.advanceTimersByTimeAsync(100)
    expect(await third).toBe('third')
  })
})

describe('a line of two hundred', () => {
  it('is looked at the less often the farther from its turn a call is, and its second within a moment', async () => {
    const queue = createQueue(60_000)
    let end = () => {}
    const first = queue('key', signal, () => new Promise<void>((resolve) => (end = resolve)))
    const second = vi.fn(never)
    queue('key', signal, second).catch(() => {})
    for (let at = 2; at < 200; at++) queue('key', signal, never).catch(() => {})
    await vi.advanceTimersByTimeAsync(1000)
    const { setTimeout } = globalThis
    let count = 0
    const counted: typeof setTimeout = Object.assign((...given: Parameters<typeof setTimeout>) => {
      count += 1
      return setTimeout(...given)
    }, setTimeout)
    // No spy, as in `lost`.
    Object.assign(globalThis, { setTimeout: counted })
    await vi.advanceTimersByTimeAsync(1000)
    Object.assign(globalThis, { setTimeout })
    expect(count).toBeGreaterThan(300)
    expect(count).toBeLessThan(2500)
    end()
    await first
    await vi.advanceTimersByTimeAsync(20)
    expect(second).toHaveBeenCalledTimes(1)
  })
})

describe('a turn that was given up', () => {
  it('lets nobody else in when its work ends after all', async () => {
    const queue = createQueue(1000)
    let end = () => {}
    const first = queue('key', signal, () => new Promise<void>((resolve) => (end = resolve)))
    queue('key', signal, never).catch(() => {})
    await vi.advanceTimersByTimeAsync(1100)
    const third = vi.fn(never)
    queue('key', signal, third).catch(() => {})
    end()
    await first
    await vi.advanceTimersByTimeAsync(500)
    expect(third).not.toHaveBeenCalled()
  })
})

describe('a queue', () => {
  it('keeps nothing of the calls that ended', async () => {
    const lines = new Map<string, Place[]>()
    const queue = createQueue(60_000, lines)
    const ended = [
      queue('key', signal, async () => {}),
      queue('key', signal, () => Promise.reject(new Error('failed'))),
      queue('another key', signal, async () => {}),
    ]
    expect(lines.size).toBe(2)
    const all = Promise.allSettled(ended)
    await vi.advanceTimersByTimeAsync(100)
    await all
    expect(lines.size).toBe(0)
  })

  it('keeps a line of which a call is left', async () => {
    const lines = new Map<string, Place[]>()
    const queue = createQueue(60_000, lines)
    const first = queue('key', signal, async () => {})
    queue('key', signal, never).catch(() => {})
    await vi.advanceTimersByTimeAsync(100)
    await first
    expect(lines.get('key')).toHaveLength(1)
  })
})

describe('a client whose earlier request ended in the middle of a call', () => {
  it('answers the next within its own deadline', async () => {
    const { sso, count } = setUp(
      { user: (_, attempt) => (attempt === 1 ? never() : json({ user_id: attempt })) },
      { timeoutMs: 5000 },
    )
    const session = { simpleKey: USER_KEY }
    await lost(() => sso.user(session))
    const next = sso.user(session)
    await vi.advanceTimersByTimeAsync(2500)
    expect(count('user')).toBe(2)
    expect(await next).toEqual({ user_id: 2 })
  })

  it('lets every waiting call end by its own deadline', async () => {
    const { sso } = setUp({ user: never }, { timeoutMs: 1000 })
    const session = { simpleKey: USER_KEY }
    await lost(() => sso.user(session))
    const waiting = [1, 2, 3].map(() => rejection(sso.user(session)))
    await vi.advanceTimersByTimeAsync(1001)
    for (const error of await Promise.all(waiting)) {
      expect(error).toMatchObject({ code: 'ULTRACART_SSO_TIMEOUT' })
    }
  })
})

describe('waitUntil', () => {
  it('gets a promise for each call, which ends with the call and never rejects', async () => {
    vi.useRealTimers()
    const held: Promise<unknown>[] = []
    const waitUntil = (promise: Promise<unknown>) => void held.push(promise)
    const setup = setUp({ user: () => json({}, 400) }, { waitUntil })
    await setup.session()
    const error = await rejection(setup.sso.user({ simpleKey: USER_KEY }))
    expect(error).toMatchObject({ code: 'ULTRACART_SSO_BAD_REQUEST' })
    expect(await Promise.all(held)).toEqual([undefined, undefined, undefined])
  })

  it('that throws outside of a request changes nothing', async () => {
    vi.useRealTimers()
    const waitUntil = () => {
      throw new Error('no request')
    }
    expect((await setUp({}, { waitUntil }).session()).simpleKey).toBe(USER_KEY)
  })
})
