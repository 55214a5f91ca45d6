/** A gateway and a trading API that answer what a test wants, an authority, a client, and a shared clock. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso, type IbkrSso, type IbkrSsoEvent } from '@isoauth/ibkr-sso'
import { json } from '../../../tests/support/index.ts'
import { NOW_MS, vectors } from '../../../tests/support/oauth2-vectors.ts'

export { failure, json } from '../../../tests/support/index.ts'

export const GATEWAY = 'https://api.ibkr.com/gw/api/v1'
export const TRADING = 'https://api.ibkr.com/v1/api'
export const user = { credential: 'exampleuser1', ip: '8.8.4.4' } as const

/** The real authority with the vectors' test key; nothing answers its token calls. */
export const signer = createIbkrOAuth2({
  clientId: 'ExampleAdvisor-TEST',
  keyId: 'main',
  privateKey: vectors.keys.main3072.pkcs8Pem,
  scope: 'sso-sessions.write sso-browser-sessions.write',
  now: () => NOW_MS,
  fetch: async () => new Response('', { status: 500 }),
})

export interface Call {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

export type Answer = Response | Promise<Response> | 'broken' | 'never'
export type Responder = (call: Call, count: number) => Answer

/** A session answer: `bearer-1`, `bearer-2` and so on. */
export const session = (count: number): Response =>
  json(200, { active: true, access_token: `bearer-${count}`, token_type: 'Bearer' })

/** A link of the broker's, new for each call. */
const link = (count: number): Response =>
  json(200, { active: true, url: `https://www.interactivebrokers.com/sso/resolver?SID=${count}` })

/** An authority whose access tokens are `access-1`, `access-2`, … as they are replaced. */
export function makeAuthority() {
  let count = 1
  const replaced: (string | undefined)[] = []
  return {
    replaced,
    async accessToken({ replacing }: { readonly replacing?: string | undefined } = {}) {
      replaced.push(replacing)
      if (replacing === `access-${count}`) count++
      return { value: `access-${count}` }
    },
    async signJwt(claims: object, { expiresInSeconds }: { readonly expiresInSeconds: number }) {
      return `signed.${JSON.stringify(claims)}.${expiresInSeconds}`
    },
  }
}

export interface Setup {
  readonly sso: IbkrSso
  readonly authority: ReturnType<typeof makeAuthority>
  readonly events: IbkrSsoEvent[]
  readonly time: { now: number }
  readonly gatewayCalls: Call[]
  readonly tradingCalls: Call[]
  readonly fetch: typeof globalThis.fetch
}

export function setUp(
  options: object = {},
  onGateway: Responder = ({ url }, count) =>
    url.endsWith('/sso-sessions') ? session(count) : link(count),
  onTrading: Responder = () => json(200, { ok: true }),
): Setup {
  const time = { now: NOW_MS }
  const events: IbkrSsoEvent[] = []
  const gatewayCalls: Call[] = []
  const tradingCalls: Call[] = []
  const authority = makeAuthority()
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const { method, url, headers } = request
    const body = new TextDecoder().decode(await request.arrayBuffer())
    const isGateway = url.includes('/gw/')
    const calls = isGateway ? gatewayCalls : tradingCalls
    calls.push({ method, url, headers, body })
    const respond = isGateway ? onGateway : onTrading
    const answer = respond({ method, url, headers, body }, calls.length)
    if (answer === 'broken') throw new TypeError('connection reset')
    if (answer !== 'never') return await answer
    return await new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })
  }
  const sso = createIbkrSso({
    oauth2: authority,
    fetch: fetch as never,
    now: () => time.now,
    onEvent: (event: IbkrSsoEvent) => events.push(event),
    ...options,
  } as never)
  return { sso, authority, events, time, gatewayCalls, tradingCalls, fetch }
}
