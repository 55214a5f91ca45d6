/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ultracart-sso'
import * as transaction from '@isoauth/ultracart-sso/transaction'
import { describe, expect, it } from 'vitest'
import { setUp } from './support.ts'

const ARGUMENTS: readonly (readonly [string, readonly unknown[]])[] = [
  ['nothing', []],
  ['null', [null, null]],
  ['a number', [5, 5]],
  ['a text', ['x', 'x']],
  ['an array', [[], []]],
]
const OPTION = 'ULTRACART_SSO_OPTION_INVALID'
const UNKNOWN = 'ULTRACART_SSO_LOGIN_UNKNOWN'
/** What comes of it: the code; `returns` where a call without arguments, or with such ones, is right. */
type Outcome = typeof OPTION | typeof UNKNOWN | typeof CLASS | 'returns'
const ALWAYS = (outcome: Outcome): readonly Outcome[] => ARGUMENTS.map(() => outcome)

/** An error that lacks its text or code is refused by the base of all. */
const CLASS = 'CRYPTO_OPTION_INVALID'
const FUNCTIONS: Readonly<Record<string, readonly Outcome[]>> = {
  CodedError: ALWAYS(CLASS),
  UltraCartSsoError: ALWAYS(CLASS),
  createUltraCartSso: ALWAYS(OPTION),
  hasCode: ALWAYS('returns'),
  createTransactionCookie: ALWAYS(OPTION),
  // Its options may be left out.
  createTransactionStore: ['returns', OPTION, OPTION, OPTION, OPTION],
  isSameIpAddress: ALWAYS('returns'),
}
const METHODS: Readonly<Record<string, readonly Outcome[]>> = {
  'client.authorize': ['returns', 'returns', OPTION, OPTION, OPTION],
  'client.validateCallback': ALWAYS(OPTION),
  'client.exchangeCode': ALWAYS(OPTION),
  'client.user': ALWAYS(OPTION),
  'client.revoke': ALWAYS(OPTION),
  'store.keep': ALWAYS(OPTION),
  'store.take': ALWAYS(UNKNOWN),
  'cookie.keep': ALWAYS(OPTION),
  'cookie.take': ALWAYS(UNKNOWN),
}

type Work = (...given: readonly unknown[]) => unknown

async function outcomeOf(work: Work, given: readonly unknown[]): Promise<unknown> {
  try {
    // A class is called by `new`.
    if (/^class\b/.test(String(work))) Reflect.construct(work, given)
    else await work(...given)
    return 'returns'
  } catch (error) {
    // An uncoded error is told with its stack.
    return (error as { code?: string }).code ?? error
  }
}

describe('an export', () => {
  const exported = { ...main, ...transaction } as unknown as Readonly<Record<string, Work>>

  it('of every name is in the table', () => {
    expect(Object.keys(exported).sort()).toEqual(Object.keys(FUNCTIONS).sort())
  })

  it.each(Object.entries(FUNCTIONS))('%s', async (name, expected) => {
    const outcomes = ARGUMENTS.map(([, given]) => outcomeOf(exported[name]!, given))
    expect(await Promise.all(outcomes)).toEqual(expected)
  })
})

describe('a method', () => {
  const objects = async (): Promise<Readonly<Record<string, object>>> => {
    const algorithm = { name: 'AES-GCM', length: 256 }
    const key = await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt'])
    return {
      client: setUp().sso,
      store: transaction.createTransactionStore(),
      cookie: transaction.createTransactionCookie({ key: key as CryptoKey }),
    }
  }

  it('of every name is in the table', async () => {
    const names = Object.entries(await objects()).flatMap(([owner, object]) =>
      Object.entries(object).flatMap(([name, value]) =>
        typeof value === 'function' ? [`${owner}.${name}`] : [],
      ),
    )
    expect(names.sort()).toEqual(Object.keys(METHODS).sort())
  })

  it.each(Object.entries(METHODS))('%s', async (path, expected) => {
    const [owner = '', name = ''] = path.split('.')
    const object = (await objects())[owner] as Readonly<Record<string, Work>>
    const outcomes = ARGUMENTS.map(([, given]) => outcomeOf(object[name]!, given))
    expect(await Promise.all(outcomes)).toEqual(expected)
  })

  it.each(['exchangeCode', 'user', 'revoke'] as const)(
    '%s with wrong options names them',
    async (name) => {
      for (const options of [5, 'x', []]) {
        const setup = setUp()
        const first = name === 'exchangeCode' ? await setup.validated() : { simpleKey: 'k' }
        const sent = setup.seen.length
        const call = (setup.sso[name] as Work)(first, options) as Promise<unknown>
        expect(await call.catch((error: unknown) => error)).toMatchObject({ option: 'options' })
        expect(setup.seen).toHaveLength(sent)
      }
    },
  )
})
