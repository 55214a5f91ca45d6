/** Passwords in addresses and secrets in a caller's own headers show nowhere, whichever client is used. */
import { createIbkrOAuth1, createIbkrOAuth1Authorization } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { describe, expect, it } from 'vitest'
import { everythingOf, failure } from '../support/index.ts'
import { dhGroups, keys as oauth1Keys, vectorsOf } from '../support/oauth1-vectors.ts'
import { keys } from '../support/oauth2-vectors.ts'
import { OWN_HEADERS, PLANTED, quotingFetch, withUser } from '../support/planted-secrets.ts'

type Options = { readonly [name: string]: unknown }

const [usual] = vectorsOf('secret-decrypt')
const oauth1 = {
  consumerKey: 'QWERTYUIO',
  accessToken: 'a1b2c3d4e5f6a7b8c9d0',
  decryptedAccessTokenSecret: usual?.expected.secretHex as string,
  signatureKey: oauth1Keys.signature.pkcs8Pem,
  dhParameters: dhGroups['rfc3526-14']?.pem ?? '',
}
const oauth2 = {
  clientId: 'ExampleAdvisor-TEST',
  keyId: 'main',
  privateKey: keys.main3072.pkcs8Pem,
  scope: 'echo.read',
}
const ultracart = { simpleKey: 'planted-simple-key', redirectUri: 'https://shop.example/callback' }
const authority = { accessToken: async () => ({ value: 'access' }), signJwt: async () => 'a.b.c' }

/** Makes each client with further options. */
const CLIENTS: Readonly<Record<string, (more: Options) => unknown>> = {
  createIbkrOAuth1: (more) => createIbkrOAuth1({ ...oauth1, ...more }),
  createIbkrOAuth1Authorization: (more) => createIbkrOAuth1Authorization({ ...oauth1, ...more }),
  createIbkrOAuth2: (more) => createIbkrOAuth2({ ...oauth2, ...more }),
  createIbkrSso: (more) => createIbkrSso({ oauth2: authority, ...more }),
  createUltraCartSso: (more) => createUltraCartSso({ ...ultracart, ...more }),
}
const BASES: Readonly<Record<string, readonly [option: string, url: string][]>> = {
  createIbkrOAuth1: [
    ['baseUrl', 'https://api.ibkr.com/v1/api'],
    ['signingBaseUrl', 'https://api.ibkr.com/v1/api'],
  ],
  createIbkrOAuth1Authorization: [['baseUrl', 'https://api.ibkr.com/v1/api']],
  createIbkrOAuth2: [['baseUrl', 'https://api.ibkr.com']],
  createIbkrSso: [['baseUrl', 'https://api.ibkr.com']],
  createUltraCartSso: [
    ['baseUrl', 'https://secure.ultracart.com/rest/v2'],
    ['redirectUri', 'https://shop.example/callback'],
  ],
}

function expectNothingPlanted(value: unknown): void {
  const text = everythingOf(value)
  for (const secret of PLANTED) expect(text).not.toContain(secret)
}

describe.each(Object.entries(BASES))('%s', (name, bases) => {
  it.each(bases)('refuses %s with a user, and tells no password', async (option, url) => {
    for (const planted of [withUser(url), `${withUser(url)} x`, new URL(withUser(url))]) {
      const error = await failure(async () => CLIENTS[name]?.({ [option]: planted }))
      expect(error).toMatchObject({ code: expect.stringMatching(/_OPTION_INVALID$/), option })
      expectNothingPlanted(error)
    }
  })
})

describe('a call with headers of the caller', () => {
  type Fetching = {
    fetch(input: unknown, init: object): Promise<Response>
  }
  const clients: Readonly<Record<string, (more: Options) => Promise<Fetching>>> = {
    createIbkrOAuth1: async (more) => createIbkrOAuth1({ ...oauth1, ...more }) as Fetching,
    createIbkrOAuth2: async (more) => createIbkrOAuth2({ ...oauth2, ...more }) as Fetching,
    'a session of createIbkrSso': async (more) => {
      const { fetch } = more as { fetch: typeof quotingFetch }
      const opening = (url: string, init: RequestInit) =>
        url.endsWith('/sso-sessions')
          ? Promise.resolve(Response.json({ active: true, access_token: 'bearer' }))
          : fetch(url, init)
      const sso = createIbkrSso({ oauth2: authority, ...more, fetch: opening as never })
      return (await sso.createSession({ credential: 'user', ip: '8.8.4.4' })) as Fetching
    },
  }
  const events: unknown[] = []
  const onEvent = (event: unknown) => events.push(event)
  const init = { headers: OWN_HEADERS }

  it.each(Object.entries(clients))('%s: to outside of the base', async (_, make) => {
    const client = await make({ fetch: quotingFetch, onEvent })
    for (const url of [
      withUser('https://api.ibkr.com/v1/api/x'),
      withUser('https://evil.example/'),
    ]) {
      const error = await failure(() => client.fetch(url, init))
      expect(error).toMatchObject({ code: expect.stringMatching(/_URL_REFUSED$/) })
      expectNothingPlanted(error)
    }
    expectNothingPlanted(client)
    expectNothingPlanted(events)
  })

  it.each(Object.entries(clients))('%s: that cannot be sent', async (name, make) => {
    const client = await make({ fetch: quotingFetch, onEvent })
    const error = await failure(() => client.fetch('/x', init))
    // What a fetch of the caller throws about the caller's own call is the caller's, unchanged.
    if (!name.startsWith('a session')) expectNothingPlanted(error)
    expectNothingPlanted(events)
  })

  it.each(Object.entries(clients))('%s: that is answered by a redirect', async (_, make) => {
    const location = withUser(`https://evil.example/?${OWN_HEADERS['X-Api-Key']}`)
    const fetch = async () => new Response(null, { status: 302, headers: { location } })
    const client = await make({ fetch, onEvent })
    expectNothingPlanted(await failure(() => client.fetch('/x', init)))
    expectNothingPlanted(events)
  })

  it.each(Object.entries(clients))('%s: with a header that none is', async (_, make) => {
    const client = await make({ fetch: quotingFetch, onEvent })
    const headers = { ...OWN_HEADERS, 'X-Bad': `${OWN_HEADERS['X-Api-Key']}\nx` }
    const error = await failure(() => client.fetch('/x', { headers }))
    expect(error).toMatchObject({ code: expect.stringMatching(/_OPTION_INVALID$/) })
    expectNothingPlanted(error)
  })
})
