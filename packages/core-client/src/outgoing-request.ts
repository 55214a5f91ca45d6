/**
 * What the arguments of an authorized `fetch` ask for, in a form that can be sent once or twice.
 *
 * The platform's `Request` reads them. Its body is taken as bytes at once, as `fetch` would, since it
 * may go out only after a handshake; a stream is left alone and can go out only once.
 */
import { type BaseUrl, resolveUrl } from './base-url.ts'
import type { NewError } from './errors.ts'
import { createOptionReader, refuseOption } from './options.ts'
import type { FetchInit, PlatformHeaders, PlatformRequest, PlatformUrl } from './runtime-types.ts'

/** A request read from the arguments of `fetch`. */
export interface OutgoingRequest {
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

/**
 * Reads the arguments of `fetch`; origin and path are checked first.
 * @throws `…_URL_REFUSED`, `…_OPTION_INVALID`
 */
export async function readOutgoing(
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

/** Sets `User-Agent` unless the caller did, or this is a browser, which sets its own: the broker's edge answers 403 without one. */
export function setUserAgent(headers: PlatformHeaders, userAgent: string): void {
  if (!headers.has('user-agent') && !isBrowser()) headers.set('user-agent', userAgent)
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
