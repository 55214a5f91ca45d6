/** OAuth 1.0a as a third party: a person consents to a program that is not theirs. */
import { call, list } from '../authorized-call.ts'
import type { Flow } from '../flow.ts'
import { signInByStep } from '../handshake-steps.ts'
import { count } from '../text.ts'
import { obtainAccessToken } from '../third-party-access.ts'

export const thirdParty: Flow = {
  title: 'IBKR OAuth 1.0a, third party: with the consent of a person',
  async run({ sandbox, steps }) {
    const { encryptionKey, dhParameters, ...consumer } = sandbox.thirdParty
    const { accessToken, accessTokenSecret } = await obtainAccessToken(steps, consumer)
    const { baseUrl, realm, consumerKey, signatureKey } = consumer
    const client = await signInByStep(steps, {
      baseUrl,
      realm,
      consumerKey,
      signatureKey,
      encryptionKey,
      dhParameters,
      accessToken,
      accessTokenSecret,
    })
    await steps.run(
      'portfolio/accounts',
      async () => list(await call(client, '/portfolio/accounts'), 'accounts'),
      (accounts) => `authorized call: ${count(accounts.length, 'account')}`,
    )
  },
}
