/**
 * Calls that may be repeated: `ky` waits and repeats, with a fresh request for every attempt. The
 * only file that imports it.
 */

import ky, { isHTTPError } from 'ky'
import { parseRetryAfter } from './response-body.ts'
import type { PlatformRequest, PlatformResponse } from './runtime-types.ts'
import { callEndpoint, type TransportOptions } from './transport.ts'

/** Which failures are repeated, and how often. */
export interface RetryRules {
  /** Repetitions at most; 0 switches them off. */
  readonly limit: number
  /** Statuses after which the call is repeated; a network failure always is. */
  readonly statuses: readonly number[]
  /** A `Retry-After` above this, in milliseconds, is not waited for: the answer is returned at once. */
  readonly maxRetryAfterMs: number
}

/** The first wait, in milliseconds; each further one is twice as long, and all have jitter. */
const FIRST_DELAY_MS = 300

/**
 * Sends what `prepare` makes, again with a new request after a failure that the rules name, and
 * hands the last answer to `read`; all under one deadline.
 *
 * @param prepare - makes a request for one attempt (a new assertion, a new nonce)
 * @throws as `sendOnce`, and whatever `prepare` throws
 */
export function sendRetrying<T>(
  prepare: () => Promise<PlatformRequest>,
  options: TransportOptions & { readonly retries: RetryRules; readonly now: () => number },
  read: (response: PlatformResponse) => Promise<T>,
): Promise<T> {
  const { retries, now } = options
  const fetchNow = options.fetch ?? globalThis.fetch
  const mayRepeat = (response: PlatformResponse) => {
    const waitMs = parseRetryAfter(response.headers.get('retry-after'), now())
    return waitMs === undefined || waitMs <= retries.maxRetryAfterMs
  }
  return prepare().then((first) =>
    callEndpoint(
      async (signal) => {
        try {
          return await ky(first, {
            fetch: (input, init) => fetchNow(input as Request, init),
            signal,
            // ky's own limit is for one attempt and ends at the headers: the deadline covers all.
            timeout: false,
            throwHttpErrors: (status) => retries.statuses.includes(status),
            retry: {
              limit: retries.limit,
              methods: [first.method.toLowerCase() as 'post'],
              statusCodes: [...retries.statuses],
              afterStatusCodes: [...retries.statuses],
              delay: (attempt) => FIRST_DELAY_MS * 2 ** (attempt - 1),
              jitter: (delay) => delay * (0.5 + Math.random() / 2),
              shouldRetry: ({ error }) =>
                isHTTPError(error) && !mayRepeat(error.response) ? false : undefined,
            },
            hooks: { beforeRetry: [async () => new Request(await prepare(), { signal })] },
          })
        } catch (error) {
          // ky's error holds the request with its key; only the answer leaves here.
          if (isHTTPError(error)) return error.response
          throw error
        }
      },
      options,
      read,
    ),
  )
}
