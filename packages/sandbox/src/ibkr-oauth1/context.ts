/** What the handlers of the OAuth 1.0a service share. */
import type { SandboxCounts } from '../counts.ts'
import type { BrokerageSession } from './brokerage-session.ts'
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
  readonly establishedAfterMs: number
  /** Server exponents for the next handshakes; random once it is empty. */
  readonly nextServerExponents: bigint[]
  /** One brokerage session per user name. */
  readonly sessions: Map<string, BrokerageSession>
}

/** The base that every current client uses. */
export const BASE_PATH = '/v1/api'

/** The base of the older third-party API. */
export const LEGACY_BASE_PATH = '/tradingapi/v1'

/** Lifetime of a request token and of its verifier, in milliseconds. */
export const REQUEST_TOKEN_LIFETIME_MS = 600_000
