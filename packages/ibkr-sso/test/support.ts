/** A gateway and a trading API that answer what a test wants, an authority, a client, and a shared clock. */
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createIbkrSso, type IbkrSso, type IbkrSsoEvent } from '@isoauth/ibkr-sso'
import { expect } from 'vitest'
import {
  answeringFetch,
  type Call,
  failure,
  json,
  type Responder,
} from '../../../tests/support/index.ts'
import { NOW_MS, vectorClient } from '../../../tests/support/oauth2-vectors.ts'

export * from '../../../tests/support/index.ts'

export const GATEWAY = 'https://api.ibkr.com/gw/api/v1'
export const TRADING = 'https://api.ibkr.com/v1/api'
export const user = { credential: 'exampleuser1', ip: '8.8.4.4' } as const

/** The real authority with the vectors' test key; nothing answers its token calls. */
export const signer = createIbkrOAuth2({
  ...vectorClient,
  scope: 'sso-sessions.write sso-browser-sessions.write',
  fetch: async () => new Response('', { status: 500 }),
})

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
  const gateway = { calls: gatewayCalls, respond: onGateway }
  const trading = { calls: tradingCalls, respond: onTrading }
  const fetch = answeringFetch((url) => (url.includes('/gw/') ? gateway : trading))
  const sso = createIbkrSso({
    oauth2: authority,
    fetch: fetch as never,
    now: () => time.now,
    onEvent: (event: IbkrSsoEvent) => events.push(event),
    ...options,
  } as never)
  return { sso, authority, events, time, gatewayCalls, tradingCalls, fetch }
}

/** Asks each second for ten minutes, and is refused each time; tells how often the gateway was asked. */
export async function askForTenMinutes(
  { gatewayCalls, time }: Pick<Setup, 'gatewayCalls' | 'time'>,
  ask: () => Promise<unknown>,
  status: number,
): Promise<number> {
  for (let second = 0; second < 600; second++) {
    const error = await failure(ask)
    expect(error).toMatchObject({ status })
    expect(error['nextAttemptAtMs']).toBeGreaterThan(time.now)
    time.now += 1000
  }
  expect(gatewayCalls.length).toBeGreaterThanOrEqual(1)
  // A 401 renews the access token and is tried once more.
  return Math.ceil(gatewayCalls.length / (status === 401 ? 2 : 1))
}
