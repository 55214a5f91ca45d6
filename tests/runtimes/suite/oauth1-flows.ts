/** OAuth 1.0a in one process: the client against the sandbox, no socket between them. */
import { bytesToBase64 } from '@isoauth/core-crypto'
import {
  createIbkrOAuth1,
  createIbkrOAuth1Authorization,
  type IbkrOAuth1Options,
} from '@isoauth/ibkr-oauth1'
import type { Sandbox } from '@isoauth/sandbox'
import { type Check, equal, failsWith, failure, same } from './check.ts'
import { deferred } from './deferred.ts'
import { failedChecks, firstParty, ORIGIN, startSandbox } from './sandboxes.ts'
import { oauth2, rsaKey } from './vectors.ts'

type Options = Partial<IbkrOAuth1Options>

const HANDSHAKE = '/v1/api/oauth/live_session_token'

export const oauth1Flows: readonly Check[] = [
  {
    name: 'OAuth 1.0a: one handshake, then authorized calls',
    async run() {
      const { sandbox, client } = await signIn()
      const accounts = await client.fetch('/portfolio/accounts')
      equal(accounts.status, 200)
      equal(Array.isArray(await accounts.json()), true)
      const { token } = await client.liveSessionToken()
      equal(token.length, 20)
      equal((await client.fetch('/tickle', { method: 'POST' })).status, 200)
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ publish: true, compete: false }),
      }
      equal((await client.fetch('/iserver/auth/ssodh/init', init)).status, 200)
      equal((await client.fetch('/iserver/accounts')).status, 200)
      const history = '/iserver/marketdata/history?conid=265598&period=1w&bar=1d'
      equal((await client.fetch(history)).status, 200)
      equal(sandbox.counts.handshakes, 1)
      same(failedChecks(sandbox), [])
    },
  },
  {
    name: 'OAuth 1.0a: callers at once share one handshake',
    async run() {
      const { sandbox, client } = await signIn()
      await Promise.all(Array.from({ length: 50 }, () => client.liveSessionToken()))
      equal(sandbox.counts.handshakes, 1)
    },
  },
  {
    name: 'OAuth 1.0a: a clock an hour off is repaired once',
    async run() {
      const { sandbox, now } = await startSandbox()
      const events: unknown[] = []
      const onEvent = (event: { readonly type: string }) => void events.push(event.type)
      const client = clientOf(sandbox, { now: () => now() - 3_600_000, onEvent })
      equal((await client.fetch('/portfolio/accounts')).status, 200)
      equal(events.filter((type) => type === 'clock-repaired').length, 1)
    },
  },
  {
    name: 'OAuth 1.0a: a wrong proof of the server is refused',
    async run() {
      const { sandbox, client } = await signIn()
      sandbox.fault({ path: '/oauth/live_session_token', kind: 'wrong-lst-signature', times: 1 })
      await failsWith('IBKR_OAUTH1_LST_SIGNATURE_MISMATCH', () => client.liveSessionToken())
    },
  },
  refusal('an unknown consumer', 'IBKR_OAUTH1_CONSUMER_INVALID', { consumerKey: 'ABCDEFGHI' }),
  refusal('a wrong signature key', 'IBKR_OAUTH1_UNAUTHORIZED', {
    signatureKey: oauth2.keys.weak2048.pkcs8Pem,
  }),
  refusal('a wrong encryption key', 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED', {
    encryptionKey: rsaKey('signature').pkcs8Pem,
  }),
  {
    name: 'OAuth 1.0a: an aborted call ends with its reason and harms no other',
    async run() {
      const { client } = await signIn()
      const controller = new AbortController()
      const leaving = client.fetch('/portfolio/accounts', { signal: controller.signal })
      const staying = client.fetch('/portfolio/accounts')
      const reason = new Error('changed my mind')
      controller.abort(reason)
      equal(await failure(() => leaving), reason)
      equal((await staying).status, 200)
    },
  },
  {
    name: 'OAuth 1.0a: a stalled body of a handshake ends by the time limit',
    async run() {
      const { sandbox } = await startSandbox()
      const fetch = async () => new Response(new ReadableStream({}), { status: 200 })
      const client = clientOf(sandbox, { fetch, timeoutMs: 100 })
      await failsWith('IBKR_OAUTH1_TIMEOUT', () => client.liveSessionToken())
    },
  },
  {
    name: 'OAuth 1.0a: headers that do not come end by the time limit',
    async run() {
      const { sandbox, now } = await startSandbox()
      const { promise: signedIn, resolve } = deferred()
      const entries = new Map<string, string>()
      const shared: Options = {
        storeKey: 'unsealed',
        store: {
          getItem: (key) => entries.get(key) ?? null,
          setItem: (key, value) => {
            entries.set(key, value)
            resolve()
          },
          removeItem: (key) => entries.delete(key),
        },
        now,
      }
      await clientOf(sandbox, shared).liveSessionToken()
      await signedIn
      sandbox.fault({ path: '/tickle', kind: 'slow', value: 60_000 })
      // The handshake is no part of this client's time.
      const client = clientOf(sandbox, { ...shared, timeoutMs: 500 })
      await failsWith('IBKR_OAUTH1_TIMEOUT', () => client.fetch('/tickle'))
      equal(sandbox.counts.handshakes, 1)
    },
  },
  {
    name: 'OAuth 1.0a: an address outside of the base is refused before it is signed',
    async run() {
      const { sandbox, client } = await signIn()
      for (const path of ['https://example.com/v1/api/tickle', '/%2e%2e/%2e%2e/escape']) {
        await failsWith('IBKR_OAUTH1_URL_REFUSED', () => client.fetch(path))
      }
      equal(sandbox.counts.requests, 0)
    },
  },
  {
    name: 'OAuth 1.0a: a fleet shares one sealed token through a store and a lock',
    async run() {
      const { sandbox, now } = await startSandbox()
      const entries = new Map<string, string>()
      const storeKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
        'encrypt',
        'decrypt',
      ])
      let tail: Promise<unknown> = Promise.resolve()
      const sharing: Options = {
        storeKey,
        store: {
          getItem: (key) => entries.get(key) ?? null,
          setItem: (key, value) => void entries.set(key, value),
          removeItem: (key) => entries.delete(key),
        },
        lock: (_name, work) => {
          const turn = tail.then(work)
          tail = turn.catch(() => {})
          return turn
        },
      }
      const fleet = Array.from({ length: 5 }, () => clientOf(sandbox, { now, ...sharing }))
      const tokens = await Promise.all(fleet.map((client) => client.liveSessionToken()))
      equal(new Set(tokens.map(({ token }) => bytesToBase64(token))).size, 1)
      equal(sandbox.counts.handshakes, 1)
      const [stored = ''] = entries.values()
      equal(/^v1\.[\w-]+$/.test(stored), true)
      equal(atob(stored.slice(3).replace(/-/g, '+').replace(/_/g, '/')).includes('token'), false)
    },
  },
  thirdParty('current base', {}, '/portfolio/accounts'),
  thirdParty(
    'legacy base, parameters in the header',
    { parameterTransport: 'header' },
    '/accounts',
  ),
  thirdParty('legacy base, a JSON body', { parameterTransport: 'json-body' }, '/accounts'),
]

async function signIn(options: Options = {}) {
  const { sandbox, now } = await startSandbox()
  return { sandbox, client: clientOf(sandbox, { now, ...options }) }
}

function clientOf(sandbox: Sandbox, options: Options) {
  const given = { ...firstParty(ORIGIN), fetch: sandbox.fetch, ...options }
  return createIbkrOAuth1(given as IbkrOAuth1Options)
}

function refusal(what: string, code: string, changed: Options): Check {
  return {
    name: `OAuth 1.0a: ${what} is told by its code`,
    async run() {
      const { sandbox, client } = await signIn(changed)
      await failsWith(code, () => client.liveSessionToken())
      equal(sandbox.counts.handshakes, 0)
      const sent = sandbox.requests.filter(({ path }) => path === HANDSHAKE).length
      equal(sent, code === 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED' ? 0 : 1)
    },
  }
}

/** From the request token over a person's consent to a signed call. */
function thirdParty(
  what: string,
  transport: { readonly parameterTransport?: 'header' | 'json-body' },
  path: string,
): Check {
  return {
    name: `OAuth 1.0a, third party: ${what}`,
    async run() {
      const { sandbox, now } = await startSandbox()
      const { thirdParty: party, fetch } = sandbox
      const isLegacy = transport.parameterTransport !== undefined
      const baseUrl = isLegacy ? party.legacyBaseUrl : party.baseUrl
      const shared = { ...party, ...transport, baseUrl, fetch, now }
      // The old base knows no other callback than the registered one, named `oob`.
      const callback = isLegacy ? 'oob' : party.callback
      const authorization = createIbkrOAuth1Authorization({ ...shared, callback })
      const { requestToken } = await authorization.requestToken()
      const page = authorization.authorizeUrl({ requestToken })
      const returned = await consent(fetch, page.href)
      const { verifier } = authorization.validateCallback(returned, { requestToken })
      const granted = await authorization.accessToken({ requestToken, verifier })
      const { accessToken, accessTokenSecret } = granted
      const client = createIbkrOAuth1({ ...shared, accessToken, accessTokenSecret })
      equal((await client.fetch(path)).status, 200)
    },
  }
}

/** Plays the person: opens the page and approves; gives the callback's address. */
async function consent(fetch: Sandbox['fetch'], page: string): Promise<string> {
  const html = await (await fetch(page)).text()
  const form_token = /name="form_token" value="(\w+)"/.exec(html)?.[1] ?? ''
  const oauth_token = new URL(page).searchParams.get('oauth_token') ?? ''
  const body = new URLSearchParams({ oauth_token, form_token, decision: 'approve' })
  const response = await fetch(page, { method: 'POST', body, redirect: 'manual' })
  return response.headers.get('location') ?? ''
}
