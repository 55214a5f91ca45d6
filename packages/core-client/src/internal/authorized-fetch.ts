/**
 * The `fetch` that every client offers: requests below the base URL are authorized, redirects are
 * refused, and a 401 is repaired at most once.
 */
import type { BaseUrl } from './base-url.ts'
import { createDisconnector, type Disconnector, withDeadline } from './deadline.ts'
import type { NewError } from './errors.ts'
import { callForeignFetch, isBrowser, tellRejection } from './foreign-fetch.ts'
import { type OutgoingRequest, readOutgoing } from './outgoing-request.ts'
import { dropBody, refuseRedirect } from './response-body.ts'
import type {
  FetchFunction,
  PlatformAbortSignal,
  PlatformHeaders,
  PlatformResponse,
  PlatformUrl,
} from './runtime-types.ts'

/**
 * Which requests are repeated after a 401: `safe` GET and HEAD only, `replayable` also those whose
 * body is text, bytes, a Blob or a form, `never` none. Streams are never repeated, nor is the body of a
 * `Request` where the platform does not show that it was none.
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
  /** Takes back a repair that did not help. */
  readonly undoRepair?: (() => void) | undefined
  /** Told when a renewal failed after a 401 that is returned all the same. */
  readonly onRenewalFailed: (error: unknown) => void
}

/** Makes the authorized `fetch`. */
export function createAuthorizedFetch<T>(given: AuthorizedFetchOptions<T>): FetchFunction {
  const options = { ...given, leave: createDisconnector() }
  const refusals = createRefusalMemory<T>()
  return async (input, init) => {
    const request = await readOutgoing(options, input, init)
    const { signal } = request
    const path = request.url.pathname
    const token = await options.token({ signal })
    const response = await sendAuthorized(options, request, token)
    if (response.status !== 401) {
      refusals.accepted(path)
      return response
    }

    const isRepaired = options.repair(response)
    if (!isRepaired && !refusals.mayRenew(path, token)) return response
    const renewed = async () => {
      if (isRepaired) return token
      const next = await options.token({ signal, replacing: token })
      if (next !== token) refusals.renewedFor(path, token)
      return next
    }
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
    const next = await renewed().catch((error) => {
      // The caller gets the error in the place of the answer.
      dropBody(response)
      throw error
    })
    if (next === token && !isRepaired) return response
    dropBody(response)
    const second = await sendAuthorized(options, request, next)
    if (second.status !== 401) refusals.accepted(path)
    else if (isRepaired) options.undoRepair?.()
    return second
  }
}

/**
 * Which paths are refused whatever the token is (a wrong account id gives 401 too): after one renewal
 * that did not help, such a path asks for no other until a renewal has helped elsewhere.
 */
interface RefusalMemory<T> {
  /** Also true for who was refused with a token that is replaced by now: the next one is there, and costs no renewal. */
  mayRenew(path: string, refused: T): boolean
  /** A new token was obtained in the place of one that was refused on this path. */
  renewedFor(path: string, refused: T): void
  accepted(path: string): void
}

/** More paths than these are not remembered. */
const MAXIMUM_PATHS = 1000

function createRefusalMemory<T>(): RefusalMemory<T> {
  /** Paths for which a token was renewed, and that were not accepted since, with the token that was replaced. */
  const waiting = new Map<string, T>()
  return {
    mayRenew: (path, refused) => !waiting.has(path) || waiting.get(path) === refused,
    renewedFor(path, refused) {
      if (waiting.size < MAXIMUM_PATHS || waiting.has(path)) waiting.set(path, refused)
    },
    accepted(path) {
      // The renewal helped here, so a token had been refused, and others may have been refused for it.
      if (waiting.has(path)) waiting.clear()
    },
  }
}

/** Sets `User-Agent` unless the caller did, or this is a browser, which sets its own: the broker's edge answers 403 without one. */
export function setUserAgent(headers: PlatformHeaders, userAgent: string): void {
  if (!headers.has('user-agent') && !isBrowser()) headers.set('user-agent', userAgent)
}

function mayRepeat<T>(
  { retryUnauthorized, base, safePosts = [] }: AuthorizedFetchOptions<T>,
  { method, url, isRepeatable }: OutgoingRequest,
): boolean {
  if (retryUnauthorized === 'never' || !isRepeatable) return false
  if (retryUnauthorized === 'replayable' || method === 'GET' || method === 'HEAD') return true
  return method === 'POST' && safePosts.some((path) => url.pathname === base.path + path)
}

async function sendAuthorized<T>(
  options: AuthorizedFetchOptions<T> & { readonly leave: Disconnector },
  request: OutgoingRequest,
  token: T,
): Promise<PlatformResponse> {
  const { newError, fetch, timeoutMs, userAgent, leave } = options
  const { passed, body, url, method, isStream } = request
  const authorization = await options.authorize(token, request)
  const headers = new Headers(request.headers)
  headers.set('authorization', authorization)
  setUserAgent(headers, userAgent)
  // The broker lists it as required, and Workers send none by themselves.
  if (!headers.has('accept')) headers.set('accept', '*/*')
  const send = async (signal: PlatformAbortSignal) => {
    const init = {
      ...passed,
      method,
      headers,
      redirect: 'manual' as const,
      signal,
      ...(body !== undefined && { body }),
      ...(isStream && { duplex: 'half' as const }),
    }
    try {
      return await callForeignFetch({ newError, fetch, url: url.href, init })
    } catch (error) {
      throw tellRejection(newError, error, authorization)
    }
  }
  const response = await withDeadline({ newError, timeoutMs, leave, signal: request.signal }, send)
  return refuseRedirect(newError, response)
}
