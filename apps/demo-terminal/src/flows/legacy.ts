/** The older third-party API, `tradingapi/v1`: its parameters travel in the header or as JSON. */
import { createIbkrOAuth1, type IbkrOAuth1AuthorizationOptions } from '@isoauth/ibkr-oauth1'
import { call, field, list } from '../authorized-call.ts'
import type { Flow } from '../flow.ts'
import { count } from '../text.ts'
import { obtainAccessToken } from '../third-party-access.ts'

export const legacyHeader: Flow = legacyFlow('header', 'parameters in the header')
export const legacyJsonBody: Flow = legacyFlow('json-body', 'parameters in a JSON body')

function legacyFlow(
  parameterTransport: NonNullable<IbkrOAuth1AuthorizationOptions['parameterTransport']>,
  how: string,
): Flow {
  return {
    title: `IBKR OAuth 1.0a, legacy base tradingapi/v1: ${how}`,
    async run({ sandbox, steps }) {
      const { legacyBaseUrl, authorizeUrlBase, realm, consumerKey, signatureKey } =
        sandbox.thirdParty
      const { encryptionKey, dhParameters } = sandbox.thirdParty
      const shared = {
        baseUrl: legacyBaseUrl,
        realm,
        consumerKey,
        signatureKey,
        parameterTransport,
      }
      const access = await obtainAccessToken(steps, { ...shared, authorizeUrlBase })
      const { accessToken, accessTokenSecret } = access
      const client = createIbkrOAuth1({
        ...shared,
        encryptionKey,
        dhParameters,
        accessToken,
        accessTokenSecret,
      })
      await steps.run(
        'live session token',
        () => client.liveSessionToken(),
        'handshake done, the server verified',
      )
      await steps.run(
        'accounts',
        async () => list(field(await call(client, '/accounts'), 'accounts', 'object'), 'accounts'),
        (accounts) => `authorized call: ${count(accounts.length, 'account')}`,
      )
    },
  }
}
