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
  /** Access tokens issued by the third-party flow. */
  accessTokens: number
  /** Requests for a protected resource whose signature was accepted. */
  authorized: number
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
    authorized: 0,
    ultracartLogins: 0,
    ultracartTokenRequests: 0,
    ultracartSessions: 0,
    ultracartRevocations: 0,
    refused: 0,
    faults: 0,
  }
}
