/** The known answers of SSO: signed bodies, requests and answers, byte for byte. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import {
  prepareBrowserSessionRequest,
  prepareSsoSessionRequest,
  processBrowserSessionResponse,
  processSsoSessionResponse,
} from '@isoauth/ibkr-sso'
import { equal, equalRequest, failure, same, type VectorCheck } from './check.ts'
import { byId, NOW_MS, oauth2, vectorClient } from './vectors.ts'

const signer = createIbkrOAuth2({
  ...vectorClient,
  scope: 'echo.write sso-sessions.write sso-browser-sessions.write',
})

/** The vectors' client with the vectors' access token. */
const base = {
  oauth2: {
    accessToken: async () => ({ value: 'test-access-token' }),
    signJwt: signer.signJwt,
  },
  now: () => NOW_MS,
}
const user = { credential: 'exampleuser1', ip: '203.0.113.10' } as const

interface BodyInputs {
  readonly credential: string
  readonly ip: string
  readonly alternativeIps?: readonly string[]
  readonly service?: string
  readonly expOffset: number
}

/** The code of each answer that is no session. */
const CODES: Readonly<Record<string, string>> = {
  'gw-problem-400-fields': 'IBKR_SSO_REFUSED',
  'gw-problem-401': 'IBKR_SSO_UNAUTHORIZED',
  'gw-problem-403': 'IBKR_SSO_FORBIDDEN',
  'gw-html-503': 'IBKR_SSO_UNAVAILABLE',
}

const bodies = [
  ...oauth2.ssoSessionBodies.map((vector) => ({ ...vector, prepare: prepareSsoSessionRequest })),
  ...oauth2.ssoBrowserSessionBodies.map((vector) => ({
    ...vector,
    prepare: prepareBrowserSessionRequest,
  })),
]

export const ssoVectors: readonly VectorCheck[] = [
  ...bodies.map(({ id, inputs, jws, prepare }) => ({
    name: `ibkr-sso: body ${id}`,
    async run() {
      const { expOffset, credential, ip, alternativeIps, service }: BodyInputs = inputs
      const options = { credential, ip, alternativeIps, service, expiresInSeconds: expOffset }
      const { request } = await prepare({ ...base, ...options })
      equal(await request.text(), jws)
    },
  })),

  ...oauth2.gatewayRequests.map((vector) => ({
    name: `ibkr-sso, ibkr-oauth2: request ${vector.id}`,
    async run() {
      const request = await gatewayRequest(vector.id)
      await equalRequest(request, vector)
    },
  })),

  ...oauth2.responses
    .filter(({ call }) => call !== 'token')
    .map(({ id, call, status, contentType, body, expect: given }) => ({
      name: `ibkr-sso: answer ${id}`,
      async run() {
        const wanted: SsoOutcome = given
        const response = new Response(body, { status, headers: { 'content-type': contentType } })
        if (call === 'sso-browser-sessions') {
          const options = { ...base, ...user, linkHosts: ['example.test'] }
          const { pending } = await prepareBrowserSessionRequest(options)
          const { url, expiresAtMs } = await processBrowserSessionResponse(response, pending)
          equal(url.href, wanted.url)
          equal(expiresAtMs, NOW_MS + 50_000)
          return
        }
        const { pending } = await prepareSsoSessionRequest({ ...base, ...user })
        if (wanted.ok) {
          const { value, expiresAtMs } = await processSsoSessionResponse(response, pending)
          equal(value, wanted.accessToken)
          equal(expiresAtMs, NOW_MS + 86_400_000)
          return
        }
        const error = await failure(() => processSsoSessionResponse(response, pending))
        equal(error['code'], CODES[id])
        equal(error['status'], status)
        equal(error['title'], wanted.problem?.title)
        equal(error['detail'], wanted.problem?.detail)
        same(error['invalidArguments'], wanted.invalidArguments)
      },
    })),
]

interface SsoOutcome {
  readonly ok: boolean
  readonly url?: string
  readonly accessToken?: string
  readonly problem?: { readonly title?: string; readonly detail?: string } | null
  readonly invalidArguments?: unknown
}

/** The request of this project that a vector describes. */
async function gatewayRequest(id: string) {
  if (id === 'post-sso-sessions') {
    return (await prepareSsoSessionRequest({ ...base, ...user })).request
  }
  if (id === 'post-sso-browser-sessions') {
    return (await prepareBrowserSessionRequest({ ...base, ...user })).request
  }
  const sent: Request[] = []
  const client = createIbkrOAuth2({
    ...vectorClient,
    scope: 'echo.read echo.write',
    async fetch(input: string | URL | Request, init?: RequestInit) {
      const request = new Request(input, init)
      const isToken = request.url.includes('/oauth2/')
      if (!isToken) sent.push(request)
      const token = { access_token: 'test-access-token', token_type: 'Bearer', expires_in: 86_399 }
      const echo = { requestMethod: 'POST', securityPolicy: 'SIGNED_JWT' }
      return Response.json(isToken ? token : echo)
    },
  })
  if (id === 'post-echo-signed-jwt') await client.echoSignedJwt()
  return sent[0] ?? byId([], id)
}
