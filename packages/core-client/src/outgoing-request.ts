/**
 * What the arguments of an authorized `fetch` ask for, in a form that can be sent once or twice.
 */
import { type BaseUrl, resolveUrl } from './base-url.ts'
import type { Raise } from './errors.ts'
import { optionalSignal, refuseOption } from './options.ts'
import { type OutgoingBody, takeBody } from './request-body.ts'
import type { FetchInit, PlatformRequest, PlatformUrl } from './runtime-types.ts'

/** A request read from the arguments of `fetch`. */
export interface OutgoingRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: OutgoingBody
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
  raise: Raise,
  base: BaseUrl,
  input: string | PlatformUrl | PlatformRequest,
  init: FetchInit | undefined,
): Promise<OutgoingRequest> {
  const url = resolveUrl(raise, base, input)
  const request = isRequest(input) ? input : undefined
  const { method, headers, body, signal, ...rest } = (init ?? {}) as RequestInit
  return {
    url,
    method: (method ?? request?.method ?? 'GET').toUpperCase(),
    headers: readHeaders(raise, headers ?? request?.headers),
    signal: optionalSignal(raise, signal ?? request?.signal),
    passed: { ...(request && passedOf(request)), ...rest },
    body: await takeBody(request, body),
  }
}

/** Copies headers, since `new Request(r, { headers })` would lose its Content-Type. */
function readHeaders(raise: Raise, headers: HeadersInit | undefined): Headers {
  try {
    return new Headers(headers)
  } catch {
    // The platform's exception quotes the header.
    return refuseOption(raise, 'headers', headers, 'names and values that HTTP allows')
  }
}

function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'headers' in input
}

function passedOf(request: Request): RequestInit {
  const given = request as unknown as Readonly<Record<string, unknown>>
  const standard = new Request(request.url) as unknown as Readonly<Record<string, unknown>>
  const names = PASSED.filter((name) => given[name] !== standard[name])
  return Object.fromEntries(names.map((name) => [name, given[name]]))
}
