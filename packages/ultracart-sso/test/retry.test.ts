/** What is repeated and what is not, waiting, turns, deadlines and aborts. */
import { describe, expect, it, vi } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { deferred, settle } from '../../../tests/support/index.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import { json, KEY, normal, type Operation, rejection, run, setUp, USER_KEY } from './support.ts'

const REPEATABLE = ['authorize', 'user', 'revoke'] as const
const code = (ending: string) => ({ code: `ULTRACART_SSO_${ending}` })
const status =
  (value: number, headers: Record<string, string> = {}) =>
  () =>
    json({}, value, headers)
const broken = () => {
  throw new TypeError('connection reset')
}
/** Breaks while the body is read. */
const halfway = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"user_id":'))
        controller.error(new TypeError('connection reset'))
      },
    }),
  )
/** Plays one after the other, the last for ever. */
const inTurn = (operation: Operation, ...plays: readonly (() => Response)[]) => ({
  [operation]: (_: unknown, attempt: number) =>
    (plays[Math.min(attempt, plays.length) - 1] ?? (normal[operation] as () => Response))(),
})

describe('what may be repeated', () => {
  skipWaits(1500)

  describe.concurrent.each(REPEATABLE)('%s', (operation) => {
    const good = normal[operation] as () => Response

    it.each([
      ['429', status(429)],
      ['429 with a wait', status(429, { 'retry-after': '0' })],
      ['429 with garbage', status(429, { 'retry-after': 'soon' })],
      ['429 with less than nothing', status(429, { 'retry-after': '-5' })],
      [
        '429 with a date of the past',
        status(429, { 'retry-after': 'Mon, 02 Mar 2026 14:00:00 GMT' }),
      ],
      ['500 with HTML', () => new Response('<h1>500</h1>', { status: 500 })],
      ['501', status(501)],
      ['502', status(502)],
      ['503', status(503, { 'retry-after': '0' })],
      ['504', status(504)],
      ['a broken connection', broken],
    ])('is repeated after %s', async (_, bad) => {
      const setup = setUp(inTurn(operation, bad, good))
      await run(setup, operation)
      expect(setup.count(operation)).toBe(2)
    })

    it('is sent three times at most', async () => {
      const failed = setUp(inTurn(operation, status(503, { 'retry-after': '0' })))
      expect(await rejection(run(failed, operation))).toMatchObject(code('UNAVAILABLE'))
      expect(failed.count(operation)).toBe(3)
      const lost = setUp(inTurn(operation, broken))
      expect(await rejection(run(lost, operation))).toMatchObject({ ...code('NETWORK'), operation })
      expect(lost.count(operation)).toBe(3)
    })

    it.each([
      ['seconds', '21', 21_000],
      ['a huge number', '99999999999999999999', 31_536_000_000],
      ['a date', 'Tue, 03 Mar 2026 15:00:00 GMT', 86_400_000],
    ])('does not wait for a Retry-After of %s', async (_, value, retryAfterMs) => {
      const setup = setUp(inTurn(operation, status(429, { 'retry-after': value })))
      const before = Date.now()
      expect(await rejection(run(setup, operation))).toMatchObject({
        ...code('RATE_LIMITED'),
        status: 429,
        retryAfterMs,
      })
      expect(Date.now() - before).toBeLessThan(2000)
      expect(setup.count(operation)).toBe(1)
    })

    it('waits for a Retry-After that fits into timeoutMs, and not for one that does not', async () => {
      const bad = status(429, { 'retry-after': '1' })
      const waiting = setUp(inTurn(operation, bad, good))
      const before = Date.now()
      await run(waiting, operation)
      expect(Date.now() - before).toBeGreaterThan(950)
      const long = status(429, { 'retry-after': '15' })
      const hurried = setUp(inTurn(operation, long, good), { timeoutMs: 14_000 })
      expect(await rejection(run(hurried, operation))).toMatchObject({ retryAfterMs: 15_000 })
      expect(hurried.count(operation)).toBe(1)
    })
  })

  it.each(['authorize', 'user'] as const)(
    '%s is repeated after half of a body',
    async (operation) => {
      const setup = setUp(inTurn(operation, halfway, normal[operation] as () => Response))
      await run(setup, operation)
      expect(setup.count(operation)).toBe(2)
    },
  )
})

/** Timers that stand still, so that ten minutes pass at once and a late repetition is seen. */
async function withoutTime(work: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  try {
    await work()
    await vi.advanceTimersByTimeAsync(600_000)
  } finally {
    vi.useRealTimers()
  }
}

it.each(REPEATABLE)(
  '%s is repeated after an attempt that took half of the time',
  async (operation) => {
    const never = () => new Promise<Response>(() => {})
    const good = normal[operation] as () => Response
    const setup = setUp({
      [operation]: (_: unknown, attempt: number) => (attempt === 1 ? never() : good()),
    })
    await withoutTime(async () => {
      const done = run(setup, operation)
      await eventually(() => expect(setup.count(operation)).toBe(1))
      await vi.advanceTimersByTimeAsync(10_000)
      await eventually(() => expect(setup.count(operation)).toBe(2))
      await done
    })
  },
)

describe('token', () => {
  it.each([
    ['429', status(429), 'RATE_LIMITED'],
    ['429 with a wait', status(429, { 'retry-after': '0' }), 'RATE_LIMITED'],
    ['500', status(500), 'UNAVAILABLE'],
    ['502', status(502), 'UNAVAILABLE'],
    ['503', status(503, { 'retry-after': '0' }), 'UNAVAILABLE'],
    ['504', status(504), 'UNAVAILABLE'],
    ['408', status(408), 'REFUSED'],
    ['a broken connection', broken, 'NETWORK'],
    ['half of a body', halfway, 'NETWORK'],
  ])('is sent once, whatever comes of it: %s', async (_, bad, ending) => {
    const setup = setUp(inTurn('token', bad))
    await withoutTime(async () => {
      expect(await rejection(run(setup, 'token'))).toMatchObject({
        ...code(ending),
        operation: 'token',
      })
    })
    expect(setup.count('token')).toBe(1)
  })

  it('says that the code may be spent where nobody knows', async () => {
    for (const plays of [
      inTurn('token', broken),
      { token: () => new Promise<Response>(() => {}) },
    ]) {
      const setup = setUp(plays)
      await withoutTime(async () => {
        const ended = rejection(run(setup, 'token'))
        await eventually(() => expect(setup.count('token')).toBe(1))
        await vi.advanceTimersByTimeAsync(600_000)
        expect((await ended)['message']).toMatch(/may be spent\. Start a new login/)
      })
    }
  })

  it('is not repeated after an abort', async () => {
    const controller = new AbortController()
    const reason = new Error('left')
    const setup = setUp({
      token: () => {
        controller.abort(reason)
        return new Promise<Response>(() => {})
      },
    })
    await withoutTime(async () => {
      expect(await rejection(run(setup, 'token', controller.signal))).toBe(reason)
    })
    expect(setup.count('token')).toBe(1)
  })
})

describe('revoke', () => {
  skipWaits(1500)

  it('takes a 401 after a repetition for done', async () => {
    const setup = setUp(inTurn('revoke', broken, status(401)))
    expect(await run(setup, 'revoke')).toBeUndefined()
  })

  it('does not take the first 401 for done', async () => {
    const error = await rejection(run(setUp(inTurn('revoke', status(401))), 'revoke'))
    expect(error).toMatchObject(code('UNAUTHORIZED'))
  })

  it('is done after a 2xx whose body breaks off or is too large', async () => {
    for (const answer of [halfway, () => new Response('x'.repeat(1_100_000))]) {
      const setup = setUp(inTurn('revoke', answer))
      expect(await run(setup, 'revoke')).toBeUndefined()
      expect(setup.count('revoke')).toBe(1)
    }
  })
})

describe('redirects', () => {
  it.each(
    [301, 302, 303, 307, 308].flatMap((value) =>
      (['authorize', 'token', 'user', 'revoke'] as const).map(
        (operation) => [operation, value] as const,
      ),
    ),
  )('%s does not follow %d', async (operation, value) => {
    const location = 'https://evil.example/rest/v2/sso'
    const setup = setUp({
      [operation]: () => new Response(null, { status: value, headers: { location } }),
    })
    const error = await rejection(run(setup, operation))
    expect(error).toMatchObject({ ...code('REDIRECT_REFUSED'), status: value, operation })
    expect(setup.count(operation)).toBe(1)
    expect(setup.seen.every(({ url }) => !url.includes('evil'))).toBe(true)
  })

  it('an answer that was followed all the same is refused', async () => {
    const followed = json({ user_id: 1 })
    Object.defineProperty(followed, 'redirected', { value: true })
    const error = await rejection(run(setUp({ user: () => followed }), 'user'))
    expect(error).toMatchObject(code('REDIRECT_REFUSED'))
  })
})

describe('turns', () => {
  it('are taken by one request for each key, in order', async () => {
    let running = 0
    let most = 0
    let together = false
    const both = deferred()
    const order: string[] = []
    const slow = async (seen: { operation: string; headers: Headers }) => {
      running++
      most = Math.max(most, running)
      order.push(seen.headers.get('x-ultracart-simple-key') ?? '')
      if (together) await both.promise
      else await settle()
      running--
      return json({ user_id: 1 })
    }
    const { sso } = setUp({ user: slow })
    await Promise.all([1, 2, 3].map(() => sso.user({ simpleKey: 'one' })))
    expect(most).toBe(1)
    together = true
    const others = ['a', 'b'].map((simpleKey) => sso.user({ simpleKey }))
    await eventually(() => expect(most).toBe(2))
    both.resolve()
    await Promise.all(others)
    expect(order.slice(0, 3)).toEqual(['one', 'one', 'one'])
  })

  it('can be left while waiting, which harms nobody', async () => {
    const controller = new AbortController()
    let end = () => {}
    const first = new Promise<Response>((resolve) => {
      end = () => resolve(json({ user_id: 1 }))
    })
    const { sso, count } = setUp({
      user: (_, attempt) => (attempt === 1 ? first : json({ user_id: 2 })),
    })
    const session = { simpleKey: USER_KEY }
    const one = sso.user(session)
    const two = rejection(sso.user(session, { signal: controller.signal }))
    const three = sso.user(session)
    await eventually(() => expect(count('user')).toBe(1))
    await settle()
    const reason = new Error('left')
    controller.abort(reason)
    expect(await two).toBe(reason)
    expect(count('user')).toBe(1)
    end()
    expect([(await one).user_id, (await three).user_id]).toEqual([1, 2])
    expect(count('user')).toBe(2)
  })

  it('end with their call: by a deadline, an abort, a failure', async () => {
    const never = () => new Promise<Response>(() => {})
    const controller = new AbortController()
    const reason = new Error('left')
    let play: () => Response | Promise<Response> = never
    const { sso, count } = setUp({ user: () => play() })
    const session = { simpleKey: USER_KEY }
    await withoutTime(async () => {
      const late = rejection(sso.user(session))
      // Fake timers: this waiting moves them on.
      await eventually(() => expect(count('user')).toBe(1))
      await vi.advanceTimersByTimeAsync(600_000)
      expect(await late).toMatchObject(code('TIMEOUT'))
    })
    const before = count('user')
    const aborted = rejection(sso.user(session, { signal: controller.signal }))
    await eventually(() => expect(count('user')).toBe(before + 1))
    controller.abort(reason)
    expect(await aborted).toBe(reason)
    play = () => json({}, 400)
    expect(await rejection(sso.user(session))).toMatchObject(code('BAD_REQUEST'))
    play = () => json({ user_id: 4 })
    expect(await sso.user(session)).toEqual({ user_id: 4 })
  })

  it('count towards the deadline', async () => {
    const never = () => new Promise<Response>(() => {})
    const { sso, count } = setUp({ user: never })
    const session = { simpleKey: USER_KEY }
    await withoutTime(async () => {
      const both = [rejection(sso.user(session)), rejection(sso.user(session))]
      await eventually(() => expect(count('user')).toBe(1))
      await vi.advanceTimersByTimeAsync(600_000)
      const [sent, waiting] = await Promise.all(both)
      expect(sent).toMatchObject(code('TIMEOUT'))
      expect(String(sent)).toMatch(/No answer came within timeoutMs/)
      expect(waiting).toMatchObject({ ...code('TIMEOUT'), operation: 'user' })
      expect(String(waiting)).toMatch(
        /was not sent within timeoutMs \(\d+ ms\): calls with one key/,
      )
      expect(String(waiting)).toMatch(/Try again later, or allow more time\.$/)
    })
  })

  it('name a new login where an exchange did not come to its turn: no callback is taken twice', async () => {
    const inLine = deferred()
    let calls = 0
    // Of the third call: the login before it has one, and who holds the turn.
    const waitUntil = () => {
      calls++
      if (calls === 3) inLine.resolve()
    }
    const user = () => new Promise<Response>(() => {})
    const { sso, count, validated } = setUp({ user }, { waitUntil })
    const callback = await validated()
    await withoutTime(async () => {
      const first = rejection(sso.user({ simpleKey: KEY }))
      const waiting = rejection(sso.exchangeCode(callback))
      await inLine.promise
      await vi.advanceTimersByTimeAsync(600_000)
      await first
      const error = await waiting
      expect(error).toMatchObject({ ...code('TIMEOUT'), operation: 'token' })
      expect(error['message']).toMatch(/took so long\. Start a new login, or allow more time\.$/)
    })
    expect(count('token')).toBe(0)
    expect(await rejection(sso.exchangeCode(callback))).toMatchObject(code('CALLBACK_USED'))
  })
})

describe('a deadline', () => {
  const slowHeaders = () => new Promise<Response>(() => {})
  const slowBody = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))

  it.each([
    ['authorize', 'headers', slowHeaders],
    ['token', 'headers', slowHeaders],
    ['user', 'headers', slowHeaders],
    ['revoke', 'headers', slowHeaders],
    ['authorize', 'a body', slowBody],
    ['token', 'a body', slowBody],
    ['user', 'a body', slowBody],
  ] as const)('ends %s at %s that never come', async (operation, _, play) => {
    const setup = setUp({ [operation]: play })
    await withoutTime(async () => {
      const ended = rejection(run(setup, operation))
      await eventually(() => expect(setup.count(operation)).toBe(1))
      await vi.advanceTimersByTimeAsync(600_000)
      expect(await ended).toMatchObject({ ...code('TIMEOUT'), operation })
    })
  })
})

describe('an abort', () => {
  it.each(['authorize', 'token', 'user', 'revoke'] as const)(
    'ends %s with its reason',
    async (operation) => {
      const controller = new AbortController()
      const reason = { why: 'left' }
      const setup = setUp({ [operation]: () => new Promise<Response>(() => {}) })
      const ended = rejection(run(setup, operation, controller.signal))
      await eventually(() => expect(setup.count(operation)).toBe(1))
      controller.abort(reason)
      expect(await ended).toBe(reason)
    },
  )

  it('ends the wait before a repetition', async () => {
    const controller = new AbortController()
    const setup = setUp(inTurn('user', status(429, { 'retry-after': '15' })))
    const ended = rejection(run(setup, 'user', controller.signal))
    await eventually(() => expect(setup.count('user')).toBe(1))
    await settle()
    const reason = new Error('left')
    controller.abort(reason)
    expect(await ended).toBe(reason)
    expect(setup.count('user')).toBe(1)
  })

  it('before the call sends nothing', async () => {
    const setup = setUp()
    const reason = new Error('left')
    expect(await rejection(run(setup, 'user', AbortSignal.abort(reason)))).toBe(reason)
    expect(setup.seen).toEqual([])
  })
})
