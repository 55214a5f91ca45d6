/** The state behind the OAuth 2.0 service. */
import type { SandboxCounts } from '../counts.ts'
import type { RsaPublicKey } from '../internal/crypto/rsa.ts'
import type { AccessTokens } from './access-token.ts'
import type { UsedJwts } from './used-jwts.ts'

/** Where access tokens are asked for. */
export const TOKEN_PATH = '/oauth2/api/v1/token'

/** The base of the gateway API, which access tokens open. */
export const GATEWAY_PATH = '/gw/api/v1'

/** The name by which the token endpoint calls itself. */
export const ISSUER = '/token'

/** The registered client: a firm, its keys, and what it may ask for. */
export interface Client {
  readonly clientId: string
  readonly accountId: string
  /** Public keys by key id; several may be in use while one replaces another. */
  readonly keys: ReadonlyMap<string, RsaPublicKey>
  readonly scopes: readonly string[]
}

export interface IbkrOAuth2Context {
  readonly client: Client
  /** What an assertion may name as its audience. */
  readonly audiences: readonly string[]
  readonly accessTokens: AccessTokens
  readonly usedJwts: UsedJwts
  /** Whether an assertion without `jti` is good once only. */
  readonly refuseRepeatedAssertions: boolean
  readonly counts: SandboxCounts
}
