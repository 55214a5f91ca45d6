/**
 * What the arguments of an authorized `fetch` ask for, in a form that can be sent once or twice.
 */
import { type BaseUrl, resolveUrl } from './base-url.ts'
import type { Raise } from './errors.ts'
import { optionalSignal } from './options.ts'
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

/** What of a `Request` is passed on where it differs from the platform's default. */
const REQUEST_DEFAULTS = {
  cache: 'default',
  credentials: 'same-origin',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  referrer: 'about:client',
  referrerPolicy: '',
} as const

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
    throw raise(
      'OPTION_INVALID',
      'Option headers holds a header name or value that HTTP forbids.',
      {
        option: 'headers',
      },
    )
  }
}

function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'headers' in input
}

function passedOf(request: Request): RequestInit {
  const passed: Record<string, unknown> = {}
  const source = request as unknown as Record<string, unknown>
  for (const [name, standard] of Object.entries(REQUEST_DEFAULTS)) {
    const value = source[name]
    if (value !== undefined && value !== standard) passed[name] = value
  }
  // Cloudflare's own field, an object where it is set.
  if (source['cf'] !== undefined) passed['cf'] = source['cf']
  return passed
}
