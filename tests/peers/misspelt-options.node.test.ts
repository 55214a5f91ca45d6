/** Options that JavaScript leaves out silently: each client names the option that was meant, before anything is sent. */
import { createIbkrOAuth1, createIbkrOAuth1Authorization } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { withPacing } from '@isoauth/ibkr-session/pacing'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { expect, it } from 'vitest'
import { failure, wrong } from '../support/index.ts'

const { ibkr, ultracart } = (await createSandbox()).credentials
const refuse = async (): Promise<never> => {
  throw new Error('sent')
}
const connection = { fetch: refuse }

/** What takes options, with good ones. */
interface Taker {
  readonly take: (options: never) => unknown
  readonly options: object
  readonly prefix: string
}
const oauth1: Taker = {
  take: createIbkrOAuth1,
  options: ibkr.oauth1,
  prefix: 'IBKR_OAUTH1',
}
const authorization: Taker = { ...oauth1, take: createIbkrOAuth1Authorization }
const oauth2: Taker = {
  take: createIbkrOAuth2,
  options: { ...ibkr.oauth2, scope: 'echo.read' },
  prefix: 'IBKR_OAUTH2',
}
const sso: Taker = {
  take: createIbkrSso,
  options: {
    oauth2: { accessToken: async () => ({ value: 'x' }), signJwt: async () => 'x' },
  },
  prefix: 'IBKR_SSO',
}
const session: Taker = {
  take: createBrokerageSession,
  options: { connection },
  prefix: 'IBKR_SESSION',
}
const keepAlive: Taker = {
  take: createBrokerageSession({ connection }).keepAlive,
  options: {},
  prefix: 'IBKR_SESSION',
}
const pacing: Taker = {
  take: (options) => withPacing(refuse, options),
  options: {},
  prefix: 'IBKR_SESSION',
}
const shop: Taker = {
  take: createUltraCartSso,
  options: { simpleKey: ultracart.simpleKey, redirectUri: 'https://shop.example/callback' },
  prefix: 'ULTRACART_SSO',
}

it.each<[string, meant: string, taker: Taker]>([
  ['baseURL', 'baseUrl', oauth1],
  ['base_url', 'baseUrl', authorization],
  ['consumer_key', 'consumerKey', oauth1],
  ['prepare_ahead', 'prepareAhead', oauth1],
  ['baseURL', 'baseUrl', oauth2],
  ['clientID', 'clientId', oauth2],
  ['baseURL', 'baseUrl', sso],
  ['timeout', 'timeoutMs', sso],
  ['linkhosts', 'linkHosts', sso],
  ['landing_actions', 'landingActions', sso],
  ['shared_as', 'sharedAs', session],
  ['openTimeout', 'openTimeoutMs', session],
  ['fleet_size', 'fleetSize', session],
  ['Share', 'share', pacing],
  ['RULES', 'rules', pacing],
  ['REALM', 'realm', oauth1],
  ['dh_parameters', 'dhParameters', oauth1],
  ['callBack', 'callback', authorization],
  ['interval', 'intervalMs', keepAlive],
  ['baseURL', 'baseUrl', shop],
  ['loginhosts', 'loginHosts', shop],
])('%s is told to be %s', async (given, meant, { take, options, prefix }) => {
  const { [meant]: _, ...others } = options as Readonly<Record<string, unknown>>
  const misspelt = { ...others, [given]: 'http://127.0.0.1:1' }
  expect(await failure(async () => take(wrong(misspelt)))).toMatchObject({
    code: `${prefix}_OPTION_INVALID`,
    option: meant,
    message: `Option ${meant} is spelled ${given}, and would be left out. Write ${meant}.`,
  })
})
