/** The options of `isoauth session`. */
import type { ConfigOption } from './options.ts'

/** What is done about the session. */
export const SESSION_ACTIONS = ['open', 'watch', 'status', 'close'] as const

export type SessionAction = (typeof SESSION_ACTIONS)[number]

/** The services that sign in to the trading API. */
export const SESSION_SERVICES = ['ibkr-oauth1', 'ibkr-sso'] as const

export interface SessionOptions extends ConfigOption {
  readonly compete?: boolean
  /** Seconds between two tickles. */
  readonly interval?: number
  readonly service?: (typeof SESSION_SERVICES)[number]
  /** `false` after --no-cache. */
  readonly cache?: boolean
  readonly json?: boolean
}
