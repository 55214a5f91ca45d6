/** In a browser a failed connection names CORS, which the platform does not; elsewhere it does not. */
import { afterEach, expect, it, vi } from 'vitest'
import { describeFailedConnection } from '../src/internal/foreign-fetch.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

it.each([
  ['Node.js/20', false],
  ['Cloudflare-Workers', false],
  ['Mozilla/5.0 (X11; Linux x86_64)', true],
])('%s', (userAgent, isNamed) => {
  vi.stubGlobal('navigator', { userAgent })
  expect(/CORS.*proxy.*baseUrl/.test(describeFailedConnection())).toBe(isNamed)
})
