import { sendRepeating } from '@isoauth/core-client'
import { describe, expect, it, vi } from 'vitest'
import { failure, raise } from './support.ts'

const URL_TEXT = 'https://api.example.com/token'
const retries = { limit: 2, statuses: [429, 503], maxRetryAfterMs: 2000 }

const answer =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    new Response(`status ${status}`, { status, headers })
const broken = () => {
  throw new TypeError('connection reset')
}

describe('sendRepeating', () => {
  /** Sends numbered requests to a service that answers what `answers` say, one after the other. */
  function call(answers: readonly (() => Response | Promise<Response>)[], timeoutMs = 20_000) {
    const sent: string[] = []
    let prepared = 0
    const prepare = async () => {
      prepared++
      return new Request(URL_TEXT, {
        method: 'POST',
        body: `attempt ${prepared}`,
        redirect: 'manual',
      })
    }
    const fetch = vi.fn(async (input: Request) => {
      sent.push(await input.clone().text())
      const answer = answers[sent.length - 1]
      if (answer === undefined) throw new Error('more requests than expected')
      return answer()
    })
    const options = { raise, fetch: fetch as never, timeoutMs, retries, now: () => 0 }
    const result = sendRepeating(prepare, options, async (response) => ({
      status: response.status,
      text: await response.text(),
    }))
    return { result, sent }
  }

  it('repeats after the statuses named, with a new request each time', async () => {
    const { result, sent } = call([answer(503), answer(429, { 'retry-after': '0' }), answer(200)])
    expect(await result).toEqual({ status: 200, text: 'status 200' })
    expect(sent).toEqual(['attempt 1', 'attempt 2', 'attempt 3'])
  })

  it('gives the last answer when the repetitions are used up', async () => {
    const { result, sent } = call([answer(503), answer(503), answer(503)])
    expect(await result).toEqual({ status: 503, text: 'status 503' })
    expect(sent).toHaveLength(3)
  })

  it.each([400, 401, 500])('does not repeat after %d', async (status) => {
    const { result, sent } = call([answer(status)])
    expect((await result).status).toBe(status)
    expect(sent).toHaveLength(1)
  })

  it('does not wait for a Retry-After above the limit', async () => {
    const { result, sent } = call([answer(429, { 'retry-after': '3' })])
    expect((await result).status).toBe(429)
    expect(sent).toHaveLength(1)
  })

  it('repeats after a network failure, and codes the last one', async () => {
    const { result, sent } = call([broken, answer(200)])
    expect((await result).status).toBe(200)
    expect(sent).toHaveLength(2)
    const error = await failure(() => call([broken, broken, broken]).result)
    expect(error).toMatchObject({ code: 'NETWORK', cause: expect.any(TypeError) })
  })

  it('ends everything at the deadline', async () => {
    const never = () => new Promise<Response>(() => {})
    expect((await failure(() => call([answer(503), never], 900).result))['code']).toBe('TIMEOUT')
  })

  it('refuses redirects', async () => {
    const { result, sent } = call([answer(307, { location: 'https://evil.example/' })])
    expect((await failure(() => result))['code']).toBe('REDIRECT_REFUSED')
    expect(sent).toHaveLength(1)
  })

  it('passes what the making of a request throws', async () => {
    const down = new Error('no key')
    const options = { raise, fetch: vi.fn() as never, timeoutMs: 1000, retries, now: () => 0 }
    const prepare = async () => Promise.reject(down)
    expect(await failure(() => sendRepeating(prepare, options, async () => 1))).toBe(down)
  })
})
