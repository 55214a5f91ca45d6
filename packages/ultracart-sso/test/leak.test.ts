/** No secret in any error: marked values everywhere, every code provoked, everything searched. */
import { createUltraCartSso, type UltraCartSsoErrorCode } from '@isoauth/ultracart-sso'
import { createTransactionStore } from '@isoauth/ultracart-sso/transaction'
import { describe, expect, it, vi } from 'vitest'
import { everythingOf } from '../../../tests/support/index.ts'
import { skipWaits } from '../../../tests/support/quick-time.ts'
import {
  CODE,
  json,
  KEY,
  type Operation,
  REDIRECT,
  rejection,
  run,
  setUp,
  USER_KEY,
} from './support.ts'

const BODY = 'marked-body-text'
const FORM = 'marked-description'
/** What a service that quotes its caller would say. */
const echo = (seen: { body: string; headers: Headers }): string =>
  `${BODY.slice(0, 0)}got ${seen.body} from ${seen.headers.get('x-ultracart-simple-key')}`
const quoting = (operation: Operation, status: number) => {
  const setup = setUp({
    [operation]: (seen: { body: string; headers: Headers }) =>
      json({ error: { developer_message: echo(seen), user_message: echo(seen) } }, status, {
        'uc-rest-error': encodeURI(echo(seen)),
        'x-ultracart-request-id': seen.headers.get('x-ultracart-simple-key') ?? '',
        'retry-after': '999',
      }),
  })
  return withState(setup, rejection(run(setup, operation)))
}
const answering = (operation: Operation, answer: () => Response, options = {}) => {
  const setup = setUp({ [operation]: answer }, options)
  return withState(setup, rejection(run(setup, operation)))
}
const callback = async (change: (state: string) => string, times = 1) => {
  const setup = setUp()
  const { transaction, state } = await setup.login()
  const url = `${REDIRECT}?${change(state)}`
  const call = () => setup.sso.validateCallback(url, { transaction })
  for (let time = 1; time < times; time++) await call()
  return withState(setup, rejection(call()))
}
/** The states that were sent are secrets too. */
const withState = async (setup: ReturnType<typeof setUp>, error: Promise<unknown>) => {
  const caught = await error
  const states = setup.seen.map(({ body }) => (body ? JSON.parse(body).state : undefined))
  return { caught, states: states.filter((state): state is string => state !== undefined) }
}
const late = async () => {
  const setup = setUp()
  const { transaction, state } = await setup.login()
  setup.time.now += 3_600_000
  const url = setup.callback({ code: CODE, state })
  return withState(setup, rejection(setup.sso.validateCallback(url, { transaction })))
}
const withoutCrypto = async () => {
  const setup = setUp()
  vi.stubGlobal('crypto', {})
  const result = await withState(setup, rejection(setup.sso.authorize()))
  vi.unstubAllGlobals()
  return result
}
const failing = (operation: Operation) => {
  const setup = setUp({
    [operation]: (seen: { body: string; headers: Headers }) => {
      const error = new TypeError(`failed: ${echo(seen)}`)
      const request = new Request('https://a.example', {
        headers: { 'x-ultracart-simple-key': KEY },
      })
      Object.assign(error, { request, code: 'ECONNRESET', options: { body: seen.body } })
      throw Object.assign(error, { cause: new Error(echo(seen)) })
    },
  })
  return withState(setup, rejection(run(setup, operation)))
}

const provoke: Readonly<
  Record<UltraCartSsoErrorCode, () => Promise<{ caught: unknown; states?: readonly string[] }>>
> = {
  ULTRACART_SSO_OPTION_INVALID: async () => ({
    caught: await rejection((async () => createUltraCartSso({ simpleKey: `${KEY}\n` } as never))()),
  }),
  ULTRACART_SSO_WEBCRYPTO_UNAVAILABLE: withoutCrypto,
  ULTRACART_SSO_URL_REFUSED: () =>
    answering('authorize', () =>
      json({ login_url: `https://${KEY}.evil.example/?${KEY}&${BODY}` }),
    ),
  ULTRACART_SSO_REDIRECT_REFUSED: () =>
    answering(
      'token',
      () =>
        new Response(null, { status: 307, headers: { location: `https://evil.example/?${CODE}` } }),
    ),
  ULTRACART_SSO_NETWORK: () => failing('token'),
  ULTRACART_SSO_TIMEOUT: () =>
    answering('token', () => new Promise<Response>(() => {}) as never, { timeoutMs: 100 }),
  ULTRACART_SSO_RESPONSE_INVALID: () =>
    answering('token', () => new Response(`{"simple_key":"${USER_KEY} ${BODY}"}`)),
  ULTRACART_SSO_BAD_REQUEST: () => quoting('token', 400),
  ULTRACART_SSO_UNAUTHORIZED: () => quoting('user', 401),
  ULTRACART_SSO_FORBIDDEN: () => quoting('authorize', 403),
  ULTRACART_SSO_APPLICATION_DISABLED: () => quoting('authorize', 410),
  ULTRACART_SSO_RATE_LIMITED: () => quoting('revoke', 429),
  ULTRACART_SSO_UNAVAILABLE: () => quoting('token', 503),
  ULTRACART_SSO_REFUSED: () =>
    answering('token', () =>
      json({ simple_key: USER_KEY, error: { developer_message: `made ${USER_KEY}` } }),
    ),
  ULTRACART_SSO_CALLBACK_INVALID: () =>
    callback((state) => `code=${CODE}&state=${state}&code=${BODY}`),
  ULTRACART_SSO_CALLBACK_REFUSED: () =>
    callback((state) => `error=${CODE}&error_description=${FORM}&state=${state}`),
  ULTRACART_SSO_CALLBACK_USED: () => callback((state) => `code=${CODE}&state=${state}`, 2),
  ULTRACART_SSO_STATE_MISMATCH: () => callback((state) => `code=${CODE}&state=${state}x`),
  ULTRACART_SSO_LOGIN_EXPIRED: late,
  ULTRACART_SSO_LOGIN_UNKNOWN: async () => ({
    caught: await rejection(createTransactionStore().take(`__Host-ultracart-login=${BODY}`)),
  }),
}

it.each(Object.entries(provoke))('%s tells no secret', async (code, make) => {
  const { caught, states = [] } = await make()
  expect(caught).toMatchObject({ code, name: 'UltraCartSsoError' })
  const text = everythingOf(caught)
  expect(text).toContain(code)
  for (const secret of [KEY, USER_KEY, CODE, BODY, FORM, ...states]) {
    expect(text.toLowerCase()).not.toContain(secret.toLowerCase())
    expect(text.toLowerCase()).not.toContain(secret.slice(2, 11).toLowerCase())
  }
})

describe('a fetch that puts its request into its exception', () => {
  skipWaits(1500)

  it.each(['authorize', 'token', 'user', 'revoke'] as const)(
    '%s passes on no request of a fetch that puts it into its exception',
    async (operation) => {
      const { caught, states } = await failing(operation)
      const text = everythingOf(caught)
      expect(text).toContain('ECONNRESET')
      for (const secret of [KEY, USER_KEY, CODE, ...states]) expect(text).not.toContain(secret)
    },
  )
})

it('says what the service says where that quotes nothing', async () => {
  const error = { developer_message: 'Invalid code', user_message: 'Sign in again' }
  const { caught } = await answering('token', () => json({ error }, 400))
  expect(caught).toMatchObject({ userMessage: 'Sign in again' })
  expect((caught as Error).message).toContain('Invalid code')
})

it('prints neither the client nor a validated callback with what they hold', async () => {
  const setup = setUp()
  const validated = await setup.validated()
  const text = everythingOf(setup.sso) + everythingOf(validated)
  for (const secret of [KEY, CODE]) expect(text).not.toContain(secret)
})
