/** The known answers as the sandbox takes them: headers, assertions, token requests and signed bodies. */
import type { Sandbox } from '@isoauth/sandbox'
import { equal, matches, type VectorCheck } from './check.ts'
import { ORIGIN, startSandbox } from './sandboxes.ts'
import { oauth2, vectorChecks } from './vectors.ts'

const FORM = 'application/x-www-form-urlencoded'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** The one body of the vectors that was signed for another address than its caller's. */
const FOREIGN_BODY = 'sso-session-ipv6'
/** Bodies that are no JWS at all; the others are one, and are not this client's. */
const MALFORMED = ['bad-standard-base64', 'bad-two-parts']
const VECTOR_USER = { credential: 'exampleuser1', ip: '203.0.113.10' }

interface AssertionInputs {
  readonly clientId: string
  readonly clockOffset?: number
}

export const sandboxVectors: readonly VectorCheck[] = [
  ...vectorChecks('sandbox', {
    /** Where the vendor's reading loses a pair, the sandbox refuses the header for that alone. */
    'header-parse': async ({ input, expected }) => {
      const { sandbox } = await startSandbox()
      const { authorization } = input
      const url = `${sandbox.origin}/v1/api/portfolio/accounts`
      equal((await sandbox.fetch(url, { headers: { authorization } })).status, 401)
      const sent = [...authorization.matchAll(/\b(oauth_\w+)="/g)].map(([, name]) => name)
      const kept = expected.signedPairs.map(([name]: [string]) => name)
      const lost = sent.filter((name) => name !== 'oauth_signature' && !kept.includes(name))
      const refused = sandbox.requests.at(-1)?.refused ?? ''
      equal(/(\w+) is lost in the vendor's reading/.exec(refused)?.[1], lost[0])
    },
  }),

  ...oauth2.clientAssertions.map(({ id, inputs, jws }) => ({
    name: `sandbox: assertion ${id}`,
    async run() {
      const { clientId, clockOffset = 0 }: AssertionInputs = inputs
      const { sandbox, time } = await startSandbox({ clientId })
      time.now += clockOffset * 1000
      equal((await askToken(sandbox, withAssertion(jws))).status, 200)
      equal(sandbox.requests.at(-1)?.refused, null)
      // Another client's assertion is refused, although its signature is right.
      const other = await startSandbox({ clientId: 'another-client' })
      other.time.now += clockOffset * 1000
      equal((await askToken(other.sandbox, withAssertion(jws))).status, 400)
    },
  })),

  ...oauth2.tokenRequests.map(({ id, body }) => ({
    name: `sandbox: token request ${id}`,
    async run() {
      const { sandbox } = await startSandbox()
      equal((await askToken(sandbox, body)).status, 200)
      equal(sandbox.requests.at(-1)?.refused, null)
    },
  })),

  ...oauth2.invalidJws.map(({ id, jws }) => ({
    name: `sandbox: ${id} is refused`,
    async run() {
      const { sandbox } = await startSandbox()
      equal((await askToken(sandbox, withAssertion(jws))).status, 400)
      matches(sandbox.requests.at(-1)?.refused, /^(?:signature|alg|assertion): /)
    },
  })),

  ...oauth2.invalidJws.map(({ id, jws }) => ({
    name: `sandbox: ${id} is refused as a signed body`,
    async run() {
      const { sandbox } = await startSandbox()
      const { status } = await send(sandbox, '/echo/signed-jwt', jws)
      equal(status, MALFORMED.includes(id) ? 400 : 403)
    },
  })),

  ...oauth2.echoBodies.map(({ id, jws }) => ({
    name: `sandbox: body ${id}`,
    async run() {
      const { sandbox } = await startSandbox()
      equal((await send(sandbox, '/echo/signed-jwt', jws)).status, 200)
    },
  })),

  ...oauth2.ssoSessionBodies.map(({ id, jws }) => ({
    name: `sandbox: body ${id}`,
    async run() {
      const { sandbox } = await startSandbox({ user: VECTOR_USER })
      const { status } = await send(sandbox, '/sso-sessions', jws)
      equal(status, id === FOREIGN_BODY ? 401 : 200)
      matches(sandbox.requests.at(-1)?.refused, id === FOREIGN_BODY ? /^address: / : /^null$/)
    },
  })),

  ...oauth2.ssoBrowserSessionBodies.map(({ id, jws }) => ({
    name: `sandbox: body ${id}`,
    async run() {
      const { sandbox } = await startSandbox({ user: VECTOR_USER })
      const { url } = await (await send(sandbox, '/sso-browser-sessions', jws)).json()
      const page = await sandbox.fetch(url)
      equal(page.status, 200)
      matches(await page.text(), /exampleuser1/)
    },
  })),
]

function withAssertion(client_assertion: string): string {
  const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE }
  return String(new URLSearchParams({ ...form, client_assertion }))
}

function askToken(sandbox: Sandbox, body: string): Promise<Response> {
  const headers = { 'content-type': FORM }
  return sandbox.fetch(`${ORIGIN}/oauth2/api/v1/token`, { method: 'POST', headers, body })
}

/** Sends a signed body under an access token for an assertion of the vectors. */
async function send(sandbox: Sandbox, path: string, body: string): Promise<Response> {
  const answer = await askToken(sandbox, withAssertion(oauth2.clientAssertions[0]?.jws ?? ''))
  const authorization = `Bearer ${(await answer.json()).access_token}`
  const headers = { authorization, 'content-type': 'application/jwt' }
  return sandbox.fetch(`${ORIGIN}/gw/api/v1${path}`, { method: 'POST', headers, body })
}
