/** What is asked of each client again and again, over services that are made here, so that only the client can keep anything. */
import { createHmac } from 'node:crypto'
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { withPacing } from '@isoauth/ibkr-session/pacing'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { json, wrong } from '../support/index.ts'
import { dhGroups, keys as oauth1Keys, vectorsOf } from '../support/oauth1-vectors.ts'
import { keys } from '../support/oauth2-vectors.ts'

/** How often; less where a turn takes a millisecond and more, for the sake of time: what is kept of each shows all the same. */
const COUNTS = { requests: 100_000, slowRequests: 10_000, renewals: 1000, slowRenewals: 300 }
const DAY_MS = 86_400_000

export interface Row {
  readonly name: string
  readonly count: number
  /** Before the count begins, for what is made once. */
  readonly warmUp: number
  /**
   * True where each turn is so much work that the engine learns meanwhile. What is kept of each turn grows in every part
   * of the count; what the engine learns, in one of them.
   */
  readonly isHeavy?: boolean
  /** A fresh client, and one turn of it. */
  readonly make: () => Promise<Client>
}

export interface Client {
  readonly turn: (at: number) => Promise<unknown>
  /** What the service counted: every turn must have come there. */
  readonly counts: { turns: number }
  /** One signal for all calls. */
  readonly signal?: AbortSignal
  /** Ends what holds the process open. */
  readonly end?: () => Promise<void>
}

const requests = (name: string, make: Row['make'], count = COUNTS.requests): Row => ({
  ...{ name, make, count },
  warmUp: 5000,
})
const renewals = (name: string, make: Row['make'], count = COUNTS.renewals): Row => ({
  ...{ name, make, count, isHeavy: true },
  warmUp: count / 2,
})

const newTime = () => ({ now: Date.UTC(2026, 2, 2, 9) })
const noContent = () => new Response(null, { status: 204 })

const CONSUMER_KEY = 'QWERTYUIO'
const decryptedSecret = String(vectorsOf('secret-decrypt')[0]?.expected.secretHex)

/**
 * The other side of the handshake with the exponent 1: its public key is the generator, and the shared secret is what
 * the client sent, so that half of the work is saved.
 */
function handshakeAnswer(authorization: string, expiresAtMs: number): Response {
  const challenge = /diffie_hellman_challenge="([^"]+)"/.exec(authorization)?.[1] ?? ''
  const even = challenge.length % 2 === 0 ? challenge : `0${challenge}`
  const shared = /^[89a-f]/i.test(even) ? `00${even}` : even
  const token = createHmac('sha1', Buffer.from(shared, 'hex'))
    .update(Buffer.from(decryptedSecret, 'hex'))
    .digest()
  return json(200, {
    diffie_hellman_response: '2',
    live_session_token_signature: createHmac('sha1', token).update(CONSUMER_KEY).digest('hex'),
    live_session_token_expiration: expiresAtMs,
  })
}

async function oauth1() {
  const time = newTime()
  const counts = { handshakes: 0, calls: 0 }
  const client = createIbkrOAuth1({
    consumerKey: CONSUMER_KEY,
    accessToken: 'a1b2c3d4e5f6a7b8c9d0',
    decryptedAccessTokenSecret: decryptedSecret,
    signatureKey: oauth1Keys.signature.pkcs8Pem,
    dhParameters: String(dhGroups['rfc3526-14']?.pem),
    now: () => time.now,
    async fetch(url, init) {
      if (!String(url).endsWith('/oauth/live_session_token')) {
        counts.calls++
        return noContent()
      }
      counts.handshakes++
      const authorization = new Headers(init?.headers).get('authorization') ?? ''
      return handshakeAnswer(authorization, time.now + DAY_MS)
    },
  })
  return { client, counts, time }
}

function oauth2() {
  const time = newTime()
  const counts = { tokens: 0, calls: 0 }
  const client = createIbkrOAuth2({
    clientId: 'ExampleAdvisor-TEST',
    keyId: 'main',
    privateKey: keys.main3072.pkcs8Pem,
    scope: 'echo.read',
    now: () => time.now,
    async fetch(url) {
      if (String(url).endsWith('/token')) {
        const access_token = `token-${++counts.tokens}`
        return Response.json({ access_token, token_type: 'Bearer', expires_in: 86_400 })
      }
      counts.calls++
      return noContent()
    },
  })
  return { client, counts, time }
}

function sso() {
  const time = newTime()
  const counts = { sessions: 0, calls: 0 }
  const authority = {
    accessToken: async () => ({ value: 'access-token' }),
    signJwt: async () => 'e30.e30.c2ln',
  }
  const client = createIbkrSso({
    oauth2: authority,
    now: () => time.now,
    async fetch(url) {
      if (String(url).endsWith('/sso-sessions')) {
        const access_token = `bearer-${++counts.sessions}`
        return Response.json({ access_token, active: true })
      }
      counts.calls++
      return noContent()
    },
  })
  const user = (at: number) => ({ credential: `exampleuser${at}`, ip: '8.8.4.4' })
  return { client, counts, time, user }
}

const REDIRECT = 'https://shop.example/auth/return'
const SESSION_KEY = 'ab'.repeat(16)

function ultraCart() {
  const time = newTime()
  const counts = { users: 0, revoked: 0 }
  const last = { state: '' }
  const client = createUltraCartSso({
    simpleKey: '0123456789abcdef0123456789abcdef',
    redirectUri: REDIRECT,
    now: () => time.now,
    async fetch(url, init) {
      const path = String(url)
      if (path.endsWith('/authorize')) {
        last.state = String(JSON.parse(String(init?.body)).state)
        return json(200, { login_url: 'https://secure.ultracart.com/login?x=1' })
      }
      if (path.endsWith('/token')) return json(200, { simple_key: SESSION_KEY })
      if (path.endsWith('/revoke')) {
        counts.revoked++
        return noContent()
      }
      counts.users++
      return json(200, { user_id: 1201, login: 'anna' })
    },
  })
  /** From the login page to the end of the session, a second later. */
  async function signOn(at: number): Promise<void> {
    const { transaction } = await client.authorize()
    time.now += 1000
    const callback = `${REDIRECT}?code=code-${at}&state=${last.state}`
    const validated = await client.validateCallback(callback, { transaction })
    await client.revoke(await client.exchangeCode(validated))
  }
  return { client, counts, signOn }
}

/** A broker whose session is always ready, and that counts what it is asked. */
function brokerage() {
  const time = newTime()
  const counts = { calls: 0, tickles: 0, inits: 0 }
  const broker = { isOpen: false }
  const status = () => ({ ...ready, authenticated: broker.isOpen, connected: broker.isOpen })
  const connection = {
    async fetch(path: string) {
      if (path.startsWith('/portfolio')) {
        counts.calls++
        return noContent()
      }
      if (path === '/iserver/accounts') return json(200, { accounts: ['DU1'] })
      if (path === '/tickle') {
        counts.tickles++
        return json(200, { session: '5e551011d5e5', iserver: { authStatus: status() } })
      }
      if (path === '/iserver/auth/ssodh/init') {
        counts.inits++
        broker.isOpen = true
      }
      return json(200, status())
    },
  }
  const session = createBrokerageSession({ connection: wrong(connection), now: () => time.now })
  return { session, broker, counts, time }
}
const ready = { established: true, competing: false, fail: '', message: '' }

const oneSignal = () => new AbortController().signal

export const ROWS: readonly Row[] = [
  requests('OAuth 1.0a: requests on one signal', async () => {
    const { client, counts } = await oauth1()
    const signal = oneSignal()
    return {
      signal,
      turn: (at) => client.fetch(`/portfolio/accounts?at=${at}`, { signal }),
      counts: counted(() => counts.calls),
    }
  }),
  renewals(
    'OAuth 1.0a: renewals of the live session token',
    async () => {
      const { client, counts, time } = await oauth1()
      return {
        async turn() {
          time.now += 2 * DAY_MS
          return await client.liveSessionToken()
        },
        counts: counted(() => counts.handshakes),
      }
    },
    COUNTS.slowRenewals,
  ),
  requests('OAuth 2.0: requests', async () => {
    const { client, counts } = oauth2()
    return {
      turn: (at) => client.fetch(`/gw/api/v1/x?i=${at}`),
      counts: counted(() => counts.calls),
    }
  }),
  requests('OAuth 2.0: requests on one signal', async () => {
    const { client, counts } = oauth2()
    const signal = oneSignal()
    return {
      signal,
      turn: () => client.fetch('/gw/api/v1/x', { signal }),
      counts: counted(() => counts.calls),
    }
  }),
  renewals('OAuth 2.0: renewals', async () => {
    const { client, counts, time } = oauth2()
    return {
      async turn() {
        time.now += 2 * DAY_MS
        return await client.accessToken()
      },
      counts: counted(() => counts.tokens),
    }
  }),
  requests('SSO session: requests on one signal', async () => {
    const { client, counts, user } = sso()
    const session = await client.createSession(user(0))
    const signal = oneSignal()
    return {
      signal,
      turn: (at) => session.fetch(`/portfolio/accounts?at=${at}`, { signal }),
      counts: counted(() => counts.calls),
    }
  }),
  renewals('SSO session: sessions of other users, each day', async () => {
    const { client, counts, time, user } = sso()
    return {
      async turn(at) {
        // A session is known for a day, for who joins it.
        time.now += DAY_MS / 10
        return await client.createSession(user(at))
      },
      counts: counted(() => counts.sessions),
    }
  }),
  renewals(
    'UltraCart: user on one signal',
    async () => {
      const { client, counts } = ultraCart()
      const signal = oneSignal()
      const session = { simpleKey: SESSION_KEY }
      return {
        signal,
        turn: () => client.user(session, { signal }),
        counts: counted(() => counts.users),
      }
    },
    COUNTS.slowRequests,
  ),
  renewals('UltraCart: sign-ons', async () => {
    const { counts, signOn } = ultraCart()
    return { turn: signOn, counts: counted(() => counts.revoked) }
  }),
  requests('brokerage session: requests on one signal', async () => {
    const { session, counts } = brokerage()
    await session.open({ compete: true })
    const signal = oneSignal()
    return {
      signal,
      turn: (at) => session.fetch(`/portfolio/accounts?at=${at}`, { signal }),
      counts: counted(() => counts.calls),
      end: () => session.close(),
    }
  }),
  renewals('brokerage session: openings anew', async () => {
    const { session, broker, counts, time } = brokerage()
    return {
      async turn() {
        broker.isOpen = false
        time.now += 60_000
        return await session.open({ compete: true })
      },
      counts: counted(() => counts.inits),
      end: () => session.close(),
    }
  }),
  requests('brokerage session: ticks of its keeping on one signal', async () => {
    const { session, counts, time } = brokerage()
    await session.open({ compete: true })
    const signal = oneSignal()
    return {
      signal,
      async turn() {
        time.now += 120_000
        return await session.step({ signal })
      },
      counts: counted(() => counts.tickles),
      end: () => session.close(),
    }
  }),
  requests('pacing: requests on one signal', async () => {
    let sent = 0
    const send = async () => {
      sent++
      return noContent()
    }
    const rules = [
      { path: '/at-once/*', atOnce: 5 },
      { path: '*', requests: 1_000_000, perMs: 1 },
    ]
    const paced = withPacing(wrong(send), { rules })
    const signal = oneSignal()
    return {
      signal,
      turn: () => paced('/at-once/x', { signal }),
      counts: counted(() => sent),
    }
  }),
]

/** What a service counted, read when it is asked for. */
function counted(turns: () => number): { readonly turns: number } {
  return {
    get turns() {
      return turns()
    },
  }
}
