/** A session of the trading API and a link for a browser, from an access token made without a sibling package. */
import { createIbkrSso, withLandingAction } from '@isoauth/ibkr-sso'
import { authorityOf } from './authority.mjs'
import { facts, proven, same } from './facts.mjs'

const { baseUrl, credential, ip } = facts.sandbox.ibkr.oauth2
const scope = 'sso-sessions.write sso-browser-sessions.write'
const sso = createIbkrSso({ oauth2: authorityOf(facts.sandbox.ibkr.oauth2, scope), baseUrl })
const session = await sso.createSession({ credential, ip })
same((await session.fetch('/portfolio/accounts')).status, 200, 'GET /portfolio/accounts')
const { url } = await sso.createBrowserSession({ credential, ip })
const landing = withLandingAction(url, 'TransferFunds', { type: 'DEPOSIT' })
same(landing.origin, new URL(baseUrl).origin, "the link's origin")
proven('session, call, browser link')
