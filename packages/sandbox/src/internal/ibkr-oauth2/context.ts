/** The state behind the OAuth 2.0 service. */
import type { SandboxCounts } from '../counts.ts'
import type { AccessTokens } from './access-token.ts'
import type { Client } from './client.ts'
import type { UsedJwts } from './used-jwts.ts'

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
