/** Every export and method, called with nothing, null, a number, a text and an array: never an uncoded error. */
import * as main from '@isoauth/ibkr-sso'
import { expect, it } from 'vitest'
import * as every from '../../../tests/support/every-export.ts'
import { setUp, user } from './support.ts'

const { OPTION, OPTIONAL, FETCH } = every.wordsOf('IBKR_SSO')

const EXPORTS: every.Table = {
  ...every.handedOn,
  IbkrSsoError: every.always(every.CLASS),
  ...every.allOf(
    OPTION,
    'createIbkrSso',
    'prepareBrowserSessionRequest',
    'prepareSsoSessionRequest',
    'processBrowserSessionResponse',
    'processSsoSessionResponse',
    'withLandingAction',
  ),
}
const METHODS: Readonly<Record<string, every.Table>> = {
  client: { createBrowserSession: every.always(OPTION), createSession: every.always(OPTION) },
  session: {
    accessToken: OPTIONAL,
    fetch: FETCH,
    onRenewed: every.always(OPTION),
    webSocketUrl: every.always('returns'),
  },
}

const owners = async (): Promise<Readonly<Record<string, object>>> => {
  const { sso } = setUp()
  return { client: sso, session: await sso.createSession(user) }
}

every.describeExports(main, EXPORTS)

every.describeMethods(owners, METHODS)

it.each([null, 5, 'x', []])('withLandingAction: options that are %j', (options) => {
  const url = new URL('https://www.interactivebrokers.com/sso/resolver')
  const call = () => main.withLandingAction(url, 'TransferFunds', {}, options as never)
  expect(call).toThrow(expect.objectContaining({ code: OPTION, option: 'options' }))
})
