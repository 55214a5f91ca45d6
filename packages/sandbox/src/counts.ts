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
    refused: 0,
    faults: 0,
  }
}
