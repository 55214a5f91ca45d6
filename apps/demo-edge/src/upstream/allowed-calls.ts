/**
 * What the page may ask of the broker: a list of methods, paths and query parameters. All that is not
 * on it is refused, whatever the broker would say.
 */
import { refusal } from '../errors.ts'

/** One entry of the list. */
export interface AllowedCall {
  readonly method: 'GET' | 'POST'
  /** Below the broker's base; `{name}` stands for one segment of letters, digits, `-` and `_`. */
  readonly path: string
  /** Query parameters that may be given, each once. Default: none. */
  readonly query?: readonly string[] | undefined
  /** A JSON body is passed on. Default: there must be none. */
  readonly body?: 'json' | undefined
}

/** Calls that read, keep alive, or preview an order; none that trades or throws anyone out. */
export const READING_CALLS: readonly AllowedCall[] = [
  { method: 'GET', path: '/portfolio/accounts' },
  { method: 'GET', path: '/portfolio/{accountId}/summary' },
  { method: 'GET', path: '/portfolio/{accountId}/ledger' },
  { method: 'GET', path: '/portfolio/{accountId}/positions/{page}' },
  { method: 'GET', path: '/iserver/accounts' },
  { method: 'POST', path: '/iserver/auth/status' },
  { method: 'GET', path: '/iserver/marketdata/snapshot', query: ['conids', 'fields', 'since'] },
  {
    method: 'GET',
    path: '/iserver/marketdata/history',
    query: ['conid', 'period', 'bar', 'exchange', 'outsideRth'],
  },
  { method: 'POST', path: '/iserver/account/{accountId}/orders/whatif', body: 'json' },
  { method: 'POST', path: '/tickle' },
]

/** A call that is on the list, written anew from what was judged. */
export interface ChosenCall {
  readonly call: AllowedCall
  /** Path and query below the broker's base. */
  readonly target: string
}

/**
 * Of a path there is one spelling: no escape, no dot, no empty segment, no `;`, no slash at the end. What
 * a server could read as another path fits no entry of the list.
 */
const SEGMENT = '[A-Za-z0-9_-]{1,64}'

/**
 * Finds a call on the list.
 *
 * @param path - of the URL as the platform parsed it, below the prefix of the API
 * @throws EdgeError `EDGE_CALL_REFUSED` (403), for method, path and query alike
 */
export function chooseCall(
  calls: readonly AllowedCall[],
  method: string,
  path: string,
  query: URLSearchParams,
): ChosenCall {
  const call = calls.find((one) => one.method === method && patternOf(one.path).test(path))
  const names = [...query.keys()]
  const areKnown = names.every((name) => call?.query?.includes(name))
  if (call === undefined || !areKnown || new Set(names).size < names.length) {
    throw refusal('EDGE_CALL_REFUSED', 403, 'This call is not on the list of allowed calls.')
  }
  return { call, target: names.length > 0 ? `${path}?${query}` : path }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, SEGMENT)}$`)
}
