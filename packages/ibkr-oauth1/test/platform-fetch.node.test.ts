/** Without a `fetch` option the platform's is called, as it is at the time of the call. */
import { afterEach, expect, it, vi } from 'vitest'
import { BASE, setUp } from './support.ts'

afterEach(() => vi.unstubAllGlobals())

it('signs in and sends over the global fetch, called as a function of nobody', async () => {
  const { sandbox, another } = await setUp()
  const client = another({ fetch: undefined })
  const seen: string[] = []
  vi.stubGlobal('fetch', async function (this: unknown, input: string, init?: RequestInit) {
    if (this !== undefined && this !== globalThis) throw new TypeError('Illegal invocation')
    seen.push(input)
    return sandbox.fetch(input, init)
  })
  expect((await client.fetch('/portfolio/accounts')).status).toBe(200)
  expect(seen).toEqual([`${BASE}/oauth/live_session_token`, `${BASE}/portfolio/accounts`])
})
