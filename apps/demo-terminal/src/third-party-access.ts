/** The way to a person's access token, as a third party goes it: ask, send them to consent, exchange. */
import {
  createIbkrOAuth1Authorization,
  type IbkrAccessToken,
  type IbkrOAuth1AuthorizationOptions,
} from '@isoauth/ibkr-oauth1'
import { approve, openConsentPage } from './consent-page.ts'
import type { Steps } from './steps.ts'

export async function obtainAccessToken(
  steps: Steps,
  options: IbkrOAuth1AuthorizationOptions,
): Promise<IbkrAccessToken> {
  const where = options.parameterTransport === 'json-body' ? 'the JSON body' : 'the header'
  const authorization = createIbkrOAuth1Authorization(options)
  const { requestToken } = await steps.run(
    'request token',
    () => authorization.requestToken(),
    `RSA-SHA256, parameters in ${where}`,
  )
  const form = await steps.run(
    'consent page',
    () => openConsentPage(new URL(authorization.authorizeUrl({ requestToken }).href)),
    'HTML form read, its one-time token too',
  )
  const callback = await steps.run(
    'consent given',
    () => approve(form),
    'the demo presses "Approve" for a person',
  )
  const { verifier } = await steps.run(
    'callback validated',
    () => authorization.validateCallback(callback, { requestToken }),
    "it is for this session's request token",
  )
  return steps.run(
    'access token',
    () => authorization.accessToken({ requestToken, verifier }),
    ({ isPaper }) =>
      isPaper === undefined
        ? 'for the consent'
        : `for the consent; ${isPaper ? 'a paper' : 'a real'} account`,
  )
}
