import { callService, type Repetition } from '@isoauth/core-client/transport'
import { describe, expect, it, vi } from 'vitest'
import { eventually } from '../../../tests/support/eventually.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import type { TransportOptions } from '../src/internal/transport.ts'
import { deferred, failure, newError } from './support.ts'

const URL_TEXT = 'https://api.example.com/token'

interface Sent {
  readonly url: unknown
  readonly init: RequestInit & { readonly body?: string; readonly headers: Headers }
}
type Play = (sent: Sent) => Response | Promise<Response>

const answer =
  (status: number, headers: Record<string, string> = {}): Play =>
  () =>
    new Response(`status ${status}`, { status, headers })
const broken: Play = () => {
  throw new TypeError('connection reset')
}
/** Heeds no signal. */
const never: Play = () => new Promise<Response>(() => {})
/** An answer whose body `ends` after its first bytes: never, or in an error. */
const partly =
  (status: number, end: (stream: ReadableStreamDefaultController) => void): Play =>
  () => {
    const body = new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode('{"a":'))
      },
      pull: end,
    })
    return new Response(body, { status })
  }
const breaking = (stream: ReadableStreamDefaultController) =>
  stream.error(new TypeError('terminated'))
const stalling = () => new Promise<void>(() => {})
/** The deadline of a call, which passes only where a test says so. */
const TIMEOUT_MS = 20_000
/** Lets time pass once what runs now has had its turn. */
const pass = (ms: number) => void vi.advanceTimersByTimeAsync(ms)
/** Nothing comes, and time passes. */
const overtime =
  (ms: number): Play =>
  () => {
    pass(ms)
    return new Promise<Response>(() => {})
  }
const stallingFor = (ms: number) => () => {
  pass(ms)
  return stalling()
}

const repetition: Repetition = {
  limit: 2,
  isRepeatedAfter: (status) => status === 429 || status >= 500,
}

/** Makes numbered requests of a service that answers what `plays` say, one after the other; `rules` null for none. */
function call(
  plays: readonly Play[],
  rules: Partial<Repetition> | null = {},
  options: Partial<TransportOptions> & { readonly isBodyNeeded?: boolean } = {},
) {
  const sent: Sent[] = []
  let prepared = 0
  const prepare = async () => {
    prepared++
    return new Request(URL_TEXT, {
      method: 'POST',
      headers: { 'x-key': 'secret', 'content-type': 'application/jwt' },
      body: `attempt ${prepared}`,
    })
  }
  const fetch = async (url: unknown, init: unknown) => {
    const one = { url, init } as Sent
    sent.push(one)
    const play = plays[sent.length - 1]
    if (play === undefined) throw new Error('more requests than expected')
    return play(one)
  }
  const result = callService(
    { prepare, repetition: rules ? { ...repetition, ...rules } : undefined, ...options },
    { newError, fetch: fetch as never, timeoutMs: TIMEOUT_MS, now: () => 0, ...options },
  )
  return { result, sent, bodies: () => sent.map(({ init }) => init.body) }
}

describe('what a fetch is called with', () => {
  it('is a URL and an init with method, headers, text and signal, never a Request', async () => {
    const { result, sent } = call([answer(200)])
    await result
    const [{ url, init } = {} as Sent] = sent
    expect(url).toBe(URL_TEXT)
    expect(init.method).toBe('POST')
    expect(init.body).toBe('attempt 1')
    expect(init.redirect).toBe('manual')
    expect(init.signal).toBeInstanceOf(AbortSignal)
    expect(init.headers.get('x-key')).toBe('secret')
    expect(init.headers.get('content-type')).toBe('application/jwt')
  })

  it('has no body where the request has none', async () => {
    const fetch = vi.fn(async () => new Response('{}'))
    const prepare = async () => new Request(URL_TEXT)
    await callService({ prepare }, { newError, fetch, timeoutMs: 1000, now: () => 0 })
    expect(fetch.mock.calls[0]?.[1 as never]).not.toHaveProperty('body')
  })

  it('is bare: the options are no receiver', async () => {
    const receivers: unknown[] = []
    async function fetch(this: unknown): Promise<Response> {
      receivers.push(this)
      return new Response('{}')
    }
    await call([], {}, { fetch }).result
    expect(receivers).toEqual([undefined])
  })

  it('is the platform’s own, read when the call is made', async () => {
    const original = globalThis.fetch
    globalThis.fetch = (async () => new Response('own')) as never
    try {
      expect((await call([], {}, { fetch: undefined }).result).text).toBe('own')
    } finally {
      globalThis.fetch = original
    }
  })
})

describe('the answer', () => {
  it('is given whatever its status, with headers, text and the number of attempts', async () => {
    const { result } = call([answer(418, { date: 'then' })])
    const { status, headers, text, cutAtBytes, attempts } = await result
    expect([status, headers.get('date'), text, cutAtBytes, attempts]).toEqual([
      418,
      'then',
      'status 418',
      undefined,
      1,
    ])
  })

  it('is cut at the limit, and the rest of its body cancelled', async () => {
    let isCancelled = false
    const body = new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(1024).fill(97)),
      cancel() {
        isCancelled = true
      },
    })
    const { text, cutAtBytes } = await call([() => new Response(body)]).result
    expect([text.length, cutAtBytes]).toEqual([65 * 1024, 65_536])
    await eventually(() => expect(isCancelled).toBe(true))
  })

  it.each([
    ['nothing', undefined],
    ['no Response', { status: 200 }],
    ['one without a stream', { status: 200, headers: new Headers(), clone() {}, body: {} }],
    ['one of React Native, without a body', { status: 200, headers: new Headers(), clone() {} }],
  ])('must be a Response: %s', async (_, given) => {
    const error = await failure(() => call([() => given as never]).result)
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'fetch' })
  })

  it.each([
    [200, { option: 'fetch' }],
    // The status says it all, and the body does not matter.
    [503, { status: 503 }],
  ])('must stream bytes: %d', async (status, expected) => {
    const reader = { read: async () => ({ value: 'text' }), cancel: async () => {} }
    const body = { getReader: () => reader, cancel: async () => {} }
    const headers = new Headers()
    const response = { status, ok: status < 300, headers, body, clone: () => response }
    const { result } = call([() => response as never], { limit: 0 })
    expect(await result.catch((error: unknown) => error)).toMatchObject(expected)
  })

  it('is asked of a fetch that returns: one that throws at once is told', async () => {
    const fetch = () => {
      throw Object.assign(new Error('secret'), { request: 'secret' })
    }
    const error = await failure(() => call([], {}, { fetch }).result)
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'fetch' })
    expect(String(error['cause'])).not.toContain('secret')
  })

  it('must be unread', async () => {
    const used = new Response('used')
    await used.text()
    expect(await failure(() => call([() => used]).result)).toMatchObject({ option: 'fetch' })
  })
})

describe('repetition', () => {
  skipWaits(1500)

  it.each([429, 500, 502, 503, 504, 522])('follows %d, with a new request', async (status) => {
    const { result, bodies } = call([answer(status), answer(200)])
    expect(await result).toMatchObject({ status: 200, text: 'status 200', attempts: 2 })
    expect(bodies()).toEqual(['attempt 1', 'attempt 2'])
  })

  it('lets go of an answer that another attempt follows', async () => {
    const cancel = vi.fn()
    const { result } = call([
      () => new Response(new ReadableStream({ cancel }), { status: 503 }),
      answer(200),
    ])
    await result
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('goes on with the headers of each request', async () => {
    const { result, sent } = call([answer(503), answer(429, { 'retry-after': '0' }), answer(200)])
    await result
    expect(sent.map(({ init }) => init.headers.get('x-key'))).toEqual([
      'secret',
      'secret',
      'secret',
    ])
  })

  it('gives the last answer when it is used up', async () => {
    const { result, sent } = call([answer(503), answer(503), answer(503)])
    expect(await result).toMatchObject({ status: 503, text: 'status 503', attempts: 3 })
    expect(sent).toHaveLength(3)
  })

  it.each([400, 401, 408, 413])('does not follow %d', async (status) => {
    const { result, sent } = call([answer(status)])
    expect((await result).status).toBe(status)
    expect(sent).toHaveLength(1)
  })

  it('is none where the call has no rules, whatever happens', async () => {
    for (const play of [answer(503), broken, partly(200, breaking), overtime(TIMEOUT_MS)]) {
      const { result, sent } = call([play], null)
      await result.catch(() => {})
      expect(sent).toHaveLength(1)
    }
  })

  it('waits as long as the answer says', async () => {
    const began = Date.now()
    await call([answer(429, { 'retry-after': '1' }), answer(200)]).result
    expect(Date.now() - began).toBe(1000)
  })

  it('takes a Retry-After of 0 for none', async () => {
    const began = Date.now()
    await call([answer(429, { 'retry-after': '0' }), answer(200)]).result
    expect(Date.now() - began).toBeGreaterThanOrEqual(300)
    expect(Date.now() - began).toBeLessThanOrEqual(600)
  })

  it('does not wait for a Retry-After above the limit, or past the deadline', async () => {
    const busy = answer(429, { 'retry-after': '3' })
    for (const [rules, options] of [
      [{ maxRetryAfterMs: 2000 }, {}],
      [{}, { timeoutMs: 2000 }],
    ] as const) {
      const { result, sent } = call([busy], rules, options)
      expect((await result).status).toBe(429)
      expect(sent).toHaveLength(1)
    }
  })

  it('tells what came of the last attempt where too little time is left for another', async () => {
    // Waits of 303 and 606 ms, near the shortest: the third could last 2400, and 2091 are left.
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.01)
    const busy = answer(503)
    const { result, sent } = call([busy, busy, busy, busy], { limit: 5 }, { timeoutMs: 3000 })
    expect(await result).toMatchObject({ status: 503, attempts: 3 })
    expect(sent).toHaveLength(3)
    const plays = [broken, broken, broken, broken]
    const refused = call(plays, { limit: 5 }, { timeoutMs: 3000 })
    expect(await failure(() => refused.result)).toMatchObject({ code: 'NETWORK' })
    expect(refused.sent).toHaveLength(3)
    random.mockRestore()
  })

  it('follows a failure of the network, and codes the last one', async () => {
    const { result, bodies } = call([broken, answer(200)])
    expect((await result).status).toBe(200)
    expect(bodies()).toEqual(['attempt 1', 'attempt 2'])
    const error = await failure(() => call([broken, broken, broken]).result)
    expect(error).toMatchObject({ code: 'NETWORK', cause: { name: 'TypeError' } })
    expect((error['cause'] as Error).message).not.toContain('connection reset')
  })

  it('forgets an answer once the connection fails', async () => {
    const error = await failure(() => call([answer(429), broken, broken]).result)
    expect(error).toMatchObject({ code: 'NETWORK' })
  })

  it('follows a body that breaks off', async () => {
    expect(await call([partly(200, breaking), answer(200)]).result).toMatchObject({ attempts: 2 })
    const error = await failure(() => call([partly(200, breaking)], { limit: 0 }).result)
    expect(error).toMatchObject({ code: 'NETWORK' })
    expect(error['cause']).toMatchObject({ name: 'TypeError' })
  })

  it('does not follow a broken body where the status says it all', async () => {
    const refused = await call([partly(401, breaking)]).result
    expect(refused).toMatchObject({ status: 401, attempts: 1 })
    const done = call([partly(200, breaking)], {}, { isBodyNeeded: false })
    expect(await done.result).toMatchObject({ status: 200, attempts: 1 })
  })

  it('follows an attempt that takes too long, and codes the last one', async () => {
    const attemptMs = 5000
    const late = stallingFor(attemptMs)
    for (const play of [overtime(attemptMs), partly(200, late), partly(401, late)]) {
      const { result, sent } = call([play, answer(200)], { attemptMs })
      expect((await result).status).toBe(200)
      expect(sent).toHaveLength(2)
      expect(sent[0]?.init.signal?.aborted).toBe(true)
      expect(sent[1]?.init.signal?.aborted).toBe(false)
    }
    const all = Array(3).fill(overtime(attemptMs)) as Play[]
    const error = await failure(() => call(all, { attemptMs }, { timeoutMs: 60_000 }).result)
    expect(error).toMatchObject({ code: 'TIMEOUT' })
    expect(error['message']).toContain(
      'within 5000 ms, the share of one attempt in timeoutMs (60000 ms)',
    )
    expect(error['cause']).toBeUndefined()
  })

  it('does not follow a coded error of the fetch', async () => {
    const refusal = newError('URL_REFUSED', 'no')
    const { result, sent } = call([
      () => {
        throw refusal
      },
    ])
    expect(await failure(() => result)).toBe(refusal)
    expect(sent).toHaveLength(1)
  })

  it('does not follow an answer that the fetch rejects, as ky and axios do', async () => {
    const rejection = Object.assign(new Error('401'), {
      response: new Response('', { status: 401 }),
    })
    const { result, sent } = call([() => Promise.reject(rejection)])
    const error = await failure(() => result)
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'fetch', status: 401 })
    expect(error['message']).toContain('whatever its status')
    expect(sent).toHaveLength(1)
  })

  it('follows a failed connection of such a library, which has no answer', async () => {
    const lost = Object.assign(new Error('lost'), { response: undefined, config: {} })
    const { result, sent } = call([() => Promise.reject(lost), answer(200)])
    expect((await result).status).toBe(200)
    expect(sent).toHaveLength(2)
  })

  it('passes what the making of a request throws, the first and a later one', async () => {
    for (const good of [0, 1]) {
      const down = new Error('no key')
      let made = 0
      const prepare = async () => {
        if (made++ === good) throw down
        return new Request(URL_TEXT)
      }
      const fetch = async () => new Response('', { status: 503 })
      const options = { newError, fetch, timeoutMs: 5000, now: () => 0 }
      expect(await failure(() => callService({ prepare, repetition }, options))).toBe(down)
    }
  })
})

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('are refused: %d', async (status) => {
    const { result, sent } = call([answer(status, { location: 'https://evil.example/' })])
    const error = await failure(() => result)
    expect(error).toMatchObject({ code: 'REDIRECT_REFUSED', status })
    expect(sent).toHaveLength(1)
  })
})

describe('the deadline', () => {
  skipWaits(1500)

  it('ends everything: an attempt, a body, a wait, a request that is never made', async () => {
    const busy = answer(429, { 'retry-after': '1' })
    const late = overtime(TIMEOUT_MS)
    for (const plays of [[late], [partly(200, stallingFor(TIMEOUT_MS))], [busy, late]]) {
      const { result, sent } = call(plays)
      const message = expect.stringContaining('20000')
      expect(await failure(() => result)).toMatchObject({ code: 'TIMEOUT', message })
      expect(sent).toHaveLength(plays.length)
    }
    const prepare = () => {
      pass(TIMEOUT_MS)
      return new Promise<Request>(() => {})
    }
    const options = { newError, timeoutMs: TIMEOUT_MS, now: () => 0 }
    expect((await failure(() => callService({ prepare }, options)))['code']).toBe('TIMEOUT')
  })

  it('cancels a body that nobody waits for any more', async () => {
    let isCancelled = false
    const body = new ReadableStream({
      pull: stallingFor(TIMEOUT_MS),
      cancel() {
        isCancelled = true
      },
    })
    await failure(() => call([() => new Response(body)]).result)
    await eventually(() => expect(isCancelled).toBe(true))
  })

  it('stops a body that flows on although the fetch heeds no signal', async () => {
    let pulls = 0
    let isCancelled = false
    const body = new ReadableStream({
      async pull(stream) {
        pulls++
        await new Promise((resolve) => setTimeout(resolve, 500))
        stream.enqueue(new Uint8Array(1))
      },
      cancel() {
        isCancelled = true
      },
    })
    const error = await failure(() => call([() => new Response(body)]).result)
    expect(error).toMatchObject({ code: 'TIMEOUT' })
    await eventually(() => expect(isCancelled).toBe(true))
    const before = pulls
    expect(before).toBeGreaterThan(10)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(pulls).toBe(before)
  })

  it('cancels an answer that comes when nobody waits for it any more', async () => {
    const cancelled = vi.fn()
    let answerLate = (_: Response) => {}
    const late = () => {
      pass(TIMEOUT_MS)
      return new Promise<Response>((resolve) => (answerLate = resolve))
    }
    const error = await failure(() => call([late]).result)
    expect(error).toMatchObject({ code: 'TIMEOUT' })
    answerLate(new Response(new ReadableStream({ cancel: cancelled })))
    await eventually(() => expect(cancelled).toHaveBeenCalled())
  })

  it('covers the wait for a turn', async () => {
    const inTurn = () => {
      pass(TIMEOUT_MS)
      return new Promise<never>(() => {})
    }
    const { result, sent } = call([answer(200)], {}, { inTurn })
    expect(await failure(() => result)).toMatchObject({ code: 'TIMEOUT' })
    expect(sent).toHaveLength(0)
  })

  it('gives way to the caller’s signal, in an attempt and in a wait', async () => {
    const busy = answer(429, { 'retry-after': '2' })
    for (const play of [never, partly(200, stalling), busy]) {
      const controller = new AbortController()
      const reason = new Error('left')
      const isSent = deferred()
      const { result, sent } = call(
        [
          (one) => {
            setTimeout(isSent.resolve)
            return play(one)
          },
        ],
        {},
        { signal: controller.signal },
      )
      await isSent.promise
      controller.abort(reason)
      expect(await failure(() => result)).toBe(reason)
      expect(sent).toHaveLength(1)
    }
  })
})
