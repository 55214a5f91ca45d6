/** Uses every client over the built packages, keeps none open, and must then end by itself. */

import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { createUltraCartSso } from '@isoauth/ultracart-sso'

const { fetch, credentials } = await createSandbox({ origin: 'http://127.0.0.1:8787' })
const {
  oauth1,
  oauth2: { credential, ip, ...oauth2 },
} = credentials.ibkr
const connection = createIbkrOAuth1({ ...oauth1, fetch })
const session = createBrokerageSession({ connection })
await session.open({ compete: false })
session.keepAlive()
await session.fetch('/portfolio/accounts')
await session.close()
const firm = createIbkrOAuth2({ ...oauth2, scope: 'sso-sessions.write', fetch })
await firm.accessToken()
await createIbkrSso({ oauth2: firm, fetch }).createSession({ credential, ip })
await createUltraCartSso({ ...credentials.ultracart, fetch }).authorize()
console.log('done')
