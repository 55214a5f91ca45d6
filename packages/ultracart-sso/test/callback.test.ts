/** The callback: where it goes, doubled parameters, state, the login's end, error, code, one use. */
import { describe, expect, it } from 'vitest'
import { createSingleUse } from '../src/internal/callback.ts'
import { digestOf } from '../src/internal/login-transaction.ts'
import { CODE, REDIRECT, rejection, setUp } from './support.ts'

const code = (ending: string) => ({ code: `ULTRACART_SSO_${ending}`, name: 'UltraCartSsoError' })

it('takes an absolute URL, a URL object, and path and query', async () => {
  for (const form of [
    (url: string) => url,
    (url: string) => new URL(url),
    (url: string) => url.slice('https://shop.example'.length),
  ]) {
    const { sso, login, callback } = setUp()
    const { transaction, state } = await login()
    const url = form(callback({ code: CODE, state, extra: 'kept out' }))
    const validated = await sso.validateCallback(url, { transaction })
    expect(JSON.stringify(validated)).toBe('{}')
    expect((await sso.exchangeCode(validated)).simpleKey).not.toBe('')
  }
})

it.each([
  'shop=1',
  // Names of parameters are told apart by their letters' case.
  'Code=1&STATE=2&Error=3',
  // What refusals say beside `error` is never read.
  'error_description=1&error_uri=2',
  'code%5B%5D=1&decode=1&scope=x',
])(
  'takes a transaction that went through JSON, and a redirect URI with the query %s',
  async (query) => {
    const redirectUri = `https://shop.example/auth/return?${query}`
    const { sso, login } = setUp({}, { redirectUri })
    const { transaction, state } = await login()
    const stored = JSON.parse(JSON.stringify(transaction))
    const url = `${redirectUri}&code=a&state=${state}`
    expect(await sso.validateCallback(url, { transaction: stored })).toEqual({})
  },
)

it('takes parameters that were joined to those of the redirect URI by a second question mark', async () => {
  const redirectUri = 'https://shop.example/auth/return?tenant=7'
  const { sso, login } = setUp({}, { redirectUri })
  const { transaction, state } = await login()
  const url = `${redirectUri}?code=a?b&state=${state}`
  expect(await sso.validateCallback(url, { transaction })).toEqual({})
})

describe.each([
  ['another origin', (query: string) => `https://evil.example/auth/return?${query}`],
  ['http', (query: string) => `http://shop.example/auth/return?${query}`],
  ['another port', (query: string) => `https://shop.example:8443/auth/return?${query}`],
  ['another path', (query: string) => `https://shop.example/auth/other?${query}`],
  ['another host by two slashes', (query: string) => `//evil.example/auth/return?${query}`],
  ['a user', (query: string) => `https://a:b@shop.example/auth/return?${query}`],
  ['nothing to parse', (query: string) => `https://[?${query}`],
  ['the parameters in the fragment', (query: string) => `${REDIRECT}#${query}`],
  ['a doubled state', (query: string) => `${REDIRECT}?${query}&state=x`],
  ['a doubled code', (query: string) => `${REDIRECT}?${query}&code=x`],
  ['a doubled error', (query: string) => `${REDIRECT}?${query}&error=a&error=b`],
  ['an empty error', (query: string) => `${REDIRECT}?${query}&error=`],
  ['an empty code', (query: string) => `${REDIRECT}?${query.replace(CODE, '')}`],
  ['no code', (query: string) => `${REDIRECT}?${query.replace('code=', 'kode=')}`],
  ['a code with a blank', (query: string) => `${REDIRECT}?${query.replace(CODE, 'a+b')}`],
  ['a code with a control', (query: string) => `${REDIRECT}?${query.replace(CODE, 'a%00b')}`],
  ['a very long code', (query: string) => `${REDIRECT}?${query.replace(CODE, 'a'.repeat(3000))}`],
  ['a very long state', (query: string) => `${REDIRECT}?${query}${'a'.repeat(3000)}`],
])('a callback with %s', (_, change) => {
  it('is refused before anything is sent', async () => {
    const { sso, login, count } = setUp()
    const { transaction, state } = await login()
    const url = change(`code=${CODE}&state=${state}`)
    const error = await rejection(sso.validateCallback(url, { transaction }))
    expect(error).toMatchObject(code('CALLBACK_INVALID'))
    expect(count('token')).toBe(0)
  })
})

it.each([[undefined], [null], [5], [''], [{}], [[]], [{ href: 5 }]])(
  'refuses %o as callback URL',
  async (url) => {
    const { sso, login } = setUp()
    const { transaction } = await login()
    const error = await rejection(sso.validateCallback(url as never, { transaction }))
    expect(error).toMatchObject(code('CALLBACK_INVALID'))
  },
)

describe('the state', () => {
  it.each([
    ['of another login', (_: string, other: string) => other],
    ['with one character changed', (own: string) => (own[0] === 'A' ? 'B' : 'A') + own.slice(1)],
    ['cut off', (own: string) => own.slice(0, -1)],
    ['longer', (own: string) => `${own}A`],
    ['in capitals', (own: string) => own.toUpperCase()],
    ['that is the digest', (_: string, __: string, digest: string) => digest],
  ])('%s is refused and says nothing', async (_, change) => {
    const { sso, login, callback, count } = setUp()
    const other = await login()
    const { transaction, state } = await login()
    const wrong = change(state, other.state, transaction.stateDigest)
    for (const rest of [{ code: CODE }, { error: 'access_denied' }, {}]) {
      const url = callback({ ...rest, state: wrong } as never)
      const error = await rejection(sso.validateCallback(url, { transaction }))
      expect(error).toMatchObject(code('STATE_MISMATCH'))
    }
    // A wrong state spends nothing: the person's own callback still counts.
    const right = callback({ code: CODE, state })
    expect(await sso.validateCallback(right, { transaction })).toEqual({})
    expect(count('token')).toBe(0)
  })

  it('that is missing is refused before the error is looked at', async () => {
    const { sso, login, callback } = setUp()
    const { transaction } = await login()
    const url = callback({ error: 'access_denied' })
    // The second is a login whose state is empty.
    for (const stateDigest of [transaction.stateDigest, await digestOf('')]) {
      const options = { transaction: { ...transaction, stateDigest } }
      const error = await rejection(sso.validateCallback(url, options))
      expect(error).toMatchObject(code('STATE_MISMATCH'))
      // No other tab or browser is at fault.
      expect(error['message']).toBe(
        'The callback has no state: its query was cut, or it answers no login of this client. Start a new login.',
      )
    }
  })

  it('of a login for another redirect URI is refused', async () => {
    const { sso, login, callback } = setUp()
    const { transaction, state } = await login()
    const moved = { ...transaction, redirectUri: 'https://shop.example/other' }
    const url = callback({ code: CODE, state })
    const error = await rejection(sso.validateCallback(url, { transaction: moved }))
    expect(error).toMatchObject(code('STATE_MISMATCH'))
    // Told apart from another browser's login.
    expect(error['message']).toMatch(/another redirectUri/)
    expect(error['message']).not.toMatch(/browser/)
    const foreign = callback({ code: CODE, state: `${state}x` })
    const other = await rejection(sso.validateCallback(foreign, { transaction }))
    expect(other['message']).toMatch(/another browser/)
  })

  it('is good for one callback, at the same time too', async () => {
    const { sso, login, callback, count } = setUp()
    const { transaction, state } = await login()
    const url = callback({ code: CODE, state })
    const outcomes = await Promise.allSettled([
      sso.validateCallback(url, { transaction }),
      sso.validateCallback(url, { transaction }),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const again = await rejection(sso.validateCallback(url, { transaction }))
    expect(again).toMatchObject(code('CALLBACK_USED'))
    expect(count('token')).toBe(0)
  })
})

describe('the login’s end', () => {
  it('is kept to the millisecond', async () => {
    for (const [lateMs, isIn] of [
      [-1, true],
      [0, false],
    ] as const) {
      const { sso, login, callback, time } = setUp()
      const { transaction, state } = await login()
      time.now = transaction.expiresAtMs + lateMs
      const url = callback({ code: CODE, state })
      const outcome = sso.validateCallback(url, { transaction })
      if (isIn) expect(await outcome).toEqual({})
      else expect(await rejection(outcome)).toMatchObject(code('LOGIN_EXPIRED'))
    }
  })
})

describe('a refusal', () => {
  it.each([
    ['access_denied', 'access_denied'],
    ['invalid_request', 'invalid_request'],
    ['something_of_theirs', 'something_of_theirs'],
    ['Marked', undefined],
    ['<b>no</b>', undefined],
    ['a'.repeat(31), undefined],
  ])('with error=%s', async (error, reason) => {
    const { sso, login, callback } = setUp()
    const { transaction, state } = await login()
    const url = callback({ error, error_description: 'marked-description', state, code: CODE })
    const refused = await rejection(sso.validateCallback(url, { transaction }))
    expect(refused).toMatchObject(code('CALLBACK_REFUSED'))
    expect(refused['reason']).toBe(reason)
    const says = reason === undefined ? '' : ` The callback says: ${reason}.`
    expect(refused['message']).toBe(
      `The person or UltraCart refused the login.${says} Start a new login.`,
    )
    expect(JSON.stringify(refused)).not.toContain('marked')
    const again = await rejection(sso.validateCallback(url, { transaction }))
    expect(again).toMatchObject(code('CALLBACK_USED'))
  })
})

describe('the end of a login', () => {
  it('is met a millisecond before it, and not at it', async () => {
    const { sso, login, callback, time } = setUp()
    for (const [left, outcome] of [
      [1, {}],
      [0, code('LOGIN_EXPIRED')],
    ] as const) {
      const { transaction, state } = await login()
      const now = time.now
      time.now = transaction.expiresAtMs - left
      const url = callback({ code: `${CODE}${left}`, state })
      const validated = sso.validateCallback(url, { transaction })
      expect(await validated.catch((error: unknown) => error)).toMatchObject(outcome)
      time.now = now
    }
  })
})

describe('what was used once', () => {
  it('is known until ten thousand others were, and then forgotten, the oldest first', () => {
    const { isFirstUse } = createSingleUse()
    for (let at = 0; at < 10_000; at++) expect(isFirstUse(`${at}`)).toBe(true)
    expect([isFirstUse('0'), isFirstUse('1'), isFirstUse('9999')]).toEqual([false, false, false])
    expect(isFirstUse('one more')).toBe(true)
    expect([isFirstUse('1'), isFirstUse('9999')]).toEqual([false, false])
    expect(isFirstUse('0')).toBe(true)
    expect([isFirstUse('1'), isFirstUse('3')]).toEqual([true, false])
  })
})

describe('a validated callback', () => {
  it('is exchanged once, whether that succeeds or not', async () => {
    const { sso, validated, count } = setUp({ token: () => new Response('', { status: 500 }) })
    const callback = await validated()
    expect(await rejection(sso.exchangeCode(callback))).toMatchObject(code('UNAVAILABLE'))
    expect(await rejection(sso.exchangeCode(callback))).toMatchObject(code('CALLBACK_USED'))
    expect(count('token')).toBe(1)
  })

  it('is exchanged once by callers at the same time', async () => {
    const { sso, validated, count } = setUp()
    const callback = await validated()
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => sso.exchangeCode(callback)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(count('token')).toBe(1)
  })

  it('with a code that another one had is not exchanged', async () => {
    const { sso, validated, count } = setUp()
    await sso.exchangeCode(await validated())
    const error = await rejection(sso.exchangeCode(await validated()))
    expect(error).toMatchObject(code('CALLBACK_USED'))
    expect(count('token')).toBe(1)
  })

  it('is not spent by an abort before it began', async () => {
    const { sso, validated, count } = setUp()
    const callback = await validated()
    const reason = new Error('left')
    const signal = AbortSignal.abort(reason)
    expect(await rejection(sso.exchangeCode(callback, { signal }))).toBe(reason)
    expect((await sso.exchangeCode(callback)).simpleKey).not.toBe('')
    expect(count('token')).toBe(1)
  })
})

it('a transaction that is emptied once it was handed over is checked as it was', async () => {
  const { sso, login, callback } = setUp()
  const { transaction, state } = await login()
  const kept: Record<string, unknown> = { ...transaction }
  const validated = sso.validateCallback(callback({ code: CODE, state }), {
    transaction: kept as never,
  })
  for (const name of Object.keys(kept)) delete kept[name]
  expect((await sso.exchangeCode(await validated)).simpleKey).not.toBe('')
})
