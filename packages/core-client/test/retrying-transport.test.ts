import { sendRetrying } from '@isoauth/core-client/retrying-transport'
import { describe, expect, it, vi } from 'vitest'
import { failure, raise } from './support.ts'

const URL_TEXT = 'https://api.example.com/authorize'
const request = { method: 'PUT', headers: { 'x-key': 'secret' }, json: { a: 1 } } as const

interface Answer {
  readonly status: number
  readonly retryAfterMs?: number
}
type Play = (request: Request) => Answer | Promise<Answer>

const broken = () => {
  throw new TypeError('connection reset')
}
const never = () => new Promise<Answer>(() => {})

/** Makes attempts that are answered as `plays` say, one after the other. */
function call(plays: readonly Play[], { limit = 2, attemptMs = 5000, mayWaitMs = 2000 } = {}) {
  const attempt = vi.fn(async (sent: Request) => {
    const play = plays[attempt.mock.calls.length - 1]
    if (play === undefined) throw new Error('more attempts than expected')
    return await play(sent)
  })
  const controller = new AbortController()
  const rules = {
    raise,
    signal: controller.signal,
    limit,
    attemptMs,
    endsAtMs: Date.now() + mayWaitMs,
  }
  const result = sendRetrying(URL_TEXT, request, rules, attempt as never) as Promise<Answer>
  return { result, attempt, controller }
}

describe('sendRetrying', () => {
  it.each([429, 500, 502, 503, 504, 522])('makes another attempt after %d', async (status) => {
    const { result, attempt } = call([() => ({ status }), () => ({ status: 200 })])
    expect(await result).toEqual({ status: 200 })
    expect(attempt).toHaveBeenCalledTimes(2)
  })

  it('sends the whole request each time, and never follows a redirect', async () => {
    const seen: object[] = []
    const see = async (sent: Request) => {
      const { url, method, redirect, headers } = sent
      seen.push([url, method, redirect, headers.get('x-key'), await sent.text()])
    }
    const { result } = call([
      async (sent) => {
        await see(sent)
        return { status: 503 }
      },
      async (sent) => {
        await see(sent)
        return { status: 200 }
      },
    ])
    await result
    expect(seen[0]).toEqual([URL_TEXT, 'PUT', 'manual', 'secret', '{"a":1}'])
    expect(seen[1]).toEqual(seen[0])
  })

  it('gives the last answer when the repetitions are used up', async () => {
    const { result, attempt } = call([1, 2, 3].map((n) => () => ({ status: 503, n })))
    expect(await result).toEqual({ status: 503, n: 3 })
    expect(attempt).toHaveBeenCalledTimes(3)
  })

  it.each([400, 401, 408, 413])('makes no other attempt after %d', async (status) => {
    const { result, attempt } = call([() => ({ status })])
    expect(await result).toEqual({ status })
    expect(attempt).toHaveBeenCalledTimes(1)
  })

  it('makes one attempt where the limit is 0, whatever happens', async () => {
    for (const play of [() => ({ status: 503 }), broken, never]) {
      const { result, attempt } = call([play], { limit: 0, attemptMs: 100 })
      await result.catch(() => {})
      expect(attempt).toHaveBeenCalledTimes(1)
    }
  })

  it('waits as long as the answer says', async () => {
    const began = Date.now()
    await call([() => ({ status: 429, retryAfterMs: 700 }), () => ({ status: 200 })]).result
    expect(Date.now() - began).toBeGreaterThan(650)
  })

  it('does not begin a wait that is too long', async () => {
    const { result, attempt } = call([() => ({ status: 429, retryAfterMs: 3000 })])
    expect((await result).status).toBe(429)
    expect(attempt).toHaveBeenCalledTimes(1)
  })

  it('makes another attempt after a failure, and codes the last one', async () => {
    const { result, attempt } = call([broken, () => ({ status: 200 })])
    expect((await result).status).toBe(200)
    expect(attempt).toHaveBeenCalledTimes(2)
    const error = await failure(() => call([broken, broken, broken]).result)
    expect(error).toMatchObject({ code: 'NETWORK', cause: expect.any(TypeError) })
  })

  it('forgets the wait of an answer once the connection fails', async () => {
    const busy = () => ({ status: 429, retryAfterMs: 10 })
    const error = await failure(() => call([busy, broken, broken]).result)
    expect(error).toMatchObject({ code: 'NETWORK' })
  })

  it('ends an attempt that takes too long, and codes the last one', async () => {
    const { result, attempt } = call([never, () => ({ status: 200 })], { attemptMs: 100 })
    expect((await result).status).toBe(200)
    expect(attempt).toHaveBeenCalledTimes(2)
    const late = call([never, never, never], { attemptMs: 50 })
    const error = await failure(() => late.result)
    expect(error).toMatchObject({ code: 'TIMEOUT' })
    expect(error['cause']).toBeUndefined()
  })

  it('passes a coded error of an attempt at once', async () => {
    const refusal = raise('REDIRECT_REFUSED', 'no')
    const { result, attempt } = call([
      () => {
        throw refusal
      },
    ])
    expect(await failure(() => result)).toBe(refusal)
    expect(attempt).toHaveBeenCalledTimes(1)
  })

  it('ends with its signal, in an attempt and in a wait', async () => {
    const busy = () => ({ status: 429, retryAfterMs: 1900 })
    for (const play of [never, busy]) {
      const { result, attempt, controller } = call([play])
      setTimeout(() => controller.abort(new Error('left')), 50)
      const began = Date.now()
      await result.catch(() => {})
      expect(Date.now() - began).toBeLessThan(1500)
      expect(attempt).toHaveBeenCalledTimes(1)
    }
  })
})
