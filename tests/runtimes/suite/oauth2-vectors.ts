/** The known answers of OAuth 2.0: assertions, token requests, keys and answers, byte for byte. */
import { createIbkrOAuth2, prepareTokenRequest, processTokenResponse } from '@isoauth/ibkr-oauth2'
import { equal, equalRequest, failsWith, failure, same, type VectorCheck } from './check.ts'
import { byId, NOW_MS, oauth2, vectorClient } from './vectors.ts'

/** The order of the members that this project writes; others are for the sandbox to take. */
const OWN_HEADER = '{"alg":"RS256","typ":"JWT","kid":'

const keys: Readonly<Record<string, { readonly pkcs8Pem: string }>> = oauth2.keys
const credentials = {
  ...vectorClient,
  scope: 'echo.read echo.write',
}
const usual = byId(oauth2.clientAssertions, 'assertion-default').jws

interface AssertionInputs {
  readonly clientId: string
  readonly kid: string
  readonly audience?: string
  readonly expOffset: number
  readonly jti?: string
  readonly serverDate?: string
}

/** The code of each answer that is no token. */
const CODES: Readonly<Record<string, string>> = {
  'token-missing-access-token': 'IBKR_OAUTH2_RESPONSE_INVALID',
  'token-problem-400': 'IBKR_OAUTH2_ASSERTION_REFUSED',
  'token-rfc6749-401': 'IBKR_OAUTH2_ASSERTION_REFUSED',
}

/** What this project can write; the rest is for the sandbox to take. */
const own = oauth2.clientAssertions.filter(({ headerJson }) => headerJson.startsWith(OWN_HEADER))

export const oauth2Vectors: readonly VectorCheck[] = [
  ...own.map(({ id, key, inputs: given, jws }) => {
    const inputs: AssertionInputs = given
    const { clientId, kid: keyId, audience, expOffset, jti, serverDate } = inputs
    const options = {
      ...credentials,
      clientId,
      keyId,
      privateKey: keys[key]?.pkcs8Pem ?? '',
      audience,
      assertionLifetimeSeconds: expOffset,
    }
    return {
      name: `ibkr-oauth2: assertion ${id}`,
      async run() {
        if (serverDate !== undefined) equal(await assertionAfterRepair(options, serverDate), jws)
        else equal(assertionIn(await bodyOf(prepareTokenRequest({ ...options, jti }))), jws)
      },
    }
  }),

  ...oauth2.tokenRequests.map((vector) => ({
    name: `ibkr-oauth2: token request ${vector.id}`,
    async run() {
      const form = new URLSearchParams(vector.body)
      const { request } = await prepareTokenRequest({
        ...credentials,
        scope: form.get('scope') ?? '',
        includeClientId: form.has('client_id'),
      })
      const body = await equalRequest(request, vector)
      same([...new URLSearchParams(body)], vector.formPairs)
    },
  })),

  ...oauth2.echoBodies.map(({ id, inputs, jws }) => ({
    name: `ibkr-oauth2: body ${id}`,
    async run() {
      const { expOffset: expiresInSeconds } = inputs
      equal(await createIbkrOAuth2(credentials).signJwt({}, { expiresInSeconds }), jws)
    },
  })),

  ...oauth2.pemForms.map(({ id, pem, accept, spkiSha256Hex }) => ({
    name: `ibkr-oauth2: key file ${id}`,
    async run() {
      const make = async () =>
        createIbkrOAuth2({ ...credentials, privateKey: pem }).clientAssertion()
      if (accept) {
        equal(spkiSha256Hex, oauth2.keys.main3072.spkiSha256Hex)
        equal(await make(), usual)
        return
      }
      const error = await failsWith('IBKR_OAUTH2_OPTION_INVALID', make)
      equal(error['option'], 'privateKey')
      const line = pem.split('\n')[1] ?? ''
      equal(line !== '' && String(error['stack']).includes(line), false)
    },
  })),

  ...oauth2.responses
    .filter(({ call }) => call === 'token')
    .map(({ id, status, contentType, body, expect: given }) => ({
      name: `ibkr-oauth2: answer ${id}`,
      async run() {
        const wanted: TokenOutcome = given
        const { pending } = await prepareTokenRequest(credentials)
        const headers = { 'content-type': contentType }
        const read = () => processTokenResponse(new Response(body, { status, headers }), pending)
        if (wanted.ok) {
          const { value, expiresAtMs, scope } = await read()
          equal(value, wanted.accessToken)
          equal(expiresAtMs, NOW_MS + (wanted.expiresIn ?? 300) * 1000)
          equal(scope, (wanted.scopes ?? ['echo.read', 'echo.write']).join(' '))
          return
        }
        const error = await failure(read)
        equal(error['code'], CODES[id])
        equal(error['status'], status)
        equal(error['title'], wanted.problem?.title)
        equal(error['oauthError'], wanted.oauthError)
        equal(error['detail'], wanted.problem?.detail ?? wanted.oauthErrorDescription)
      },
    })),
]

interface TokenOutcome {
  readonly ok: boolean
  readonly accessToken?: string
  readonly expiresIn?: number | null
  readonly scopes?: readonly string[]
  readonly problem?: { readonly title?: string; readonly detail?: string } | null
  readonly oauthError?: string
  readonly oauthErrorDescription?: string
}

/** The second assertion of a client whose first was answered by a server with another clock. */
async function assertionAfterRepair(options: typeof credentials, date: string): Promise<unknown> {
  const seen: unknown[] = []
  const headers = { 'content-type': 'application/json', date }
  const client = createIbkrOAuth2({
    ...options,
    async fetch(input: string | URL | Request, init?: RequestInit) {
      seen.push(assertionIn(await new Request(input, init).text()))
      if (seen.length === 1) return new Response('{}', { status: 400, headers })
      const token = { access_token: 'token', token_type: 'Bearer', expires_in: 86_399 }
      return new Response(JSON.stringify(token), { headers })
    },
  })
  await client.accessToken()
  // It goes on with the clock that it learned.
  equal(await client.clientAssertion(), seen[1])
  return seen[1]
}

async function bodyOf(prepared: ReturnType<typeof prepareTokenRequest>): Promise<string> {
  return (await prepared).request.text()
}

function assertionIn(body: string): string | null {
  return new URLSearchParams(body).get('client_assertion')
}
