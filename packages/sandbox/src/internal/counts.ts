/** Running totals of a sandbox. */

export interface SandboxCounts {
  /** Every request apart from `/__sandbox/*`. */
  requests: number
  /** Live session tokens issued. */
  handshakes: number
  /** Requests to `/oauth/live_session_token`, whatever became of them. */
  handshakeAttempts: number
  /** Request tokens issued. */
  requestTokens: number
  /** Access tokens issued by the third-party flow of OAuth 1.0a. */
  accessTokens: number
  /** Requests to the OAuth 2.0 token endpoint, whatever became of them. */
  tokenCalls: number
  /** Access tokens issued by the OAuth 2.0 token endpoint. */
  oauth2AccessTokens: number
  /** Requests to `/sso-sessions`, whatever became of them. */
  ssoSessionCalls: number
  /** SSO bearers issued. */
  ssoSessions: number
  /** Browser links issued. */
  ssoBrowserSessions: number
  /** Browser links that signed somebody in. */
  ssoBrowserSignIns: number
  /** Requests for a protected resource whose signature or bearer was accepted. */
  authorized: number
  /** Requests to `ssodh/init`, whatever became of them. */
  brokerageInits: number
  /** Requests to `/tickle`, whatever became of them. */
  tickles: number
  /** Requests to place, change or cancel orders, whatever became of them. */
  orderCalls: number
  /** Requests that answer a question about an order, whatever became of them. */
  orderReplies: number
  /** New orders taken into the book by such requests. */
  ordersPlaced: number
  /** Requests refused by pacing, those of addresses in the penalty box included. */
  paced: number
  /** Sockets let in. */
  sockets: number
  /** Logins begun at UltraCart's `/sso/authorize`. */
  ultracartLogins: number
  /** Requests to UltraCart's `/sso/token`, counted on arrival, whatever became of them. */
  ultracartTokenRequests: number
  /** Keys that `/sso/token` issued for users. */
  ultracartSessions: number
  /** Keys revoked. */
  ultracartRevocations: number
  /** Requests refused by a check. */
  refused: number
  /** Faults played. */
  faults: number
}

/** @internal */
export function createCounts(): SandboxCounts {
  return {
    requests: 0,
    handshakes: 0,
    handshakeAttempts: 0,
    requestTokens: 0,
    accessTokens: 0,
    tokenCalls: 0,
    oauth2AccessTokens: 0,
    ssoSessionCalls: 0,
    ssoSessions: 0,
    ssoBrowserSessions: 0,
    ssoBrowserSignIns: 0,
    authorized: 0,
    brokerageInits: 0,
    tickles: 0,
    orderCalls: 0,
    orderReplies: 0,
    ordersPlaced: 0,
    paced: 0,
    sockets: 0,
    ultracartLogins: 0,
    ultracartTokenRequests: 0,
    ultracartSessions: 0,
    ultracartRevocations: 0,
    refused: 0,
    faults: 0,
  }
}

/** The counts that a request raises by being sent, by the end of its path. */
const ATTEMPTS: readonly (readonly [path: RegExp, name: keyof SandboxCounts, but?: 'GET'])[] = [
  [/^\/v1\/api\/iserver\/auth\/ssodh\/init$/, 'brokerageInits'],
  [/^\/v1\/api\/tickle$/, 'tickles'],
  [/^\/v1\/api\/iserver\/account\/[^/]+\/orders$/, 'orderCalls', 'GET'],
  [/^\/v1\/api\/iserver\/account\/[^/]+\/order\/[^/]+$/, 'orderCalls', 'GET'],
  [/^\/v1\/api\/iserver\/reply\/[^/]+$/, 'orderReplies'],
  [/^\/(?:v1\/api|tradingapi\/v1)\/oauth\/live_session_token$/, 'handshakeAttempts'],
  [/^\/oauth2\/api\/v1\/token$/, 'tokenCalls'],
  [/^\/gw\/api\/v1\/sso-sessions$/, 'ssoSessionCalls'],
]

/** @internal Counts a request before anything becomes of it. */
export function countRequest(
  counts: SandboxCounts,
  { path, method }: { readonly path: string; readonly method: string },
): void {
  counts.requests++
  for (const [pattern, name, but] of ATTEMPTS) {
    if (method !== but && pattern.test(path)) counts[name]++
  }
}
