/** The sandbox's records of requests hold no credential, token, code, state or id of those who signed in. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession } from '@isoauth/ibkr-session'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createSandbox } from '@isoauth/sandbox'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { expect, it } from 'vitest'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'
import { wrong } from '../support/index.ts'

it('no record of a sandbox holds a secret', async () => {
  const sandbox = await createSandbox({
    origin: 'http://127.0.0.1:8787',
    credentials: testCredentials,
  })
  const { credentials, webSocket } = sandbox
  const secrets = new Map<string, string>()
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    const authorization = request.headers.get('authorization') ?? ''
    for (const [, name = '', value = ''] of authorization.matchAll(
      /(oauth_token|oauth_signature)="([^"]+)"/g,
    )) {
      secrets.set(`${name} sent ${secrets.size}`, decodeURIComponent(value))
    }
    const bearer = /^Bearer (.+)$/.exec(authorization)?.[1]
    if (bearer) secrets.set('bearer', bearer)
    const response = await sandbox.fetch(input, init)
    const text = await response.clone().text()
    for (const [, name = '', value = ''] of text.matchAll(
      /"(\w*(?:token|session|simple_key|secret)\w*)":"([^"]{16,})"/g,
    )) {
      secrets.set(`${name} answered`, value)
    }
    return response
  }
  const {
    oauth1,
    oauth2: { credential, ip, ...oauth2 },
  } = credentials.ibkr
  const client = createIbkrOAuth1({ ...oauth1, fetch })
  const firm = createIbkrOAuth2({ ...oauth2, scope: 'echo.write sso-sessions.write', fetch })
  await firm.echoSignedJwt()
  const sso = await createIbkrSso({ oauth2: firm, fetch }).createSession({ credential, ip })
  for (const connection of [client, sso]) {
    const session = createBrokerageSession({ connection })
    await session.open({ compete: true })
    // Its address carries what signs in.
    await (await session.openStream({ webSocket: wrong(webSocket) })).close()
    await session.close()
  }
  const shop = createUltraCartSso({ ...credentials.ultracart, fetch })
  const { loginUrl, transaction } = await shop.authorize()
  const returned = await sandbox.approve(loginUrl)
  secrets.set('code', String(returned.searchParams.get('code')))
  secrets.set('state', String(returned.searchParams.get('state')))
  secrets.set('simpleKey', credentials.ultracart.simpleKey)
  const callback = await shop.validateCallback(returned, { transaction })
  const person = await shop.exchangeCode(callback)
  await shop.user(person)
  const shown = JSON.stringify(sandbox.requests)
  const found = [...secrets].filter(([, value]) => shown.includes(value)).map(([name]) => name)
  expect(secrets.size).toBeGreaterThan(10)
  expect(found).toEqual([])
})
