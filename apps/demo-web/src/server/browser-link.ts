/** An SSO browser link, made by the server of a firm: it alone holds the key that signs. */
import { base64UrlToBytes } from '@isoauth/core-crypto'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso, withLandingAction } from '@isoauth/ibkr-sso'
import type { Sandbox } from '@isoauth/sandbox'
import type { Field } from '../trail.ts'
import { json } from './answers.ts'
import { type Exchange, recordFetch } from './recorded-fetch.ts'
import { createTrail, fromBrowser, fromService, toBrowser, toService } from './trail-step.ts'

export async function createBrowserLink(sandbox: Sandbox): Promise<Response> {
  const { baseUrl, credential, ip, ...firm } = sandbox.credentials.ibkr.oauth2
  const { fetch, take } = recordFetch()
  const oauth2 = createIbkrOAuth2({ ...firm, baseUrl, fetch, scope: 'sso-browser-sessions.write' })
  const sso = createIbkrSso({ oauth2, baseUrl, fetch })
  const trail = createTrail()
  const token = await trail.run(
    {
      title: 'Get an access token',
      messages: [
        fromBrowser('POST browser-link'),
        toService('POST oauth2 token'),
        fromService('access token'),
      ],
    },
    () => oauth2.accessToken(),
    ({ scope }) => ({
      said: 'The firm proves who it is by a JWT that it signs: no password, no shared secret.',
      verified: [`the scope ${scope} was granted`],
      fields: [...signedClaims(take(), 'client_assertion')],
    }),
  )
  const link =
    token &&
    (await trail.run(
      {
        title: 'Ask for the link',
        messages: [toService('POST browser-sessions'), fromService('link'), toBrowser('link')],
      },
      () => sso.createBrowserSession({ credential, ip }),
      () => ({
        said: 'For one user at one address, both taken from the records of the firm and never from the page.',
        verified: ['the link leads to a listed host', 'it is given out for 50 seconds'],
        fields: [...signedClaims(take())],
      }),
    ))
  const url = link && withLandingAction(link.url, 'TransferFunds', { type: 'DEPOSIT' })
  return json({
    steps: trail.steps,
    ...(url && { url: url.href, livesMs: link.expiresAtMs - Date.now() }),
  })
}

/** What was signed, without its signature, with which it could be sent again. */
function* signedClaims(exchanges: readonly Exchange[], parameter?: string): Iterable<Field> {
  for (const { method, path, body, status } of exchanges) {
    const jwt = parameter ? (new URLSearchParams(body).get(parameter) ?? '') : body
    const [header = '', claims = ''] = jwt.split('.').map(text)
    yield { name: 'Sent', value: `${method} ${path}, answered ${status}` }
    yield { name: 'Header of the JWT', value: header }
    yield { name: 'Claims of the JWT', value: claims }
  }
}

function text(part: string): string {
  return new TextDecoder().decode(base64UrlToBytes(part))
}
