import { createSandbox, type Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it } from 'vitest'
import vectors from '../../../vectors/ibkr-oauth2.json' with { type: 'json' }
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { ASSERTION_TYPE } from './oauth2-client.ts'

const origin = 'http://127.0.0.1:8787'
const NOW = 1_767_225_600_000
const FORM = 'application/x-www-form-urlencoded'
let first: Sandbox

/** A sandbox that knows the keys of the vectors, and has seen nothing yet. */
async function known(clientId = 'ExampleAdvisor-TEST', now = NOW): Promise<Sandbox> {
  const { baseUrl, oauth1 } = first.credentials.ibkr
  const { main3072, next4096 } = vectors.keys
  const oauth2 = {
    baseUrl: origin,
    clientId,
    keyId: 'main',
    privateKey: main3072.pkcs8Pem,
    credential: 'exampleuser1',
    ip: '203.0.113.10',
  }
  return createSandbox({
    origin,
    now: () => now,
    signedOrigins: ['https://api.ibkr.com'],
    credentials: { ibkr: { baseUrl, oauth1, oauth2 } },
    oauth2PublicKeys: [{ keyId: 'next', publicKey: next4096.spkiPem }],
  })
}

const askToken = (sandbox: Sandbox, body: string) =>
  sandbox.fetch(`${origin}/oauth2/api/v1/token`, {
    method: 'POST',
    headers: { 'content-type': FORM },
    body,
  })
const withAssertion = (client_assertion: string) =>
  String(
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion,
    }),
  )

/** An access token, for an assertion that the vectors hold. */
async function accessToken(sandbox: Sandbox): Promise<string> {
  const [assertion] = vectors.clientAssertions
  const answer = await askToken(sandbox, withAssertion(assertion?.jws ?? ''))
  return ((await answer.json()) as { access_token: string }).access_token
}

async function sign(sandbox: Sandbox, path: string, body: string): Promise<Response> {
  const authorization = `Bearer ${await accessToken(sandbox)}`
  const headers = { authorization, 'content-type': 'application/jwt' }
  return sandbox.fetch(`${origin}/gw/api/v1${path}`, { method: 'POST', headers, body })
}

beforeAll(async () => {
  first = await createSandbox({ origin, credentials: testCredentials })
})

describe('the known answers', () => {
  it.each(vectors.clientAssertions.map((vector) => [vector.id, vector] as const))(
    'assertion %s opens',
    async (_id, { jws, inputs }) => {
      const sandbox = await known(inputs.clientId, NOW + clockOffset(inputs) * 1000)
      const response = await askToken(sandbox, withAssertion(jws))
      expect([sandbox.requests.at(-1)?.refused, response.status]).toEqual([null, 200])
    },
  )

  it.each(vectors.tokenRequests.map((vector) => [vector.id, vector] as const))(
    'token request %s opens',
    async (_id, { body }) => {
      const sandbox = await known()
      const response = await askToken(sandbox, body)
      expect([sandbox.requests.at(-1)?.refused, response.status]).toEqual([null, 200])
    },
  )

  it.each(vectors.invalidJws.map((vector) => [vector.id, vector] as const))(
    '%s is refused, as an assertion and as a body',
    async (_id, { jws }) => {
      const sandbox = await known()
      expect((await askToken(sandbox, withAssertion(jws))).status).toBe(400)
      const why = sandbox.requests.at(-1)?.refused
      expect(why).toMatch(/^(?:signature|alg|assertion): /)
      expect([400, 403]).toContain((await sign(sandbox, '/echo/signed-jwt', jws)).status)
    },
  )

  it.each(vectors.echoBodies.map((vector) => [vector.id, vector] as const))(
    'echo body %s is echoed',
    async (_id, { jws }) => {
      expect((await sign(await known(), '/echo/signed-jwt', jws)).status).toBe(200)
    },
  )

  it.each(vectors.ssoSessionBodies.map((vector) => [vector.id, vector] as const))(
    'SSO session body %s opens a session, from its address',
    async (id, { jws }) => {
      const sandbox = await known()
      const response = await sign(sandbox, '/sso-sessions', jws)
      const foreign = id === 'sso-session-ipv6'
      expect([id, response.status]).toEqual([id, foreign ? 401 : 200])
      if (foreign) expect(sandbox.requests.at(-1)?.refused).toMatch(/^address: /)
    },
  )

  it.each(vectors.ssoBrowserSessionBodies.map((vector) => [vector.id, vector] as const))(
    'browser session body %s gives a link that opens',
    async (_id, { jws }) => {
      const sandbox = await known()
      const { url } = await (await sign(sandbox, '/sso-browser-sessions', jws)).json()
      const response = await sandbox.fetch(url)
      expect([response.status, await response.text()]).toEqual([
        200,
        expect.stringContaining('exampleuser1'),
      ])
    },
  )
})

/** Some vectors are for a server whose clock is ahead of the client's by so many seconds. */
function clockOffset(inputs: object): number {
  return 'clockOffset' in inputs ? Number(inputs.clockOffset) : 0
}
