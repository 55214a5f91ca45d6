/** Requests of a client that is signed in, over a `fetch` whose errors carry the whole request: no signature leaves with one. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { describe, expect, it } from 'vitest'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'
import { everythingOf, failure, wrong } from '../support/index.ts'

const ORIGIN = 'http://127.0.0.1:8787'
const { oauth1, oauth2 } = testCredentials.ibkr
const PATH = '/portfolio/accounts'

type Fetch = typeof globalThis.fetch
type Fail = (sent: { readonly url: string; readonly init: RequestInit }) => unknown

/** A sandbox's `fetch`, but that requests for {@link PATH} fail; and the headers that these had. */
async function failing(fail: Fail) {
  const sandbox = await createSandbox({ origin: ORIGIN, credentials: testCredentials })
  const secrets: string[] = []
  const fetch = async (url: string, init: RequestInit = {}) => {
    if (!url.endsWith(PATH)) return await sandbox.fetch(url, init)
    const headers = new Headers(init.headers)
    const shown = ['authorization', 'cookie'].map((name) => headers.get(name) ?? '')
    secrets.push(...shown.flatMap((text) => text.split(/[\s",;=]+/)).filter(isSecret))
    throw fail({ url, init })
  }
  return { fetch: wrong<Fetch>(fetch), secrets }
}

const isSecret = (part: string) => part.length > 15 && !part.startsWith('oauth_')

const signOn = (fetch: Fetch) => {
  const authority = createIbkrOAuth2({ ...oauth2, scope: 'sso-sessions.write', fetch })
  const user = { credential: 'sandboxuser', ip: '127.0.0.1' }
  return createIbkrSso({ oauth2: authority, fetch }).createSession(user)
}

/** The ways to an authorized `fetch`. */
const CLIENTS: Readonly<Record<string, (fetch: Fetch) => Promise<{ readonly fetch: Fetch }>>> = {
  'OAuth 1.0a': async (fetch) => wrong(createIbkrOAuth1({ ...oauth1, fetch })),
  'OAuth 2.0': async (fetch) =>
    wrong(createIbkrOAuth2({ ...oauth2, scope: 'sso-sessions.write', fetch })),
  SSO: async (fetch) => wrong(await signOn(fetch)),
  'a brokerage session': async (fetch) => {
    // A connection of somebody's own; the cookies are the session's.
    const connection = {
      fetch: async (path: string, init?: RequestInit) =>
        path === PATH
          ? await fetch(ORIGIN + path, init)
          : new Response('{}', {
              headers: { 'set-cookie': 'x=Marked-Cookie-Of-The-Broker; Path=/' },
            }),
    }
    const session = createBrokerageSession({ connection: wrong(connection) })
    await session.fetch('/trsrv/stocks')
    return wrong(session)
  },
}

/** An error of another library: the request is in its text, its fields, its cause, or behind a class. */
const CARRYING: Readonly<Record<string, Fail>> = {
  'with the request as axios keeps it': ({ url, init }) => {
    const config = { url, headers: Object.fromEntries(new Headers(init.headers)), adapter() {} }
    return Object.assign(new Error('connect'), { code: 'ECONNREFUSED', config })
  },
  'that quotes the headers': ({ init }) => {
    const headers = JSON.stringify(Object.fromEntries(new Headers(init.headers)))
    return Object.assign(new Error(`connect ${headers}`), { code: 'ECONNREFUSED' })
  },
  'whose cause has the Request': ({ url, init }) => {
    const cause = Object.assign(new Error('no'), { request: new Request(url, init) })
    return Object.assign(new TypeError('fetch failed', { cause }), { code: 'ECONNREFUSED' })
  },
  'with Headers in a list': ({ init }) =>
    Object.assign(new Error('no'), { code: 'ECONNREFUSED', sent: [[init.headers]] }),
  'that is no error at all': ({ init }) => ({
    code: 'ECONNREFUSED',
    headers: Object.fromEntries(new Headers(init.headers)),
  }),
  'whose fields throw': () =>
    Object.defineProperty(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), 'request', {
      enumerable: true,
      get() {
        throw new Error('no')
      },
    }),
}

describe.each(Object.entries(CLIENTS))('%s, signed in', (_name, connect) => {
  it.each(Object.entries(CARRYING))('keeps nothing of an error %s', async (_, fail) => {
    const { fetch, secrets } = await failing(fail)
    const client = await connect(fetch)
    const error = await failure(() => client.fetch(PATH))
    expect(error).toMatchObject({
      code: expect.stringMatching(/^IBKR_[A-Z\d]+_NETWORK$/),
      cause: { code: 'ECONNREFUSED' },
    })
    expect(secrets.length).toBeGreaterThan(0)
    const shown = everythingOf(error)
    for (const secret of secrets) expect(shown).not.toContain(secret)
  })

  const cause = Object.assign(new AggregateError([new Error('::1'), new Error('127.0.0.1')]), {
    code: 'ECONNREFUSED',
  })
  it.each<[string, unknown]>([
    ['of Node', new TypeError('fetch failed', { cause })],
    ['of a browser', new TypeError('Failed to fetch')],
    ['of an abort', new DOMException('This operation was aborted', 'AbortError')],
    ["of the caller's own", Object.assign(new Error('offline'), { details: { tries: [1, 2] } })],
    ['that is a text', 'offline'],
  ])('passes an exception %s unchanged', async (_, exception) => {
    const { fetch } = await failing(() => exception)
    const client = await connect(fetch)
    let told: unknown
    await client.fetch(PATH).catch((error: unknown) => {
      told = error
    })
    expect(told).toBe(exception)
  })
})
