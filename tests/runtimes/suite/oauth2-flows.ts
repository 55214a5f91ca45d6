/** OAuth 2.0 and SSO in one process: from the firm's key to a user's session and browser link. */
import { createIbkrOAuth2, type IbkrOAuth2Options } from '@isoauth/ibkr-oauth2'
import { createIbkrSso, withLandingAction } from '@isoauth/ibkr-sso'
import { type Check, equal, failsWith, failure, matches, same } from './check.ts'
import { failedChecks, firm, ORIGIN, startSandbox, user } from './sandboxes.ts'
import { oauth2 } from './vectors.ts'

export const oauth2Flows: readonly Check[] = [
  {
    name: 'OAuth 2.0: one token, both echo calls',
    async run() {
      const { sandbox, client } = await start()
      equal((await client.echoHttps()).securityPolicy, 'HTTPS')
      equal((await client.echoSignedJwt()).securityPolicy, 'SIGNED_JWT')
      equal(sandbox.counts.tokenCalls, 1)
      same(failedChecks(sandbox), [])
    },
  },
  {
    name: 'OAuth 2.0: a key of the platform and a function that signs',
    async run() {
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      const jwk = oauth2.keys.main3072.privateJwk as JsonWebKey
      const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])
      const sign = async (data: Uint8Array) =>
        new Uint8Array(await crypto.subtle.sign(algorithm.name, key, data.slice()))
      for (const privateKey of [key, sign, jwk]) {
        const { client } = await start({ privateKey: privateKey as never })
        equal((await client.echoSignedJwt()).requestMethod, 'POST')
      }
    },
  },
  {
    name: 'OAuth 2.0: no assertion is sent twice, not even within one second',
    async run() {
      const { sandbox, client } = await start({}, { refuseRepeatedAssertions: true })
      const path = '/oauth2/api/v1/token'
      sandbox.fault({ path, kind: 'retry-after', status: 503, value: 0, times: 1 })
      equal((await client.accessToken()).scope, SCOPE.join(' '))
      equal(sandbox.counts.tokenCalls, 2)
    },
  },
  {
    name: 'OAuth 2.0: a clock off by ten minutes costs one extra request',
    async run() {
      const offMs = 600_000
      const { sandbox, now } = await startSandbox()
      const { client } = connect(sandbox, { now: () => now() + offMs })
      await client.echoSignedJwt()
      equal(sandbox.counts.tokenCalls, 2)
    },
  },
  {
    name: 'OAuth 2.0: a wrong key is told by its code',
    async run() {
      const { client } = await start({ privateKey: oauth2.keys.next4096.pkcs8Pem })
      const error = await failsWith('IBKR_OAUTH2_ASSERTION_REFUSED', () => client.accessToken())
      equal(error['status'], 400)
    },
  },
  {
    name: 'OAuth 2.0: a caller that aborts gets its reason',
    async run() {
      const controller = new AbortController()
      const reason = new Error('changed my mind')
      const { client } = await start({
        fetch: (url: string | URL | Request, init?: RequestInit) => {
          // The request is out: the caller leaves now.
          setTimeout(() => controller.abort(reason))
          return never(url, init)
        },
      })
      const { signal } = controller
      equal(await failure(() => client.accessToken({ signal })), reason)
    },
  },
  {
    name: 'OAuth 2.0: a token that does not come ends by the time limit',
    async run() {
      const { client } = await start({ fetch: never, timeoutMs: 100 })
      await failsWith('IBKR_OAUTH2_TIMEOUT', () => client.accessToken())
    },
  },
  {
    name: 'SSO: from the key to the trading API, to sign-out',
    async run() {
      const { sandbox, sso } = await start()
      const session = await sso.createSession(user)
      const accounts = await session.fetch('/portfolio/accounts')
      equal(accounts.status, 200)
      equal(Array.isArray(await accounts.json()), true)
      equal((await session.fetch('/tickle', { method: 'POST' })).status, 200)
      equal(sandbox.counts.tokenCalls, 1)
      equal(sandbox.counts.ssoSessionCalls, 1)
      same(failedChecks(sandbox), [])
      equal((await session.fetch('/logout', { method: 'POST' })).status, 200)
      equal((await session.fetch('/portfolio/accounts')).status, 401)
    },
  },
  {
    name: 'SSO: a bearer that is over is renewed with the same access token',
    async run() {
      const { sandbox, sso, time } = await start()
      const session = await sso.createSession(user)
      time.now += 3_600_000
      equal((await session.fetch('/portfolio/accounts')).status, 200)
      equal(sandbox.counts.tokenCalls, 1)
      equal(sandbox.counts.ssoSessionCalls, 2)
    },
  },
  {
    name: 'SSO: a browser link opens once, on the page asked for',
    async run() {
      const { sandbox, sso } = await start()
      const { url } = await sso.createBrowserSession(user)
      const landing = withLandingAction(url, 'TransferFunds', { type: 'DEPOSIT' })
      const opened = await sandbox.fetch(landing.href)
      equal(opened.status, 200)
      matches(await opened.text(), /id="action">TransferFunds</)
      equal((await sandbox.fetch(landing.href)).status, 410)
    },
  },
  {
    name: 'SSO: an unknown user is told by a code',
    async run() {
      const { sso } = await start()
      const error = await failure(() => sso.createSession({ ...user, credential: 'nobody' }))
      matches(error['code'], /^IBKR_SSO_(UNAUTHORIZED|FORBIDDEN|REFUSED)$/)
    },
  },
]

const SCOPE = ['echo.read', 'echo.write', 'sso-sessions.write', 'sso-browser-sessions.write']

type Options = Partial<IbkrOAuth2Options>
type Started = Awaited<ReturnType<typeof startSandbox>>

async function start(options: Options = {}, sandboxOptions?: Parameters<typeof startSandbox>[0]) {
  const { sandbox, time, now } = await startSandbox(sandboxOptions)
  return { sandbox, time, ...connect(sandbox, { now, ...options }) }
}

function connect(sandbox: Started['sandbox'], options: Options) {
  const { fetch } = sandbox
  const client = createIbkrOAuth2({ ...firm(ORIGIN), scope: SCOPE, fetch, ...options })
  const { now } = options
  const sso = createIbkrSso({ oauth2: client, baseUrl: ORIGIN, fetch, now })
  return { client, sso }
}

function never(
  _input: unknown,
  init?: { readonly signal?: AbortSignal | null },
): Promise<Response> {
  return new Promise((_, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
  })
}
