/**
 * Calls to token and session endpoints: one deadline over everything, redirects refused, network
 * failures coded.
 */
import { CodedError } from '@isoauth/core-crypto'
import { withDeadline } from './deadline.ts'
import type { Raise } from './errors.ts'
import { refuseRedirect } from './redirect.ts'
import type {
  FetchFunction,
  PlatformAbortSignal,
  PlatformRequest,
  PlatformResponse,
} from './runtime-types.ts'

/** How a request is sent. */
export interface TransportOptions {
  readonly raise: Raise
  /** The `fetch` to use; the platform's, read when the call is made, by default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds for the whole call, repetitions and the reading of the answer included. */
  readonly timeoutMs: number
  readonly signal?: PlatformAbortSignal | undefined
}

/**
 * Sends a request once and hands the answer to `read`. Nothing is repeated: a request signed with
 * OAuth 1.0a is good for one use, and a one-time code too.
 *
 * @throws `…_NETWORK` (with the network's exception as `cause`), `…_TIMEOUT`,
 *   `…_REDIRECT_REFUSED`; the caller's abort reason unchanged; whatever `read` throws
 */
export function sendOnce<T>(
  request: PlatformRequest,
  options: TransportOptions,
  read: (response: PlatformResponse) => Promise<T>,
): Promise<T> {
  const fetchNow = options.fetch ?? globalThis.fetch
  return withDeadline(options, async (signal) =>
    read(await receive(fetchNow(request, { signal }), options.raise, signal)),
  )
}

/** Awaits an answer: failures of the network are coded, redirects refused. */
export async function receive(
  sent: Promise<PlatformResponse>,
  raise: Raise,
  deadline: PlatformAbortSignal,
): Promise<PlatformResponse> {
  const response = await sent.catch((cause: unknown) => {
    // A coded error comes from an authorized `fetch` and says already what happened.
    const isTold = deadline.aborted || cause instanceof CodedError
    throw isTold ? cause : raise('NETWORK', 'The connection failed.', { cause })
  })
  return refuseRedirect(raise, response)
}
