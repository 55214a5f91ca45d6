/** Codes that an answer's status decides alone, each with an answer that brings it. */

/** A way to a code by an answer that repeats what was sent. */
type Answered<Way> = (status: number, headers?: Record<string, string>) => Way

/** What the token endpoint refuses, and what the gateway does. */
export function oauth2Refusals<Way>({
  token,
  gateway,
}: {
  readonly token: Answered<Way>
  readonly gateway: Answered<Way>
}) {
  return {
    IBKR_OAUTH2_UNAUTHORIZED: gateway(401),
    IBKR_OAUTH2_FORBIDDEN: gateway(403),
    IBKR_OAUTH2_RATE_LIMITED: token(429, { 'retry-after': '60' }),
    IBKR_OAUTH2_UNAVAILABLE: token(500),
    IBKR_OAUTH2_REFUSED: gateway(400),
  }
}

export function ssoRefusals<Way>(gateway: Answered<Way>) {
  return {
    IBKR_SSO_UNAUTHORIZED: gateway(401),
    IBKR_SSO_FORBIDDEN: gateway(403),
    IBKR_SSO_RATE_LIMITED: gateway(429, { 'retry-after': '60' }),
    IBKR_SSO_UNAVAILABLE: gateway(503),
    IBKR_SSO_REFUSED: gateway(400),
  }
}
