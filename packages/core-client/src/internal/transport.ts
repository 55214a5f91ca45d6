/**
 * Calls of a service's own endpoints (tokens, sessions), on ky: one deadline over everything, a fresh
 * request for each attempt, repetitions where a call allows them, redirects refused, failures coded.
 */
import { CodedError } from '@isoauth/core-crypto'
import ky from 'ky'
import { abortable, anySignal, withDeadline } from './deadline.ts'
import { type NewError, withoutContent } from './errors.ts'
import { callForeignFetch, describeFailedConnection, fetchError } from './foreign-fetch.ts'
import {
  dropBody,
  parseRetryAfter,
  type ReceivedAnswer,
  receiveAnswer,
  refuseRedirect,
} from './response-body.ts'
import type {
  FetchFunction,
  PlatformAbortSignal,
  PlatformRequest,
  PlatformResponse,
} from './runtime-types.ts'

/** What is to be called. */
export interface ServiceCall {
  /** Makes the request of one attempt, with a nonce or an assertion of its own. Its body is text. */
  readonly prepare: () => Promise<PlatformRequest>
  /** Default: none, for requests that are good for one use. */
  readonly repetition?: Repetition | undefined
  /** The largest body that is read, in bytes. Default: 65536. */
  readonly limitBytes?: number | undefined
  /** False where an answer of 2xx counts although its body broke off. Default: true. */
  readonly isBodyNeeded?: boolean | undefined
}

/** When a call is repeated: after failures of the network, and after the statuses named. */
export interface Repetition {
  /** Repetitions at most. */
  readonly limit: number
  /** After which answers the call is repeated; the time is what `Retry-After` says. */
  readonly isRepeatedAfter: (status: number, retryAfterMs: number | undefined) => boolean
  /** A `Retry-After` above this, in milliseconds, is not waited for. Default: what the deadline leaves. */
  readonly maxRetryAfterMs?: number | undefined
  /** Milliseconds for one attempt, the reading of its answer included. Default: what the deadline leaves. */
  readonly attemptMs?: number | undefined
}

/** How a call is sent. */
export interface TransportOptions {
  readonly newError: NewError
  /** The `fetch` to use, called with a URL and an init; by default the platform's, read when the call is made. */
  readonly fetch?: FetchFunction | undefined
  /** Milliseconds for the whole call: its turn, attempts, waits, and the reading of the answer. */
  readonly timeoutMs: number
  readonly signal?: PlatformAbortSignal | undefined
  /** Milliseconds since 1970, for a `Retry-After` that is a date. */
  readonly now: () => number
  /** Does the work when its turn has come, within the deadline. Default: at once. */
  readonly inTurn?: InTurn | undefined
}

/** Does work when its turn has come; the signal ends the waiting. */
export type InTurn = <T>(deadline: PlatformAbortSignal, work: () => Promise<T>) => Promise<T>

const NO_REPETITION: Repetition = { limit: 0, isRepeatedAfter: () => false }
/** All that clients send; without a list ky leaves POST out. */
const METHODS = ['get', 'head', 'post', 'put', 'delete'] as const

/**
 * Makes a call and gives its last answer, whatever the status.
 *
 * A repetition waits as long as `Retry-After` says; where it says nothing, 0.3 to 0.6 s, and each
 * further one twice that. What came of an attempt is told at once where the wait would be longer than
 * allowed, or could last past the deadline.
 *
 * @throws `…_NETWORK` (with name and code of the network's exception as `cause`), `…_TIMEOUT`, `…_REDIRECT_REFUSED`,
 *   `…_OPTION_INVALID` about `fetch`; the caller's abort reason, coded errors of the `fetch` option and
 *   whatever `prepare` throws, unchanged
 */
export function callService(call: ServiceCall, options: TransportOptions): Promise<ReceivedAnswer> {
  const endsAtMs = Date.now() + options.timeoutMs
  const { inTurn = (_deadline, work) => work() } = options
  return withDeadline(options, (deadline) =>
    inTurn(deadline, () => makeAttempts(call, options, { signal: deadline, endsAtMs })),
  )
}

/** When everything ends. */
interface Deadline {
  readonly signal: PlatformAbortSignal
  /** Milliseconds since 1970. */
  readonly endsAtMs: number
}

async function makeAttempts(
  call: ServiceCall,
  options: TransportOptions,
  deadline: Deadline,
): Promise<ReceivedAnswer> {
  const { prepare, repetition = NO_REPETITION } = call
  let attempt = startAttempt(repetition, options, deadline)
  let answer: ReceivedAnswer | undefined
  try {
    const response = await ky(await prepare(), {
      fetch: (request) => attempt.run(() => send(request as Request, options, attempt.signal)),
      signal: deadline.signal,
      timeout: false,
      throwHttpErrors: false,
      retry: {
        limit: repetition.limit,
        methods: [...METHODS],
        shouldRetry: ({ error, retryCount }) =>
          error instanceof FailedAttempt && longestWaitMs(retryCount) <= timeLeftMs(deadline),
        jitter: (delayMs) => delayMs * (1 + Math.random()),
      },
      hooks: {
        beforeRetry: [
          async () => {
            deadline.signal.throwIfAborted()
            attempt.end()
            const request = await prepare()
            attempt = startAttempt(repetition, options, deadline)
            return request
          },
        ],
        afterResponse: [
          async (_request, _options, response, { retryCount }) => {
            const waitMs = waitAfter(response, repetition, options.now())
            const longestMs = waitMs || longestWaitMs(retryCount + 1)
            const isInTime = longestMs <= timeLeftMs(deadline)
            if (waitMs !== undefined && isInTime && retryCount < repetition.limit) {
              // Without a delay of the service's, ky's own.
              return ky.retry(waitMs > 0 ? { delay: waitMs } : {})
            }
            const rules = { ...call, bodyError: () => fetchError(options.newError) }
            const received = await attempt.run(() => receiveAnswer(response, rules, attempt.signal))
            answer = { ...received, attempts: retryCount + 1 }
            return undefined
          },
        ],
      },
    })
    // The hook has read a copy.
    dropBody(response)
    return answer as unknown as ReceivedAnswer
  } catch (error) {
    throw error instanceof FailedAttempt ? error.told : error
  } finally {
    attempt.end()
  }
}

/** What made an attempt fail in a way that another may mend; never leaves this file. */
class FailedAttempt extends Error {
  /** What the caller is told, if there is no other attempt. */
  readonly told: unknown

  constructor(told: unknown) {
    super()
    this.told = told
  }
}

/** One attempt, with a time of its own where the rules give it one. */
interface Attempt {
  readonly signal: PlatformAbortSignal
  /** Runs a part of the attempt; what another attempt may mend rejects with a {@link FailedAttempt}. */
  run<T>(work: () => Promise<T>): Promise<T>
  end(): void
}

function startAttempt(
  { attemptMs }: Repetition,
  { newError, timeoutMs }: TransportOptions,
  deadline: Deadline,
): Attempt {
  const late = new AbortController()
  const timer =
    attemptMs === undefined
      ? undefined
      : setTimeout(() => {
          const message = `No answer came within ${attemptMs} ms, the share of one attempt in timeoutMs (${timeoutMs} ms).`
          late.abort(newError('TIMEOUT', message))
        }, attemptMs)
  const signal = timer === undefined ? deadline.signal : anySignal([deadline.signal, late.signal])
  return {
    signal,
    end: () => clearTimeout(timer),
    async run(work) {
      try {
        return await abortable(work(), signal)
      } catch (error) {
        if (deadline.signal.aborted) throw error
        if (late.signal.aborted) throw new FailedAttempt(late.signal.reason)
        // A coded error says already what happened.
        if (error instanceof CodedError) throw error
        const cause = withoutContent(error)
        throw new FailedAttempt(newError('NETWORK', describeFailedConnection(cause), { cause }))
      }
    },
  }
}

/** Calls the caller's `fetch` with a URL and an init, as every `fetch` takes them. */
async function send(
  request: PlatformRequest,
  { fetch, newError }: TransportOptions,
  signal: PlatformAbortSignal,
): Promise<PlatformResponse> {
  const { url, method, headers } = request
  // Not `text()`: Workers warn about the type `application/jwt`.
  const body = new TextDecoder().decode(await request.arrayBuffer())
  const init = {
    method,
    headers,
    redirect: 'manual',
    signal,
    ...(body !== '' && { body }),
  } as const
  return refuseRedirect(newError, await callForeignFetch({ newError, fetch, url, init }))
}

/** How long to wait before the next attempt, 0 where the service does not say; undefined for none. */
function waitAfter(
  { status, headers }: PlatformResponse,
  { isRepeatedAfter, maxRetryAfterMs = Number.POSITIVE_INFINITY }: Repetition,
  nowMs: number,
): number | undefined {
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), nowMs)
  if (!isRepeatedAfter(status, retryAfterMs)) return undefined
  const waitMs = retryAfterMs ?? 0
  return waitMs <= maxRetryAfterMs ? waitMs : undefined
}

/** The longest wait of ky's own before a repetition, the first of which is 1: 300 ms, doubled by each, and by chance as much again. */
function longestWaitMs(repetition: number): number {
  return 300 * 2 ** repetition
}

function timeLeftMs({ endsAtMs }: Deadline): number {
  return endsAtMs - Date.now()
}
