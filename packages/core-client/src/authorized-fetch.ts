/**
 * The `fetch` that every client offers: requests below the base URL are authorized, redirects are
 * refused, and a 401 is repaired at most once.
 *
 * The platform's `Request` reads the arguments. A body is taken as bytes at once, as `fetch` would, since
 * it may go out only after a handshake; a stream is left alone and can go out only once.
 */
import { type BaseUrl, resolveUrl } from './base-url.ts'
import { withDeadline } from './deadline.ts'
import type { NewError } from './errors.ts'
import { createOptionReader, refuseOption } from './options.ts'
import { dropBody, refuseRedirect } from './response-body.ts'
import type {
  FetchFunction,
  FetchInit,
  PlatformAbortSignal,
  PlatformHeaders,
  PlatformRequest,
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
  /** Takes back a repair that did not help. */
  readonly undoRepair?: (() => void) | undefined
  /** Told when a renewal failed after a 401 that is returned all the same. */
  readonly onRenewalFailed: (error: unknown) => void
}

/** Makes the authorized `fetch`. */
export function createAuthorizedFetch<T>(options: AuthorizedFetchOptions<T>): FetchFunction {
  const refusals = createRefusalMemory()
  return async (input, init) => {
    const request = await readOutgoing(options.newError, options.base, input, init)
    const { signal } = request
    const path = request.url.pathname
    const token = await options.token({ signal })
    const response = await sendAuthorized(options, request, token)
    if (response.status !== 401) {
      refusals.accepted(path)
      return response
    }

    const isRepaired = options.repair(response)
    if (!isRepaired && !refusals.mayRenew(path)) return response
    const renewed = async () => {
      if (isRepaired) return token
      const next = await options.token({ signal, replacing: token })
      if (next !== token) refusals.renewedFor(path)
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
    const next = await renewed()
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
interface RefusalMemory {
  mayRenew(path: string): boolean
  /** A new token was obtained since this path was refused. */
  renewedFor(path: string): void
  accepted(path: string): void
}

/** More paths than these are not remembered. */
const MAXIMUM_PATHS = 1000

function createRefusalMemory(): RefusalMemory {
  /** Paths for which a token was renewed, and that were not accepted since. */
  const waiting = new Set<string>()
  return {
    mayRenew: (path) => !waiting.has(path),
    renewedFor(path) {
      if (waiting.size < MAXIMUM_PATHS) waiting.add(path)
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

/** A request read from the arguments of `fetch`. */
interface OutgoingRequest {
  readonly url: URL
  readonly method: string
  /** A copy, Content-Type included. */
  readonly headers: Headers
  readonly body: BodyInit | undefined
  readonly isStream: boolean
  /** The text of an `application/x-www-form-urlencoded` body, which some signatures cover. */
  readonly formBody: string | undefined
  readonly signal: AbortSignal | undefined
  /** Everything else that goes to `fetch` as given: `credentials`, `mode`, `cf`, `dispatcher` … */
  readonly passed: RequestInit
}

/** What of a `Request` is passed on where it is not the platform's default; `cf` is Cloudflare's. */
const PASSED = [
  'cache',
  'credentials',
  'integrity',
  'keepalive',
  'mode',
  'referrer',
  'referrerPolicy',
  'cf',
] as const

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

/**
 * Reads the arguments of `fetch`; origin and path are checked first.
 * @throws `…_URL_REFUSED`, `…_OPTION_INVALID`
 */
async function readOutgoing(
  newError: NewError,
  base: BaseUrl,
  input: string | PlatformUrl | PlatformRequest,
  init: FetchInit | undefined,
): Promise<OutgoingRequest> {
  const url = resolveUrl(newError, base, input)
  const given = typeof input === 'object' && 'headers' in input ? input : undefined
  const { body, signal, ...passed } = (init ?? {}) as RequestInit
  const isStream = body instanceof ReadableStream || Symbol.asyncIterator in Object(body)
  const whole = isStream ? passed : { ...passed, body }
  const request = readRequest(newError, given ?? url, whole as RequestInit)
  const headers = new Headers(request.headers)
  const bytes = await request.arrayBuffer()
  const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
  return {
    url,
    method: request.method.toUpperCase(),
    headers,
    body: isStream ? (body as BodyInit) : bytes.byteLength ? bytes : undefined,
    isStream,
    formBody: isForm ? new TextDecoder().decode(bytes) : undefined,
    signal: createOptionReader({ signal: signal ?? given?.signal }, newError).signal(),
    passed: { ...(given && passedOf(given)), ...passed },
  }
}

function readRequest(newError: NewError, source: Request | URL, init: RequestInit): Request {
  try {
    return new Request(source, init)
  } catch {
    // The platform's exception quotes what it refuses.
    return refuseOption(newError, 'init', init, 'what fetch takes')
  }
}

function passedOf(request: Request): RequestInit {
  const given = request as unknown as Readonly<Record<string, unknown>>
  const standard = new Request(request.url) as unknown as Readonly<Record<string, unknown>>
  const names = PASSED.filter((name) => given[name] !== standard[name])
  return Object.fromEntries(names.map((name) => [name, given[name]]))
}

function isBrowser(): boolean {
  // Node, Deno, Bun and workers have no navigator, or one that names itself.
  return globalThis.navigator?.userAgent?.startsWith('Mozilla/5.0 ') ?? false
}
