/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ibkr-sso'
import { describe, expect, it } from 'vitest'
import {
  always,
  functionsOf,
  type Outcomes,
  outcomesOf,
} from '../../../tests/support/wrong-arguments.ts'
import { setUp, user } from './support.ts'

const OPTION = 'IBKR_SSO_OPTION_INVALID'
const URL_REFUSED = 'IBKR_SSO_URL_REFUSED'
/** Nothing and null are no options, which may be left out. */
const OPTIONAL: Outcomes = ['returns', 'returns', OPTION, OPTION, OPTION]

/** An error that lacks its text or code is refused by the base of all. */
const CLASS = 'CRYPTO_OPTION_INVALID'
const EXPORTS: Readonly<Record<string, Outcomes>> = {
  CodedError: always(CLASS),
  IbkrSsoError: always(CLASS),
  ServiceError: always(CLASS),
  createIbkrSso: always(OPTION),
  hasCode: always('returns'),
  prepareBrowserSessionRequest: always(OPTION),
  prepareSsoSessionRequest: always(OPTION),
  processBrowserSessionResponse: always(OPTION),
  processSsoSessionResponse: always(OPTION),
  withLandingAction: always(OPTION),
}
const METHODS: Readonly<Record<string, Readonly<Record<string, Outcomes>>>> = {
  client: { createBrowserSession: always(OPTION), createSession: always(OPTION) },
  session: {
    accessToken: OPTIONAL,
    // A text is a path, whatever it says; its init is none.
    fetch: [URL_REFUSED, URL_REFUSED, URL_REFUSED, OPTION, URL_REFUSED],
    onRenewed: always(OPTION),
    webSocketUrl: always('returns'),
  },
}

const owners = async (): Promise<Readonly<Record<string, object>>> => {
  const { sso } = setUp()
  return { client: sso, session: await sso.createSession(user) }
}

describe('an export', () => {
  it('of every name is in the table', () => {
    expect(functionsOf(main)).toEqual(Object.keys(EXPORTS).sort())
  })

  it.each(Object.entries(EXPORTS))('%s', async (name, expected) => {
    expect(await outcomesOf(main, name)).toEqual(expected)
  })
})

describe.each(Object.entries(METHODS))('a method of the %s', (owner, methods) => {
  it('of every name is in the table', async () => {
    expect(functionsOf((await owners())[owner] as object)).toEqual(Object.keys(methods).sort())
  })

  it.each(Object.entries(methods))('%s', async (name, expected) => {
    expect(await outcomesOf((await owners())[owner] as object, name)).toEqual(expected)
  })
})

it.each([null, 5, 'x', []])('withLandingAction: options that are %j', (options) => {
  const url = new URL('https://www.interactivebrokers.com/sso/resolver')
  const call = () => main.withLandingAction(url, 'TransferFunds', {}, options as never)
  expect(call).toThrow(expect.objectContaining({ code: OPTION, option: 'options' }))
})
