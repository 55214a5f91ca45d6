/**
 * Calls to token and session endpoints: one deadline over everything, redirects refused, network
 * failures coded.
 */
import { CodedError } from '@isoauth/core-crypto'
import { withDeadline } from './deadline.ts'
import type { Raise } from './errors.ts'
import { describeRedirect, isRedirect } from './redirect.ts'
import type { FetchFunction } from './runtime-types.ts'

/** How a request is sent. */
export interface TransportOptions {
  readonly raise: Raise
  /** The `fetch` to use; the platform's, read when the call is made, by default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds for the whole call, repetitions and the reading of the answer included. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends a request once and hands the answer to `read`. Nothing is repeated: a request signed with
 * OAuth 1.0a is good for one use, and a one-time code too.
 *
 * @throws `…_NETWORK` (with the network's exception as `cause`), `…_TIMEOUT`,
 *   `…_REDIRECT_REFUSED`; the caller's abort reason unchanged; whatever `read` throws
 */
export function sendOnce<T>(
  request: Request,
  options: TransportOptions,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const fetchNow = options.fetch ?? globalThis.fetch
  return callEndpoint((signal) => fetchNow(request, { signal }), options, read)
}

/** Runs `send` and `read` under one deadline and translates what `send` rejects with. */
export function callEndpoint<T>(
  send: (signal: AbortSignal) => Promise<Response>,
  options: TransportOptions,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  return withinTime(options, async (deadline) => {
    return read(await receive(send(deadline), options.raise, deadline))
  })
}

/** Runs work under the deadline of a call. */
export function withinTime<T>(
  { raise, timeoutMs, signal }: TransportOptions,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const onTimeout = () =>
    raise('TIMEOUT', `No complete answer came within ${timeoutMs} ms (option timeoutMs).`)
  return withDeadline({ timeoutMs, signal, onTimeout }, work)
}

/** Awaits an answer: failures of the network are coded, redirects refused. */
export async function receive(
  sent: Promise<Response>,
  raise: Raise,
  deadline: AbortSignal,
): Promise<Response> {
  const response = await sent.catch((error: unknown) => {
    // A coded error comes from an authorized `fetch` and says already what happened.
    if (deadline.aborted || error instanceof CodedError) throw error
    throw raise('NETWORK', 'The request could not be sent, or the connection broke.', {
      cause: error,
    })
  })
  if (!isRedirect(response)) return response
  void response.body?.cancel().catch(() => {})
  throw raise('REDIRECT_REFUSED', describeRedirect(response), { status: response.status })
}
