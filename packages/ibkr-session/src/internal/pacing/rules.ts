/**
 * The limits that the broker publishes, as data.
 *
 * Source: the broker's Web API documentation, "Pacing limitations". One of its pages says 50 requests a second in all for
 * direct sessions, three say 10: the lower one is kept.
 */

/** One limit: so many requests in a time, or so many at once. */
export interface PacingRule {
  /** Below the broker's base path: `/iserver/account/orders`; `/fyi/*` for all below it; `*` for all requests together. */
  readonly path: string
  /** Default: every method. */
  readonly method?: 'GET' | 'POST' | undefined
  /** So many requests in any `perMs` milliseconds. */
  readonly requests?: number | undefined
  readonly perMs?: number | undefined
  /** Or so many that are not answered yet. */
  readonly atOnce?: number | undefined
}

const SECOND_MS = 1000
const FIVE_SECONDS_MS = 5000
const MINUTE_MS = 60_000
const QUARTER_HOUR_MS = 900_000

/** The published limits. Of several rules for one path the first counts, so put your own before them. */
export const PACING_RULES: readonly PacingRule[] = [
  { path: '*', requests: 10, perMs: SECOND_MS },
  { path: '/tickle', requests: 1, perMs: SECOND_MS },
  { path: '/sso/validate', requests: 1, perMs: MINUTE_MS },
  { path: '/iserver/marketdata/snapshot', method: 'GET', requests: 10, perMs: SECOND_MS },
  { path: '/iserver/marketdata/history', method: 'GET', atOnce: 5 },
  { path: '/iserver/scanner/params', method: 'GET', requests: 1, perMs: QUARTER_HOUR_MS },
  { path: '/iserver/scanner/run', method: 'POST', requests: 1, perMs: SECOND_MS },
  { path: '/iserver/account/orders', method: 'GET', requests: 1, perMs: FIVE_SECONDS_MS },
  { path: '/iserver/account/trades', method: 'GET', requests: 1, perMs: FIVE_SECONDS_MS },
  { path: '/iserver/orders', method: 'GET', requests: 1, perMs: FIVE_SECONDS_MS },
  { path: '/iserver/trades', method: 'GET', requests: 1, perMs: FIVE_SECONDS_MS },
  { path: '/iserver/account/pnl/partitioned', method: 'GET', requests: 1, perMs: FIVE_SECONDS_MS },
  { path: '/portfolio/accounts', method: 'GET', requests: 1, perMs: FIVE_SECONDS_MS },
  { path: '/portfolio/subaccounts', method: 'GET', requests: 1, perMs: FIVE_SECONDS_MS },
  { path: '/pa/performance', method: 'POST', requests: 1, perMs: QUARTER_HOUR_MS },
  { path: '/pa/summary', method: 'POST', requests: 1, perMs: QUARTER_HOUR_MS },
  { path: '/pa/transactions', method: 'POST', requests: 1, perMs: QUARTER_HOUR_MS },
  // One a second for each path below it.
  { path: '/fyi/*', requests: 1, perMs: SECOND_MS },
]
