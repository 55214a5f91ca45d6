import { afterEach, describe, expect, it, vi } from 'vitest'
import { attemptOf, createHoldBack, withoutHoldBack } from '../src/internal/hold-back.ts'
import { newError } from './support.ts'

const coded = (code: string, details: object = {}) =>
  newError(code as 'TIMEOUT', 'It failed.', details) as Error & { nextAttemptAtMs: number }

function setUp() {
  const time = { now: 1_000_000 }
  return { time, hold: createHoldBack(() => time.now) }
}

/** How long each of some failures in a row holds back, in milliseconds. */
function pausesOf(code: string, count: number, details: object = {}): number[] {
  const { time, hold } = setUp()
  return Array.from({ length: count }, () => {
    const { untilMs } = hold.begin(coded(code, details))!
    const pauseMs = untilMs - time.now
    expect(hold.current()?.untilMs).toBe(untilMs)
    time.now = untilMs - 1
    expect(hold.current()).toBeDefined()
    time.now = untilMs
    expect(hold.current()).toBeUndefined()
    return pauseMs
  })
}

afterEach(() => vi.restoreAllMocks())

describe('without jitter', () => {
  it.each(['A_REFUSED', 'A_UNAUTHORIZED', 'A_FORBIDDEN', 'A_RATE_LIMITED', 'A_RESPONSE_INVALID'])(
    '%s waits 30 s, twice as long each time, up to ten minutes',
    (code) => {
      vi.spyOn(Math, 'random').mockReturnValue(0.5)
      const seconds = pausesOf(code, 7).map((ms) => ms / 1000)
      expect(seconds).toEqual([30, 60, 120, 240, 480, 600, 600])
    },
  )

  it.each(['A_NETWORK', 'A_TIMEOUT', 'A_UNAVAILABLE'])('%s waits 1 s, up to a minute', (code) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const seconds = pausesOf(code, 8).map((ms) => ms / 1000)
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  })
})

it('has jitter of a tenth to either side', () => {
  for (const [random, expected] of [
    [0, 27_000],
    [1, 33_000],
  ] as const) {
    vi.spyOn(Math, 'random').mockReturnValue(random)
    expect(pausesOf('A_REFUSED', 1)).toEqual([expected])
  }
})

it('waits as long as Retry-After says, an hour at most', () => {
  expect(pausesOf('A_RATE_LIMITED', 2, { retryAfterMs: 600_000 })).toEqual([600_000, 600_000])
  for (const [told, expected] of [
    [3_599_999, 3_599_999],
    [3_600_000, 3_600_000],
    [3_600_001, 3_600_000],
    [9e12, 3_600_000],
  ] as const) {
    expect(pausesOf('A_UNAVAILABLE', 1, { retryAfterMs: told })).toEqual([expected])
  }
})

it('grows where a service says a short time again and again', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const seconds = (code: string, retryAfterMs: number) =>
    pausesOf(code, 6, { retryAfterMs }).map((ms) => ms / 1000)
  expect(seconds('A_RATE_LIMITED', 1000)).toEqual([1, 60, 120, 240, 480, 600])
  expect(seconds('A_UNAVAILABLE', 5000)).toEqual([5, 5, 5, 8, 16, 32])
  expect(seconds('A_FORBIDDEN', 100_000)).toEqual([100, 100, 120, 240, 480, 600])
})

it('says until when, once, and gives the same error from memory', () => {
  const { time, hold } = setUp()
  const error = coded('A_REFUSED')
  const pause = hold.begin(error)!
  expect(pause.error).toBe(error)
  expect(error.message).toContain(`held back until ${new Date(pause.untilMs).toISOString()}`)
  expect(error.nextAttemptAtMs).toBe(pause.untilMs)
  time.now += 1
  hold.begin(error)
  expect(error.message.match(/held back until/g)).toHaveLength(1)
})

it('takes over the pause that another client began', () => {
  const { time, hold } = setUp()
  const nextAttemptAtMs = time.now + 123_456
  expect(hold.begin(coded('B_REFUSED', { nextAttemptAtMs }))?.untilMs).toBe(nextAttemptAtMs)
})

it('ends, and begins small again', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const { hold } = setUp()
  hold.begin(coded('A_REFUSED'))
  hold.begin(coded('A_REFUSED'))
  hold.end()
  expect(hold.current()).toBeUndefined()
  const { sinceMs, untilMs } = hold.begin(coded('A_REFUSED'))!
  expect(untilMs - sinceMs).toBe(30_000)
})

it('is over where the clock was set back', () => {
  const { time, hold } = setUp()
  hold.begin(coded('A_REFUSED'))
  time.now -= 1
  expect(hold.current()).toBeUndefined()
})

it.each([
  ['a wrong option', coded('A_OPTION_INVALID')],
  ['a key that does not fit', coded('A_DECRYPTION_FAILED', { option: 'encryptionKey' })],
  ['a wrong key', coded('CRYPTO_KEY_PUBLIC')],
  ['what a signing function throws', new Error('KMS is down')],
  ['no error', undefined],
])('does not hold back after %s', (_, error) => {
  const { hold } = setUp()
  expect(hold.begin(error)).toBeUndefined()
  expect(hold.current()).toBeUndefined()
})

it('holds back after a fetch that gives no answer: the login may have been sent', () => {
  const { hold } = setUp()
  expect(hold.begin(coded('A_OPTION_INVALID', { option: 'fetch' }))).toBeDefined()
  expect(hold.current()).toBeDefined()
})

it('takes what is said of the pause out of a text, and nothing else', () => {
  const error = coded('UNAUTHORIZED')
  setUp().hold.begin(error)
  expect(error.message).not.toBe('It failed.')
  expect(withoutHoldBack(error.message)).toBe('It failed.')
  expect(withoutHoldBack(`${error.message} And more.`)).toBe('It failed. And more.')
  const end = error.message.slice(error.message.indexOf(', since repeated logins'))
  for (const text of ['', 'It failed.', 'Sign-in is held back until noon.', `It failed${end}`]) {
    expect(withoutHoldBack(text)).toBe(text)
  }
})

it('what aborts after an attempt that succeeded is no failure of it', async () => {
  const controller = new AbortController()
  const onFailure = vi.fn()
  const { signal } = controller
  expect(await attemptOf(async () => 'done', { signal, newError, onFailure })).toBe('done')
  controller.abort(new DOMException('late', 'TimeoutError'))
  expect(onFailure).not.toHaveBeenCalled()
})

it('a clock that fails while an attempt is ended is told to nobody, and ends no program', async () => {
  const uncaught: unknown[] = []
  const onUncaught = (error: unknown) => uncaught.push(error)
  process.prependListener('uncaughtException', onUncaught)
  const controller = new AbortController()
  const work = () =>
    new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
    })
  const attempt = attemptOf(work, {
    signal: controller.signal,
    newError,
    onFailure() {
      throw new TypeError('no time')
    },
  })
  controller.abort(new Error('left'))
  await expect(attempt).rejects.toThrow('left')
  await new Promise((resolve) => setImmediate(resolve))
  process.off('uncaughtException', onUncaught)
  expect(uncaught).toEqual([])
})
