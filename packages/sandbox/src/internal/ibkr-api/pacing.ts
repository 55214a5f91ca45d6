/** The published limits of the trading API, and the box that an address is put into for breaking one. */

/** `count` requests within `windowMs`, or `atOnce` under way. */
type Limit = { readonly count: number; readonly windowMs: number } | { readonly atOnce: number }

interface PacingRule {
  /** Of every method when left out. */
  readonly method?: string
  /** Path below the base; with a star at its end each path below it, by itself. */
  readonly path: string
  readonly limit: Limit
}

const QUARTER_HOUR_MS = 900_000
const FIVE_SECONDS_MS = 5000

/** IBKR Web API documentation, "Pacing Limitations". */
const RULES: readonly PacingRule[] = [
  { method: 'GET', path: '/iserver/marketdata/snapshot', limit: { count: 10, windowMs: 1000 } },
  { method: 'GET', path: '/iserver/marketdata/history', limit: { atOnce: 5 } },
  {
    method: 'GET',
    path: '/iserver/scanner/params',
    limit: { count: 1, windowMs: QUARTER_HOUR_MS },
  },
  { method: 'POST', path: '/iserver/scanner/run', limit: { count: 1, windowMs: 1000 } },
  {
    method: 'GET',
    path: '/iserver/account/trades',
    limit: { count: 1, windowMs: FIVE_SECONDS_MS },
  },
  {
    method: 'GET',
    path: '/iserver/account/orders',
    limit: { count: 1, windowMs: FIVE_SECONDS_MS },
  },
  {
    method: 'GET',
    path: '/iserver/account/pnl/partitioned',
    limit: { count: 1, windowMs: FIVE_SECONDS_MS },
  },
  { method: 'GET', path: '/portfolio/accounts', limit: { count: 1, windowMs: FIVE_SECONDS_MS } },
  { method: 'GET', path: '/portfolio/subaccounts', limit: { count: 1, windowMs: FIVE_SECONDS_MS } },
  { method: 'POST', path: '/pa/performance', limit: { count: 1, windowMs: QUARTER_HOUR_MS } },
  { method: 'POST', path: '/pa/summary', limit: { count: 1, windowMs: QUARTER_HOUR_MS } },
  { method: 'POST', path: '/pa/transactions', limit: { count: 1, windowMs: QUARTER_HOUR_MS } },
  { path: '/fyi/*', limit: { count: 1, windowMs: 1000 } },
  { path: '/tickle', limit: { count: 1, windowMs: 1000 } },
  { method: 'GET', path: '/sso/validate', limit: { count: 1, windowMs: 60_000 } },
]
const PENALTY_MS = 600_000
/** How many users and addresses are remembered. */
const REMEMBERED = 10_000

export interface PacedRequest {
  readonly method: string
  /** Path below the base. */
  readonly path: string
  /** Limits count for a user name. */
  readonly user: string
  /** The penalty box takes an address. */
  readonly address: string
  readonly now: number
}

export class Pacing {
  readonly #requestsPerSecond: number
  /** When each request was that still counts, by user and rule. */
  readonly #seen = new Map<string, number[]>()
  readonly #underWay = new Map<string, number>()
  /** Until when an address is in the box. */
  readonly #boxed = new Map<string, number>()

  constructor(requestsPerSecond: number) {
    this.#requestsPerSecond = requestsPerSecond
  }

  /** What was broken, as text; otherwise what has to be called when the request is over. */
  enter(request: PacedRequest): string | (() => void) {
    const { user, address, now, method, path } = request
    const untilMs = this.#boxed.get(address) ?? 0
    if (now < untilMs) return `the address is in the penalty box for ${untilMs - now} ms more`
    const rule = RULES.find((one) => matches(one, method, path))
    const general = { count: this.#requestsPerSecond, windowMs: 1000 }
    const key = `${user} ${rule?.path.endsWith('*') ? path : rule?.path}`
    if (!this.#countIn(user, general, now))
      return this.#punish(address, now, 'requests in a second')
    if (!rule) return () => {}
    if ('count' in rule.limit) {
      if (!this.#countIn(key, rule.limit, now)) return this.#punish(address, now, rule.path)
      return () => {}
    }
    const underWay = this.#underWay.get(key) ?? 0
    if (underWay >= rule.limit.atOnce) return this.#punish(address, now, rule.path)
    this.#underWay.set(key, underWay + 1)
    return () => {
      const left = (this.#underWay.get(key) ?? 1) - 1
      if (left > 0) this.#underWay.set(key, left)
      else this.#underWay.delete(key)
    }
  }

  #countIn(
    key: string,
    { count, windowMs }: { readonly count: number; readonly windowMs: number },
    now: number,
  ): boolean {
    const times = (this.#seen.get(key) ?? []).filter((time) => time > now - windowMs && time <= now)
    if (times.length >= count) return false
    times.push(now)
    remember(this.#seen, key, times)
    return true
  }

  #punish(address: string, now: number, what: string): string {
    remember(this.#boxed, address, now + PENALTY_MS)
    return `the limit of ${what} was broken; the address is in the penalty box for ${PENALTY_MS} ms`
  }
}

function matches(rule: PacingRule, method: string, path: string): boolean {
  // What is answered as a GET counts as one.
  if (rule.method !== undefined && rule.method !== (method === 'HEAD' ? 'GET' : method))
    return false
  return rule.path.endsWith('*') ? path.startsWith(rule.path.slice(0, -1)) : rule.path === path
}

/** Keeps the newest only: every user name and address may be made up. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest)
}
