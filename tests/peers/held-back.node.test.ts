/** After which answers each sign-in of each client is held back: all, one by one, and for how long about. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { describe, expect, it } from 'vitest'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'
import { failure, wrong } from '../support/index.ts'

const { oauth1, oauth2 } = testCredentials.ibkr
const NOW_MS = Date.UTC(2026, 2, 2, 9)
const user = { credential: 'exampleuser1', ip: '8.8.4.4' }

type SignIn = () => Promise<unknown>
type Sending = { readonly fetch: typeof globalThis.fetch; readonly now: () => number }

/** A sign-in of a client that is kept, so that it remembers. */
const SIGN_INS: Readonly<Record<string, (sending: Sending) => SignIn>> = {
  handshake(sending) {
    const client = createIbkrOAuth1({ ...oauth1, ...wrong<object>(sending) })
    return () => client.liveSessionToken()
  },
  'OAuth 2.0 token'(sending) {
    const client = createIbkrOAuth2({ ...oauth2, scope: 'echo.read', ...wrong<object>(sending) })
    return () => client.accessToken()
  },
  'SSO session'(sending) {
    const client = createIbkrSso({ oauth2: authority, ...wrong<object>(sending) })
    return () => client.createSession(user)
  },
  'SSO browser session'(sending) {
    const client = createIbkrSso({ oauth2: authority, ...wrong<object>(sending) })
    return () => client.createBrowserSession(user)
  },
}
const authority = {
  accessToken: async () => ({ value: 'access-token' }),
  signJwt: createIbkrOAuth2({ ...oauth2, scope: 'x' }).signJwt,
}

/** Half a minute at least, and no login sooner. */
const REFUSALS: readonly (readonly [string, () => unknown])[] = [
  ...[204, 301, 302, 307, 400, 401, 403, 404, 405, 407, 409, 411, 413, 415, 422, 429, 451].map(
    (status) => [`${status}`, () => new Response(null, { status })] as const,
  ),
  ['200 that is HTML', () => new Response('<html>')],
  ['200 without a field', () => new Response('{}')],
  ['200 with an error', () => new Response('{"error":"no"}')],
  ['200 larger than its limit', () => new Response('x'.repeat(70_000))],
  ['no answer from a fetch that forgets its return', () => undefined],
]
/** A second at least. */
const PASSING: readonly (readonly [string, () => unknown])[] = [
  ...[408, 500, 501, 502, 503, 504, 520, 599].map(
    (status) => [`${status}`, () => new Response(null, { status })] as const,
  ),
  ['a connection that fails', () => Promise.reject(new TypeError('fetch failed'))],
]
/** A token call is repeated by itself where that is safe. */
const REPETITIONS = 3

describe.each(Object.entries(SIGN_INS))('%s', (_name, make) => {
  it.each([
    ...REFUSALS.map(([what, answer]) => [what, answer, 27_000] as const),
    ...PASSING.map(([what, answer]) => [what, answer, 900] as const),
  ])(
    'is held back after %s',
    async (_what, answer, pauseMs) => {
      const time = { now: NOW_MS }
      let sent = 0
      const fetch = async () => {
        sent++
        return await answer()
      }
      const signIn = make({ fetch: wrong(fetch), now: () => time.now })
      const first = await failure(signIn)
      expect(first['nextAttemptAtMs']).toBeGreaterThanOrEqual(NOW_MS + pauseMs)
      expect(sent).toBeLessThanOrEqual(REPETITIONS)
      const before = sent
      time.now += pauseMs - 1
      const { code, nextAttemptAtMs } = first
      expect(await failure(signIn)).toMatchObject({ code, nextAttemptAtMs })
      expect(sent).toBe(before)
      time.now = nextAttemptAtMs as number
      await failure(signIn)
      expect(sent).toBeGreaterThan(before)
    },
    20_000,
  )
})
