/** What the handlers of the OAuth 1.0a service share. */
import type { Call } from '../call.ts'
import type { SandboxCounts } from '../counts.ts'
import type { Registry } from './consumer.ts'

export interface IbkrOAuth1Context {
  /** The sandbox's own origin. */
  readonly origin: string
  /** Origins that may stand in a base string, the own one first. */
  readonly signedOrigins: readonly string[]
  readonly registry: Registry
  readonly counts: SandboxCounts
  readonly liveSessionTokenLifetimeMs: number
  readonly keepReplacedTokens: boolean
  /** Server exponents for the next handshakes; random once it is empty. */
  readonly nextServerExponents: bigint[]
}

/** The base of the older third-party API. */
export const LEGACY_BASE_PATH = '/tradingapi/v1'

/** Lifetime of a request token and of its verifier, in milliseconds. */
export const REQUEST_TOKEN_LIFETIME_MS = 600_000

/** A path under `/oauth`, on the base of today and on the older one. */
export type OAuthEndpoint = (
  call: Call,
  context: IbkrOAuth1Context,
  legacy: boolean,
) => Promise<Response>
