/** Access tokens: issued by the token endpoint, shown to the gateway API (RFC 6750). */
import { BoundedMap, ISSUED_LIMIT } from '../bounded-map.ts'
import { type Call, check, checkNotExpired } from '../call.ts'
import { randomBytes, toBase64Url, utf8 } from '../crypto/bytes.ts'
import type { Client } from './client.ts'
import { ISSUER } from './paths.ts'
import { simpleProblem } from './problem-details.ts'

export interface AccessToken {
  readonly scopes: readonly string[]
  readonly expiresAtMs: number
}

export class AccessTokens {
  readonly lifetimeSeconds: number
  /** Those that were issued, the oldest first. */
  readonly tokens: Map<string, AccessToken> = new BoundedMap(ISSUED_LIMIT)

  constructor(lifetimeSeconds: number) {
    this.lifetimeSeconds = lifetimeSeconds
  }

  /** A new token, in the form of a JWT; nothing but this memory knows whether it is good. */
  issue(client: Client, scopes: readonly string[], now: number): string {
    const seconds = Math.floor(now / 1000)
    const claims = {
      iss: ISSUER,
      sub: client.clientId,
      csid: client.clientId,
      accountId: client.accountId,
      scope: scopes.join(' '),
      iat: seconds,
      exp: seconds + this.lifetimeSeconds,
    }
    const head = [{ typ: 'JWT', alg: 'RS256', kid: 'SANDBOX' }, claims].map((part) =>
      toBase64Url(utf8(JSON.stringify(part))),
    )
    const token = `${head.join('.')}.SANDBOX${toBase64Url(randomBytes(48))}`
    this.tokens.set(token, { scopes, expiresAtMs: now + this.lifetimeSeconds * 1000 })
    return token
  }

  find(token: string): AccessToken | undefined {
    return this.tokens.get(token)
  }
}

/** Ends the request unless it shows a live access token, with that scope where one is needed. */
export function checkAccessToken(call: Call, tokens: AccessTokens, scope?: string): void {
  const invalid = () => simpleProblem(401, 'The access token request is invalid')
  const header = call.request.headers.get('authorization') ?? ''
  const shown = bearer(header)
  check(call, shown !== undefined, {
    name: 'bearer',
    detail: 'Authorization: Bearer, and one token',
    refuse: invalid,
  })
  const token = tokens.find(shown)
  const known = token !== undefined
  check(call, known, {
    name: 'access-token',
    detail: 'one that the token endpoint issued',
    refuse: invalid,
  })
  checkNotExpired(call, token, {
    name: 'access-token',
    refuse: () => simpleProblem(401, 'The access token expired'),
  })
  if (scope === undefined) return
  const scoped = token.scopes.includes(scope)
  check(call, scoped, {
    name: 'scope',
    detail: `${scope} is needed`,
    refuse: () => simpleProblem(403, 'The access token fails to have sufficient scope'),
  })
}

/** True for an `Authorization` header of this scheme, whatever stands behind it. */
export function isBearer(header: string): boolean {
  return /^Bearer(?:[ \t]|$)/i.test(header)
}

/** The token of an `Authorization: Bearer` header (RFC 6750 section 2.1). */
export function bearer(header: string): string | undefined {
  return /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(header)?.[1]
}
