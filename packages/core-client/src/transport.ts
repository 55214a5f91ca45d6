/**
 * The one place that sends to token and session endpoints, and the only one that imports `ky`.
 */
import ky from 'ky'
import { withDeadline } from './deadline.ts'
import type { Raise } from './errors.ts'
import { describeRedirect, isRedirect } from './redirect.ts'
import type { FetchFunction } from './runtime-types.ts'

/** How a request is sent. */
export interface TransportOptions {
  readonly raise: Raise
  /** The `fetch` to use; the platform's, read when the call is made, by default. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds for the whole call, reading the answer included. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends a request once and hands the answer to `read`, all under one deadline. Nothing is repeated:
 * a signed request is good for one use.
 *
 * @throws `…_NETWORK` (with the network's exception as `cause`), `…_TIMEOUT`,
 *   `…_REDIRECT_REFUSED`; the caller's abort reason unchanged; whatever `read` throws
 */
export function sendOnce<T>(
  request: Request,
  options: TransportOptions,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const { raise, timeoutMs, signal } = options
  const onTimeout = () =>
    raise('TIMEOUT', `No complete answer came within ${timeoutMs} ms (option timeoutMs).`)
  return withDeadline({ timeoutMs, signal, onTimeout }, async (deadline) => {
    const response = await send(request, options, deadline)
    if (isRedirect(response)) {
      void response.body?.cancel().catch(() => {})
      throw raise('REDIRECT_REFUSED', describeRedirect(response), { status: response.status })
    }
    return read(response)
  })
}

async function send(
  request: Request,
  { raise, fetch }: TransportOptions,
  signal: AbortSignal,
): Promise<Response> {
  const fetchNow = fetch ?? globalThis.fetch
  try {
    // ky's own time limit ends at the headers and its HTTPError prints the request: both are off.
    return await ky(request, {
      fetch: (input, init) => fetchNow(input as Request, init),
      signal,
      timeout: false,
      retry: 0,
      throwHttpErrors: false,
    })
  } catch (error) {
    if (signal.aborted) throw error
    throw raise('NETWORK', 'The request could not be sent, or the connection broke.', {
      cause: error,
    })
  }
}
