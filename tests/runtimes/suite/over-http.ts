/** The runtime's own `fetch` under the clients: a sandbox behind a socket, made by another process. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { type Check, equal, failsWith, failure } from './check.ts'
import { firm, firstParty, user } from './sandboxes.ts'

/** The server answers this path with a redirect. */
export const REDIRECTED = '/portfolio/redirected'

export const overHttp: readonly Check[] = [
  {
    name: 'over HTTP: OAuth 1.0a handshake and authorized calls',
    async run({ origin }) {
      const client = createIbkrOAuth1(firstParty(origin))
      const accounts = await client.fetch('/portfolio/accounts')
      equal(accounts.status, 200)
      equal(Array.isArray(await accounts.json()), true)
      equal((await client.fetch('/tickle', { method: 'POST' })).status, 200)
    },
  },
  {
    name: 'over HTTP: OAuth 2.0 token, echo, SSO session',
    async run({ origin }) {
      const scope = ['echo.read', 'echo.write', 'sso-sessions.write']
      const oauth2 = createIbkrOAuth2({ ...firm(origin), scope })
      equal((await oauth2.echoHttps()).securityPolicy, 'HTTPS')
      equal((await oauth2.echoSignedJwt()).securityPolicy, 'SIGNED_JWT')
      const session = await createIbkrSso({ oauth2, baseUrl: origin }).createSession(user)
      equal((await session.fetch('/portfolio/accounts')).status, 200)
    },
  },
  {
    name: 'over HTTP: UltraCart tells a wrong key by its code',
    async run({ origin }) {
      const sso = createUltraCartSso({
        baseUrl: `${origin}/rest/v2`,
        simpleKey: 'SANDBOX-another-key',
        redirectUri: `${origin}/ultracart/callback`,
        allowBrowser: true,
      })
      await failsWith('ULTRACART_SSO_UNAUTHORIZED', () => sso.authorize())
    },
  },
  {
    name: 'over HTTP: a redirect is refused, not followed',
    async run({ origin }) {
      const client = createIbkrOAuth1(firstParty(origin))
      await failsWith('IBKR_OAUTH1_REDIRECT_REFUSED', () => client.fetch(REDIRECTED))
    },
  },
  {
    name: 'over HTTP: a server that never answers ends by the time limit',
    async run({ silentOrigin }) {
      const client = createIbkrOAuth1({ ...firstParty(silentOrigin), timeoutMs: 300 })
      await failsWith('IBKR_OAUTH1_TIMEOUT', () => client.liveSessionToken())
    },
  },
  {
    name: 'over HTTP: a caller that aborts gets its reason',
    async run({ silentOrigin }) {
      const controller = new AbortController()
      const reason = new Error('changed my mind')
      const client = createIbkrOAuth1({
        ...firstParty(silentOrigin),
        fetch: (url: string | URL | Request, init?: RequestInit) => {
          const response = fetch(url, init)
          // The request is out, and nothing will answer it: the caller leaves now.
          setTimeout(() => controller.abort(reason))
          return response
        },
      })
      const { signal } = controller
      equal(await failure(() => client.liveSessionToken({ signal })), reason)
    },
  },
]
