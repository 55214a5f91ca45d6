/** Sessions are asked for where the access token comes from, unless an option says otherwise. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import {
  createIbkrSso,
  prepareBrowserSessionRequest,
  prepareSsoSessionRequest,
} from '@isoauth/ibkr-sso'
import { describe, expect, it } from 'vitest'
import { vectors } from '../../../tests/support/oauth2-vectors.ts'
import { failure, json, makeAuthority, user } from './support.ts'

const TEST_SYSTEM = 'https://qa.interactivebrokers.com'
const OTHER = 'https://proxy.example/ibkr'

/** The hosts asked, and the link handed on, of a client over another system. */
async function ask(options: { readonly baseUrl?: string } = {}, link = `${TEST_SYSTEM}/sso?SID=1`) {
  const urls: string[] = []
  const fetch = async (url: string) => {
    urls.push(url)
    if (url.includes('/oauth2/')) return json(200, { access_token: 'access-1', expires_in: 600 })
    return json(200, url.endsWith('/sso-sessions') ? { access_token: 'bearer-1' } : { url: link })
  }
  const oauth2 = createIbkrOAuth2({
    clientId: 'ExampleAdvisor-TEST',
    keyId: 'main',
    privateKey: vectors.keys.main3072.pkcs8Pem,
    scope: 'sso-sessions.write',
    baseUrl: `${TEST_SYSTEM}/`,
    fetch: fetch as never,
  })
  const sso = createIbkrSso({ oauth2, fetch: fetch as never, ...options })
  const session = await sso.createSession(user)
  await session.fetch('/tickle')
  await sso.createBrowserSession(user)
  return { oauth2, urls, socket: await session.webSocketUrl() }
}

describe('without baseUrl', () => {
  it('is the base of the OAuth 2.0 client, for calls, links and sockets', async () => {
    const { oauth2, urls, socket } = await ask()
    expect(oauth2.baseUrl).toBe(TEST_SYSTEM)
    expect(urls).toEqual([
      `${TEST_SYSTEM}/oauth2/api/v1/token`,
      `${TEST_SYSTEM}/gw/api/v1/sso-sessions`,
      `${TEST_SYSTEM}/v1/api/tickle`,
      `${TEST_SYSTEM}/gw/api/v1/sso-browser-sessions`,
    ])
    expect(socket).toMatch(/^wss:\/\/qa\.interactivebrokers\.com\/v1\/api\/ws\?/)
  })

  it('holds for requests that are only prepared', async () => {
    const oauth2 = { ...makeAuthority(), baseUrl: OTHER }
    const session = await prepareSsoSessionRequest({ ...user, oauth2 })
    const link = await prepareBrowserSessionRequest({ ...user, oauth2 })
    expect(session.request.url).toBe(`${OTHER}/gw/api/v1/sso-sessions`)
    expect(link.request.url).toBe(`${OTHER}/gw/api/v1/sso-browser-sessions`)
  })

  it('is the live one where the authority names none', async () => {
    const { request } = await prepareSsoSessionRequest({ ...user, oauth2: makeAuthority() })
    expect(request.url).toBe('https://api.ibkr.com/gw/api/v1/sso-sessions')
  })

  it('refuses an authority whose base is no URL', async () => {
    const oauth2 = { ...makeAuthority(), baseUrl: 'qa' }
    const error = await failure(() => prepareSsoSessionRequest({ ...user, oauth2 }))
    expect(error).toMatchObject({ code: 'IBKR_SSO_OPTION_INVALID', option: 'oauth2.baseUrl' })
  })
})

it('with baseUrl goes there', async () => {
  const { urls } = await ask({ baseUrl: OTHER }, 'https://proxy.example/sso?SID=1')
  expect(urls.slice(1).every((url) => url.startsWith(`${OTHER}/`))).toBe(true)
})
