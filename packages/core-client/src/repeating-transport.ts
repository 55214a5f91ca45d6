/**
 * Calls that may be repeated, in the few lines that token calls need: a fresh request for every
 * attempt, growing waits with jitter, `Retry-After` honoured, one deadline over everything.
 */
import { withDeadline } from './deadline.ts'
import { dropBody } from './redirect.ts'
import { parseRetryAfter } from './response-body.ts'
import type { PlatformRequest, PlatformResponse } from './runtime-types.ts'
import { abortable } from './single-flight.ts'
import { receive, type TransportOptions } from './transport.ts'

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
 * hands the last answer to `read`.
 *
 * @param prepare - makes a request for one attempt (a new assertion, a new nonce)
 * @throws as `sendOnce`, and whatever `prepare` throws
 */
export function sendRepeating<T>(
  prepare: () => Promise<PlatformRequest>,
  options: TransportOptions & { readonly retries: RetryRules; readonly now: () => number },
  read: (response: PlatformResponse) => Promise<T>,
): Promise<T> {
  const { raise, retries, now } = options
  const fetchNow = options.fetch ?? globalThis.fetch
  return withDeadline(options, async (deadline) => {
    for (let repeated = 0; ; repeated++) {
      const isLast = repeated >= retries.limit
      const request = await prepare()
      deadline.throwIfAborted()
      const sent = fetchNow(request, { signal: deadline })
      const response = await receive(sent, raise, deadline).catch((error: unknown) => {
        if (isLast || !isNetworkError(error)) throw error
      })
      const delayMs = FIRST_DELAY_MS * 2 ** repeated * (0.5 + Math.random() / 2)
      const waitMs = response === undefined ? delayMs : waitAfter(response, retries, now(), delayMs)
      if (response !== undefined && (isLast || waitMs === undefined)) return read(response)
      if (response) dropBody(response)
      await pause(waitMs ?? delayMs, deadline)
    }
  })
}

/** How long to wait before the next attempt; undefined where there is to be none. */
function waitAfter(
  { status, headers }: Response,
  { statuses, maxRetryAfterMs }: RetryRules,
  nowMs: number,
  delayMs: number,
): number | undefined {
  if (!statuses.includes(status)) return undefined
  const waitMs = parseRetryAfter(headers.get('retry-after'), nowMs) ?? delayMs
  return waitMs <= maxRetryAfterMs ? waitMs : undefined
}

function isNetworkError(error: unknown): boolean {
  return /(^|_)NETWORK$/.test(String((error as { code?: unknown } | null)?.code))
}

async function pause(ms: number, deadline: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await abortable(over, deadline)
  } finally {
    clearTimeout(timer)
  }
}
