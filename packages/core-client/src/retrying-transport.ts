/**
 * Calls that may be repeated: `ky` limits each attempt, waits and repeats. The only file that imports
 * it, and an entry of its own: ky looks at the platform's `Request` when it is loaded, which is slow in
 * Node.
 *
 * @packageDocumentation
 */
import { CodedError } from '@isoauth/core-crypto'
import ky, { isTimeoutError } from 'ky'
import { abortable } from './abort.ts'
import type { Raise } from './errors.ts'
import type { ResponseFacts } from './response-body.ts'
import type { PlatformAbortSignal, PlatformRequest } from './runtime-types.ts'

/** How often a call is tried, and for how long. */
export interface AttemptRules {
  readonly raise: Raise
  /** Ends the attempts and the waits between them. */
  readonly signal: PlatformAbortSignal
  /** Repetitions at most; 0 switches them off. */
  readonly limit: number
  /** Milliseconds for one attempt, the reading of its answer included. */
  readonly attemptMs: number
  /** A wait that would end after this time (milliseconds since 1970) is not begun. */
  readonly endsAtMs: number
}

/** A request, as `fetch` takes it; its signal is the rules'. */
export interface RepeatableRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  /** The body, to be sent as JSON; none where undefined. */
  readonly json: unknown
}

/**
 * Makes attempts at a request until one is answered otherwise than with 429 or 5xx, or the rules
 * forbid another, and gives the last answer. Waits as long as `Retry-After` says, or not at all where
 * that is too long; without it 0.3 to 0.6 s, then twice that.
 *
 * To be called under `withDeadline` and with its signal, which turns an abort into its reason.
 *
 * @param attempt - sends the request that it is given and reads the answer; a coded error that it
 *   throws ends everything
 * @throws `…_NETWORK` with what the last attempt threw as `cause`, `…_TIMEOUT`; coded errors of an
 *   attempt unchanged
 */
export async function sendRetrying<A extends ResponseFacts>(
  url: string,
  request: RepeatableRequest,
  { raise, signal, limit, attemptMs, endsAtMs }: AttemptRules,
  attempt: (request: PlatformRequest) => Promise<A>,
): Promise<A> {
  let answer: A | undefined
  try {
    await ky(url, {
      ...request,
      redirect: 'manual',
      signal,
      timeout: attemptMs,
      retry: {
        limit,
        jitter: (delayMs) => answer?.retryAfterMs || delayMs * (1 + Math.random()),
        shouldRetry: ({ error }) =>
          !(error instanceof CodedError) && (answer?.retryAfterMs ?? 0) <= endsAtMs - Date.now(),
      },
      // ky sees no answer: its errors would hold the request with its key.
      fetch: async (input) => {
        answer = undefined
        const copy = input as Request
        answer = await abortable(attempt(copy), copy.signal)
        if (answer.status === 429 || answer.status >= 500) throw new Error()
        return new Response()
      },
    })
  } catch (error) {
    if (isTimeoutError(error)) throw raise('TIMEOUT', `No answer within timeoutMs (${attemptMs}).`)
    if (!answer) {
      throw error instanceof CodedError
        ? error
        : raise('NETWORK', 'The connection failed.', { cause: error })
    }
  }
  return answer as A
}
