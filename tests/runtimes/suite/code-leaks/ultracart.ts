/** A way to each code of UltraCart. */
import { createUltraCartSso, type UltraCartSsoErrorCode } from '@isoauth/ultracart-sso'
import { createTransactionStore } from '@isoauth/ultracart-sso/transaction'
import { failure } from '../check.ts'
import { NOW_MS } from '../vectors.ts'
import { BODY, CODE, carrying, KEY, sentBy, USER_KEY } from './marks.ts'
import { answer, never, type Play } from './played.ts'
import type { Provoked, Way } from './search.ts'

const REDIRECT = 'https://shop.example/auth/return'
const GOOD: Readonly<Record<string, Play>> = {
  '/authorize': answer({ login_url: 'https://secure.ultracart.com/login?id=42' }),
  '/token': answer({ simple_key: USER_KEY }),
}
type Operation = 'authorize' | 'token' | 'user' | 'revoke'

/** A client, the states that it made, and the time. */
function start(plays: Readonly<Record<string, Play>>, more: object) {
  const time = { now: NOW_MS }
  const states: string[] = []
  async function fetch(input: unknown, init?: RequestInit): Promise<Response> {
    const sent = await sentBy(input, init)
    const { state } = JSON.parse(String(init?.body ?? '{}')) as { readonly state?: string }
    if (state !== undefined) states.push(state)
    const found = Object.entries({ ...GOOD, ...plays })
    const play = found.find(([path]) => String(input).endsWith(path))?.[1]
    return play ? await play(sent) : new Response(null, { status: 204 })
  }
  const sso = createUltraCartSso({
    ...{ simpleKey: KEY, redirectUri: REDIRECT, allowBrowser: true },
    ...{ fetch: fetch as never, now: () => time.now },
    ...more,
  })
  /** The callback of a login that is under way. */
  async function login(ageMs = 0) {
    const { transaction } = await sso.authorize()
    time.now += ageMs
    const state = String(states.at(-1))
    const validate = (query: (state: string) => string) =>
      sso.validateCallback(`${REDIRECT}?${query(state)}`, { transaction })
    return { validate }
  }
  return { sso, states, login }
}

const good = (state: string) => `code=${CODE}&state=${state}`
const PATHS = {
  ...{ authorize: '/authorize', token: '/token' },
  ...{ user: '/session/user', revoke: '/session/revoke' },
} as const

/** One of the four calls, answered as it is played. */
async function call(operation: Operation, play: Play, more: object = {}): Promise<Provoked> {
  const { sso, states, login } = start({ [PATHS[operation]]: play }, more)
  const run = async () => {
    if (operation === 'authorize') return await sso.authorize()
    if (operation !== 'token') return await sso[operation]({ simpleKey: USER_KEY })
    return await sso.exchangeCode(await (await login()).validate(good))
  }
  return { error: await failure(run), events: [sso], secrets: states }
}

async function callback(
  query: (state: string) => string,
  { ageMs = 0, times = 1 } = {},
): Promise<Provoked> {
  const { states, login } = start({}, {})
  const { validate } = await login(ageMs)
  for (let time = 1; time < times; time++) await validate(query)
  return { error: await failure(() => validate(query)), secrets: states }
}

const echoing =
  (status: number): Play =>
  (sent) => {
    const said = { developer_message: sent.text, user_message: sent.text }
    const headers = {
      'uc-rest-error': encodeURI(sent.text),
      ...{ 'x-ultracart-request-id': KEY, 'retry-after': '999' },
    }
    return new Response(JSON.stringify({ error: said }), { status, headers })
  }

export const ultraCartWays: Readonly<Record<UltraCartSsoErrorCode, Way>> = {
  ULTRACART_SSO_OPTION_INVALID: async () => ({
    error: await failure(() => start({}, { simpleKey: `${KEY}\n` })),
  }),
  ULTRACART_SSO_WEBCRYPTO_UNAVAILABLE: {
    notHere: 'the global of a runtime that goes on with other checks is not taken away',
    provokedIn: 'packages/ultracart-sso/test/leak.test.ts',
  },
  ULTRACART_SSO_URL_REFUSED: () =>
    call('authorize', answer({ login_url: `https://${KEY}.evil.example/?${KEY}&${BODY}` })),
  ULTRACART_SSO_REDIRECT_REFUSED: () =>
    call('token', () => {
      const headers = { location: `https://evil.example/?${CODE}` }
      return new Response(null, { status: 307, headers })
    }),
  ULTRACART_SSO_NETWORK: () =>
    call('token', (sent) => {
      throw carrying(sent)
    }),
  ULTRACART_SSO_TIMEOUT: () => call('token', never, { timeoutMs: 100 }),
  ULTRACART_SSO_RESPONSE_INVALID: () =>
    call('token', () => new Response(`{"simple_key":"${USER_KEY} ${BODY}"}`)),
  ULTRACART_SSO_BAD_REQUEST: () => call('token', echoing(400)),
  ULTRACART_SSO_UNAUTHORIZED: () => call('user', echoing(401)),
  ULTRACART_SSO_FORBIDDEN: () => call('authorize', echoing(403)),
  ULTRACART_SSO_APPLICATION_DISABLED: () => call('authorize', echoing(410)),
  ULTRACART_SSO_RATE_LIMITED: () => call('revoke', echoing(429)),
  ULTRACART_SSO_UNAVAILABLE: () => call('token', echoing(503)),
  ULTRACART_SSO_REFUSED: () =>
    call(
      'token',
      answer({ simple_key: USER_KEY, error: { developer_message: `made ${USER_KEY}` } }),
    ),
  ULTRACART_SSO_CALLBACK_INVALID: () => callback((state) => `${good(state)}&code=${BODY}`),
  ULTRACART_SSO_CALLBACK_REFUSED: () =>
    callback((state) => `error=${CODE}&error_description=${BODY}&state=${state}`),
  ULTRACART_SSO_CALLBACK_USED: () => callback(good, { times: 2 }),
  ULTRACART_SSO_STATE_MISMATCH: () => callback((state) => `${good(state)}x`),
  ULTRACART_SSO_LOGIN_EXPIRED: () => callback(good, { ageMs: 3_600_000 }),
  ULTRACART_SSO_LOGIN_UNKNOWN: async () => ({
    error: await failure(() => createTransactionStore().take(`__Host-ultracart-login=${BODY}`)),
  }),
}
