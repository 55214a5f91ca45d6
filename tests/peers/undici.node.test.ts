/**
 * `fetch` of npm undici with a dispatcher of its own (a proxy, a pool, a certificate), given to each
 * client. It refuses a `Request` of the platform, and its answers are no `Response` of the platform.
 */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { createUltraCartSso } from '@isoauth/ultracart-sso'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testCredentials } from '../../vectors/sandbox-credentials.ts'

let server: SandboxServer
let dispatcher: Agent
let answers: unknown[] = []

beforeAll(async () => {
  server = await serve({ credentials: testCredentials })
  dispatcher = new Agent()
})
afterAll(async () => {
  await dispatcher.close()
  await server.close({ timeoutMs: 100 })
})

/** As a program writes it. */
async function fetch(url: unknown, init: unknown): Promise<Response> {
  const all = { ...(init as object), dispatcher }
  const response = await undiciFetch(url as string, all)
  answers.push(response)
  return response as unknown as Response
}

/** Every answer came from undici. */
function expectForeign(count: number): void {
  expect(answers).toHaveLength(count)
  for (const answer of answers) expect(answer).not.toBeInstanceOf(Response)
  answers = []
}

it('is a stranger to the platform: it takes none of its requests', async () => {
  const request = new Request(server.sandbox.credentials.ibkr.baseUrl)
  await expect(undiciFetch(request as never)).rejects.toThrow(TypeError)
})

it('carries OAuth 1.0a', async () => {
  const client = createIbkrOAuth1({ ...server.sandbox.credentials.ibkr.oauth1, fetch })
  const response = await client.fetch('/portfolio/accounts')
  expect(await response.json()).toMatchObject([{ accountTitle: 'SANDBOX Account' }])
  expectForeign(2)
})

it('carries OAuth 2.0 and SSO', async () => {
  const { baseUrl, oauth2: known } = server.sandbox.credentials.ibkr
  const { clientId, keyId, privateKey, credential, ip } = known
  const scope = ['echo.read', 'echo.write', 'sso-sessions.write']
  const oauth2 = createIbkrOAuth2({ baseUrl, clientId, keyId, privateKey, scope, fetch })
  expect(await oauth2.echoSignedJwt()).toMatchObject({ requestMethod: 'POST' })
  expectForeign(2)
  const session = await createIbkrSso({ baseUrl, oauth2, fetch }).createSession({ credential, ip })
  expect((await session.fetch('/portfolio/accounts')).status).toBe(200)
  expectForeign(2)
})

it('carries UltraCart', async () => {
  const sso = createUltraCartSso({ ...server.sandbox.credentials.ultracart, fetch })
  expect((await sso.authorize()).loginUrl.pathname).toContain('login')
  expectForeign(1)
})
