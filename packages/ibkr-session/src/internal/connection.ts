/**
 * A signed-in connection to the trading API, whatever signed it in.
 */
import type { FetchFunction } from '@isoauth/core-client'

/**
 * What a session is opened over: a client of `@isoauth/ibkr-oauth1`, a session of `@isoauth/ibkr-sso`, or
 * anything with the same methods.
 */
export interface BrokerConnection {
  /** Authorized `fetch`: a string is a path below the base, `/v1/api`. */
  readonly fetch: FetchFunction
  /** The address of the broker's WebSocket. A connection without it has sessions, and no streams. */
  webSocketUrl?(): Promise<string>
  /** Calls `listener` after each renewal of the connection's token; gives a function to stop. */
  onRenewed?(listener: () => void): () => void
}
