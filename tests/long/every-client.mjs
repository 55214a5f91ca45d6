/**
 * Uses every client over the built packages, with keep-alive, a stream and pacing, and must then end by itself: what is
 * meant to be closed is closed, and what holds no process open is left as it is.
 */

import { createIbkrOAuth1, createIbkrOAuth1Authorization } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { withPacing } from '@isoauth/ibkr-session/pacing'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { createUltraCartSso } from '@isoauth/ultracart-sso'

const sandbox = await createSandbox({ origin: 'http://127.0.0.1:8787' })
const { fetch, credentials, thirdParty, webSocket } = sandbox
const {
  oauth1,
  oauth2: { credential, ip, ...oauth2 },
} = credentials.ibkr
const used = []
// Nothing of it is ever aborted.
const { signal } = new AbortController()

const connection = createIbkrOAuth1({ ...oauth1, prepareAhead: true, fetch })
const paced = { ...connection, fetch: withPacing(connection.fetch) }
const session = createBrokerageSession({ connection: paced })
await session.open({ compete: false, signal })
session.keepAlive({ signal })
const stream = await session.openStream({ webSocket, signal })
const subscription = stream.subscribe({
  topic: 'md',
  key: '265598',
  parameters: { fields: ['31'] },
})
await session.fetch('/portfolio/accounts', { signal })
await session.exclusive(async () => {
  await session.fetch('/iserver/accounts')
})
await session.step()
used.push('OAuth 1.0a', 'pacing', 'brokerage session', `stream ${stream.health().state}`)
await subscription.close()
await stream.close()
await session.close()

// Its keeping holds no process open, so nobody has to end it.
const left = createBrokerageSession({ connection })
await left.open({ compete: true })
left.keepAlive()
used.push(`kept: ${left.health().isKeeper}`)

const authorization = createIbkrOAuth1Authorization({ ...thirdParty, fetch })
const { requestToken } = await authorization.requestToken()
const returned = await sandbox.approve(authorization.authorizeUrl({ requestToken }))
const { verifier } = authorization.validateCallback(returned, { requestToken })
await authorization.accessToken({ requestToken, verifier, signal })
used.push('third party')

const scope = 'echo.read echo.write sso-sessions.write sso-browser-sessions.write'
const firm = createIbkrOAuth2({ ...oauth2, scope, fetch })
await firm.echoHttps({ signal })
await firm.echoSignedJwt({ signal })
const sso = createIbkrSso({ oauth2: firm, fetch })
const signedOn = await sso.createSession({ credential, ip, signal })
await signedOn.fetch('/portfolio/accounts', { signal })
await sso.createBrowserSession({ credential, ip, signal })
used.push('OAuth 2.0', 'SSO')

const ultracart = createUltraCartSso({ ...credentials.ultracart, fetch })
const { loginUrl, transaction } = await ultracart.authorize({ signal })
const callback = await ultracart.validateCallback(await sandbox.approve(loginUrl), { transaction })
const person = await ultracart.exchangeCode(callback, { signal })
await ultracart.user(person, { signal })
await ultracart.revoke(person, { signal })
used.push('UltraCart')
console.log(used.join(', '))
