import { describe, expect, it, vi } from 'vitest'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { abortable } from '../src/internal/deadline.ts'
import { createSingleFlight } from '../src/internal/single-flight.ts'
import { deferred, failure, settle } from './support.ts'

it('runs one piece of work for all who come meanwhile', async () => {
  const fly = createSingleFlight<number>()
  let runs = 0
  const gate = deferred()
  const work = async () => {
    runs++
    await gate.promise
    return runs
  }
  const calls = [fly(work), fly(work), fly(work)]
  gate.resolve()
  expect(await Promise.all(calls)).toEqual([1, 1, 1])
  expect(await fly(async () => 7)).toBe(7)
})

it('tells a failure to all, and starts anew', async () => {
  const fly = createSingleFlight<number>()
  const fail = async (): Promise<number> => {
    throw new Error('no')
  }
  const errors = await Promise.all([failure(() => fly(fail)), failure(() => fly(fail))])
  expect(errors.map(({ message }) => message)).toEqual(['no', 'no'])
  expect(await fly(async () => 1)).toBe(1)
})

it('aborts the work with its last caller only', async () => {
  const fly = createSingleFlight<string>()
  const [first, second] = [new AbortController(), new AbortController()]
  let signal: AbortSignal | undefined
  const work = (given: AbortSignal) => {
    signal = given
    return new Promise<string>((_, reject) => {
      given.addEventListener('abort', () => reject(given.reason))
    })
  }
  const leaving = failure(() => fly(work, first.signal))
  const following = failure(() => fly(work, second.signal))
  first.abort(new Error('one'))
  expect((await leaving)['message']).toBe('one')
  await settle()
  expect(signal?.aborted).toBe(false)
  second.abort(new Error('two'))
  expect((await following)['message']).toBe('two')
  expect(signal?.aborted).toBe(true)
  expect(await fly(async () => 'next')).toBe('next')
})

it('does not wait for work that ignores its signal', async () => {
  const never = new Promise<never>(() => {})
  const signal = AbortSignal.abort(new Error('now'))
  expect((await failure(() => abortable(never, signal)))['message']).toBe('now')
})

describe('work that takes long', () => {
  skipWaits(500, { looks: true })

  it('replaces work whose request ended: it never settles, and its beat has stopped', async () => {
    // What Workers do to a request that ended: none of its timers fires any more.
    const isolate = { isEnded: false }
    const platform = globalThis.setInterval
    vi.stubGlobal('setInterval', ((call: () => void, ms: number) =>
      platform(() => isolate.isEnded || call(), ms)) as typeof setInterval)
    try {
      const fly = createSingleFlight<string>()
      const lost = fly(() => new Promise<never>(() => {}))
      void lost
      await new Promise((resolve) => setTimeout(resolve, 450))
      isolate.isEnded = true
      const began = Date.now()
      const others = [fly(async () => 'new'), fly(async () => 'newer')]
      expect(await Promise.all(others)).toEqual(['new', expect.stringMatching(/^newe?r?$/)])
      expect(Date.now() - began).toBeLessThan(5000)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('does not replace work that is slow and alive', async () => {
    const fly = createSingleFlight<string>()
    const gate = deferred()
    const work = vi.fn(async () => {
      await gate.promise
      return 'slow'
    })
    const calls = [fly(work), fly(work)]
    setTimeout(gate.resolve, 2200)
    expect(await Promise.all(calls)).toEqual(['slow', 'slow'])
    expect(work).toHaveBeenCalledTimes(1)
  })
})

it('tells callers of Workers by their own looks, never by the promise of another request', async () => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  try {
    const fly = createSingleFlight<number>()
    const gate = deferred()
    const work = async () => {
      await gate.promise
      return 1
    }
    const calls = [fly(work), fly(work)]
    gate.resolve()
    expect(await Promise.all(calls)).toEqual([1, 1])
  } finally {
    vi.unstubAllGlobals()
  }
})
