/**
 * The `fetch` that every client offers: requests below the base URL are authorized, redirects are
 * refused, and a 401 is repaired at most once.
 */
import type { BaseUrl } from './base-url.ts'
import { withDeadline } from './deadline.ts'
import type { NewError } from './errors.ts'
import { type OutgoingRequest, readOutgoing, setUserAgent } from './outgoing-request.ts'
import { dropBody, refuseRedirect } from './response-body.ts'
import type {
  FetchFunction,
  PlatformAbortSignal,
  PlatformResponse,
  PlatformUrl,
} from './runtime-types.ts'

/**
 * Which requests are repeated after a 401: `safe` GET and HEAD only, `replayable` also those whose
 * body is text, bytes, a Blob or a form, `never` none. Streams are never repeated.
 */
export type RetryUnauthorized = 'safe' | 'replayable' | 'never'

/** What an `Authorization` header may cover. */
export interface AuthorizedRequest {
  readonly method: string
  readonly url: PlatformUrl
  /** The text of an `application/x-www-form-urlencoded` body. */
  readonly formBody: string | undefined
}

/** How requests are authorized; `T` is the token. */
export interface AuthorizedFetchOptions<T> {
  readonly newError: NewError
  readonly base: BaseUrl
  readonly fetch: FetchFunction | undefined
  /** Milliseconds until the headers of an answer are there. */
  readonly timeoutMs: number
  readonly userAgent: string
  readonly retryUnauthorized: RetryUnauthorized
  /** Paths below the base whose POST counts as safe: they may be repeated without harm. */
  readonly safePosts?: readonly string[] | undefined
  /** The token to use, renewed first where `replacing` is the current one and old enough. */
  readonly token: (options: {
    readonly signal?: PlatformAbortSignal | undefined
    readonly replacing?: T | undefined
  }) => Promise<T>
  /** The `Authorization` header of one request. */
  readonly authorize: (token: T, request: AuthorizedRequest) => Promise<string> | string
  /** Mends what a 401 shows to be wrong beside the token (the clock); true when something was. */
  readonly repair: (response: PlatformResponse) => boolean
  /** Told when a renewal failed after a 401 that is returned all the same. */
  readonly onRenewalFailed: (error: unknown) => void
}

/** Makes the authorized `fetch`. */
export function createAuthorizedFetch<T>(options: AuthorizedFetchOptions<T>): FetchFunction {
  return async (input, init) => {
    const request = await readOutgoing(options.newError, options.base, input, init)
    const { signal } = request
    const token = await options.token({ signal })
    const response = await sendAuthorized(options, request, token)
    if (response.status !== 401) return response

    const isRepaired = options.repair(response)
    const renewed = () => (isRepaired ? token : options.token({ signal, replacing: token }))
    if (!mayRepeat(options, request)) {
      try {
        // For the next request; this one's 401 is the answer whatever comes of it.
        await renewed()
      } catch (error) {
        signal?.throwIfAborted()
        options.onRenewalFailed(error)
      }
      return response
    }
    const next = await renewed()
    if (next === token && !isRepaired) return response
    dropBody(response)
    return sendAuthorized(options, request, next)
  }
}

function mayRepeat<T>(
  { retryUnauthorized, base, safePosts = [] }: AuthorizedFetchOptions<T>,
  { method, url, isStream }: OutgoingRequest,
): boolean {
  if (retryUnauthorized === 'never' || isStream) return false
  if (retryUnauthorized === 'replayable' || method === 'GET' || method === 'HEAD') return true
  return method === 'POST' && safePosts.some((path) => url.pathname === base.path + path)
}

async function sendAuthorized<T>(
  options: AuthorizedFetchOptions<T>,
  request: OutgoingRequest,
  token: T,
): Promise<PlatformResponse> {
  const headers = new Headers(request.headers)
  headers.set('authorization', await options.authorize(token, request))
  setUserAgent(headers, options.userAgent)
  const { passed, body, url, method, isStream } = request
  const fetchNow = options.fetch ?? globalThis.fetch
  const send = (signal: PlatformAbortSignal) =>
    fetchNow(url.href, {
      ...passed,
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body }),
      ...(isStream && { duplex: 'half' }),
    } as RequestInit)
  const response = await withDeadline({ ...options, signal: request.signal }, send)
  return refuseRedirect(options.newError, response)
}
