/** Options that JavaScript leaves out silently: each client names the option that was meant, before anything is sent. */
import { createIbkrOAuth1, createIbkrOAuth1Authorization } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { withPacing } from '@isoauth/ibkr-session/pacing'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { expect, it } from 'vitest'
import { failure } from '../support/index.ts'

const { ibkr, ultracart } = (await createSandbox()).credentials
const sso = { oauth2: { accessToken: async () => ({ value: 'x' }), signJwt: async () => 'x' } }
const refuse = async (): Promise<never> => {
  throw new Error('sent')
}
const connection = { fetch: refuse }
const shop = {
  simpleKey: ultracart.simpleKey,
  redirectUri: 'https://shop.example/callback',
}

it.each<[string, meant: string, make: (misspelt: object) => unknown, prefix: string]>([
  [
    'baseURL',
    'baseUrl',
    (more) => createIbkrOAuth1({ ...ibkr.oauth1, ...without('baseUrl'), ...more }),
    'IBKR_OAUTH1',
  ],
  [
    'base_url',
    'baseUrl',
    (more) => createIbkrOAuth1Authorization({ ...ibkr.oauth1, ...without('baseUrl'), ...more }),
    'IBKR_OAUTH1',
  ],
  [
    'consumer_key',
    'consumerKey',
    (more) => createIbkrOAuth1({ ...ibkr.oauth1, ...without('consumerKey'), ...more }),
    'IBKR_OAUTH1',
  ],
  [
    'prepare_ahead',
    'prepareAhead',
    (more) => createIbkrOAuth1({ ...ibkr.oauth1, ...more }),
    'IBKR_OAUTH1',
  ],
  [
    'baseURL',
    'baseUrl',
    (more) =>
      createIbkrOAuth2({ ...ibkr.oauth2, scope: 'echo.read', ...without('baseUrl'), ...more }),
    'IBKR_OAUTH2',
  ],
  [
    'clientID',
    'clientId',
    (more) =>
      createIbkrOAuth2({ ...ibkr.oauth2, scope: 'echo.read', ...without('clientId'), ...more }),
    'IBKR_OAUTH2',
  ],
  ['baseURL', 'baseUrl', (more) => createIbkrSso({ ...sso, ...more }), 'IBKR_SSO'],
  ['timeout', 'timeoutMs', (more) => createIbkrSso({ ...sso, ...more }), 'IBKR_SSO'],
  [
    'shared_as',
    'sharedAs',
    (more) => createBrokerageSession({ connection, ...more }),
    'IBKR_SESSION',
  ],
  [
    'openTimeout',
    'openTimeoutMs',
    (more) => createBrokerageSession({ connection, ...more }),
    'IBKR_SESSION',
  ],
  [
    'fleet_size',
    'fleetSize',
    (more) => createBrokerageSession({ connection, ...more }),
    'IBKR_SESSION',
  ],
  ['Share', 'share', (more) => withPacing(refuse, more), 'IBKR_SESSION'],
  ['RULES', 'rules', (more) => withPacing(refuse, more), 'IBKR_SESSION'],
  [
    'REALM',
    'realm',
    (more) => createIbkrOAuth1({ ...ibkr.oauth1, ...without('realm'), ...more }),
    'IBKR_OAUTH1',
  ],
  [
    'dh_parameters',
    'dhParameters',
    (more) => createIbkrOAuth1({ ...ibkr.oauth1, ...without('dhParameters'), ...more }),
    'IBKR_OAUTH1',
  ],
  [
    'callBack',
    'callback',
    (more) => createIbkrOAuth1Authorization({ ...ibkr.oauth1, ...more }),
    'IBKR_OAUTH1',
  ],
  [
    'interval',
    'intervalMs',
    (more) => createBrokerageSession({ connection }).keepAlive(more),
    'IBKR_SESSION',
  ],
  ['baseURL', 'baseUrl', (more) => createUltraCartSso({ ...shop, ...more }), 'ULTRACART_SSO'],
  ['loginhosts', 'loginHosts', (more) => createUltraCartSso({ ...shop, ...more }), 'ULTRACART_SSO'],
])('%s is told to be %s', async (given, meant, make, prefix) => {
  expect(await failure(async () => make({ [given]: 'http://127.0.0.1:1' }))).toMatchObject({
    code: `${prefix}_OPTION_INVALID`,
    option: meant,
    message: `Option ${meant} is spelled ${given}, and would be left out. Write ${meant}.`,
  })
})

/** Takes an option out of what is spread before it. */
function without(option: string): object {
  return { [option]: undefined }
}
