/** A token endpoint and a gateway that answer what a test wants, a client for them, and a shared clock. */
import { createIbkrOAuth2, type IbkrOAuth2, type IbkrOAuth2Event } from '@isoauth/ibkr-oauth2'
import { answeringFetch, type Call, json, type Responder } from '../../../tests/support/index.ts'
import { keys, NOW_MS } from '../../../tests/support/oauth2-vectors.ts'

export * from '../../../tests/support/index.ts'

export const GATEWAY = 'https://api.ibkr.com/gw/api/v1'

/** Credentials of the vectors: a public test key, known to nobody's broker. */
export const credentials = {
  clientId: 'ExampleAdvisor-TEST',
  keyId: 'main',
  privateKey: keys.main3072.pkcs8Pem,
  scope: 'echo.read echo.write',
} as const

export interface Setup {
  readonly client: IbkrOAuth2
  readonly events: IbkrOAuth2Event[]
  readonly time: { now: number }
  readonly tokenCalls: Call[]
  readonly gatewayCalls: Call[]
  readonly fetch: typeof globalThis.fetch
  readonly another: (options?: object) => IbkrOAuth2
}

/** A token answer: `token-1`, `token-2` and so on. */
export const token = (count: number, fields: object = {}): Response =>
  json(200, { access_token: `token-${count}`, token_type: 'Bearer', expires_in: 86_399, ...fields })

const echoed = ({ method }: Call) =>
  json(200, { requestMethod: method, securityPolicy: method === 'GET' ? 'HTTPS' : 'SIGNED_JWT' })

export function setUp(
  options: object = {},
  onToken: Responder = (_, count) => token(count),
  onGateway: Responder = echoed,
): Setup {
  const time = { now: NOW_MS }
  const events: IbkrOAuth2Event[] = []
  const tokenCalls: Call[] = []
  const gatewayCalls: Call[] = []
  const tokens = { calls: tokenCalls, respond: onToken }
  const gateway = { calls: gatewayCalls, respond: onGateway }
  const fetch = answeringFetch((url) => (url.includes('/oauth2/') ? tokens : gateway))
  const another = (more: object = {}) =>
    createIbkrOAuth2({
      ...credentials,
      fetch: fetch as never,
      now: () => time.now,
      onEvent: (event: IbkrOAuth2Event) => events.push(event),
      ...options,
      ...more,
    } as never)
  return { client: another(), events, time, tokenCalls, gatewayCalls, fetch, another }
}

/** The claims of a JWS, unverified. */
export function claimsOf(jws: string): Record<string, unknown> {
  const [, payload = ''] = jws.split('.')
  const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (char) =>
    char.charCodeAt(0),
  )
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
}

/** The assertion of a token call. */
export const assertionOf = ({ body }: Call): string =>
  new URLSearchParams(body).get('client_assertion') ?? ''
