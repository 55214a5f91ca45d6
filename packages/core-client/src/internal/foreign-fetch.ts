/**
 * Calls of a `fetch` that may be anybody's: the platform's, a library's, or one of the caller's own. What
 * is no answer is told as a fault of the option `fetch`, since the platform's exceptions would not name it;
 * a browser sets its own `User-Agent` and hides why a request failed.
 */
import { CodedError } from '@isoauth/core-crypto'
import { createEchoCheck, type EchoCheck } from './echo.ts'
import { type NewError, withoutContent } from './errors.ts'
import { dropBody, isUnreadResponse } from './response-body.ts'
import type {
  FetchFunction,
  FetchInit,
  PlatformAbortSignal,
  PlatformResponse,
} from './runtime-types.ts'

/** What is to be sent; the signal is of the whole call, and ends it also where the `fetch` does not heed it. */
export interface ForeignCall {
  readonly newError: NewError
  /** Default: the platform's, read when the call is made. */
  readonly fetch: FetchFunction | undefined
  readonly url: string
  readonly init: FetchInit & { readonly signal: PlatformAbortSignal }
}

/**
 * Calls a `fetch`, bare, with a URL and an init.
 *
 * @returns the answer, its body unread
 * @throws `…_OPTION_INVALID` about `fetch` where it throws at once or gives no unread `Response` of the
 *   Fetch standard or rejects what was answered, with its `status`; whatever else it rejects with (see
 *   {@link tellRejection})
 */
export async function callForeignFetch(call: ForeignCall): Promise<PlatformResponse> {
  const { newError, init } = call
  const response = await startFetch(call).catch((error: unknown) => {
    const status = rejectedStatus(error)
    throw status ? fetchError(newError, status) : error
  })
  if (!isUnreadResponse(response)) throw fetchError(newError)
  if (init.signal.aborted) {
    // Nobody waits for it any more.
    dropBody(response)
    throw init.signal.reason
  }
  return response
}

/**
 * The status of an answer that a `fetch` rejected, as ky and axios do for 4xx and 5xx; undefined for any other
 * rejection. As a failed connection it would be sent again, though it was answered.
 */
export function rejectedStatus(error: unknown): number | undefined {
  return Number(Object(Object(error).response).status) || undefined
}

/** Makes the error about a `fetch` whose answer cannot be read. */
export function fetchError(newError: NewError, status?: number): Error {
  const message =
    'Option fetch must be a function that resolves to a Response of the Fetch standard, whatever its status, whose body streams bytes and was not read before: check what the given one returns (those of node-fetch and React Native are none).'
  return newError('OPTION_INVALID', message, { option: 'fetch', status })
}

async function startFetch({ newError, fetch, url, init }: ForeignCall): Promise<PlatformResponse> {
  const fetchNow = fetch ?? globalThis.fetch
  try {
    return fetchNow(url, init)
  } catch (error) {
    init.signal.throwIfAborted()
    // A coded error says already what happened.
    if (error instanceof CodedError) throw error
    const message =
      'Option fetch must be a function that returns a promise of a Response: it threw before it returned one. Check the function, or that this runtime has a fetch where none is given.'
    throw newError('OPTION_INVALID', message, { option: 'fetch', cause: withoutContent(error) })
  }
}

/**
 * What a caller is told of a rejection: the very one where all of it can be seen and none of it repeats
 * what was sent, as with the platforms' own; otherwise a coded error. Errors of other libraries hold the
 * whole request, with the header that was signed for it.
 *
 * @param sent - the header that no error may show
 */
export function tellRejection(newError: NewError, error: unknown, sent: string): unknown {
  const values = sent.split(/[^\w.~+/%-]+/).filter((part) => !/^(oauth_|.{0,7}$)/.test(part))
  const isEcho = createEchoCheck(values)
  // Nothing at all says nothing, and a caller may read the code of what is thrown.
  const isTold = error !== undefined && error !== null
  if (error instanceof CodedError || (isTold && isHarmless(error, isEcho, 0))) return error
  const cause = withoutContent(error)
  return newError('NETWORK', describeFailedConnection(cause), { cause })
}

/** Texts, numbers, and plain objects and errors of these: in anything else a request may hide. */
function isHarmless(value: unknown, isEcho: EchoCheck, depth: number): boolean {
  if (typeof value === 'string') return value.length <= LONGEST_TEXT && !partsOf(value).some(isEcho)
  if (typeof value === 'function') return false
  if (typeof value !== 'object' || value === null) return true
  const kind = Object.prototype.toString.call(value)
  if (depth > 4 || !/^\[object (Error|DOMException|Object|Array)]$/.test(kind)) return false
  try {
    const owned = value as Readonly<Record<PropertyKey, unknown>>
    // Of a DOMException the message is not its own.
    const keys = [...Reflect.ownKeys(owned), 'message']
    return keys.every((key) => isHarmless(owned[key], isEcho, depth + 1))
  } catch {
    return false
  }
}

/** A stack is shorter. */
const LONGEST_TEXT = 50_000
/** As much as the check for echoes looks at, less what two parts share. */
const PART = 1900

/** Parts that overlap, so that none hides what stands where two meet. */
function partsOf(text: string): string[] {
  const count = Math.ceil(text.length / PART)
  return Array.from({ length: count }, (_, at) => text.slice(at * PART, at * PART + PART + 100))
}

/** True in a browser. */
export function isBrowser(): boolean {
  // Node, Deno, Bun and workers have no navigator, or one that names itself.
  return globalThis.navigator?.userAgent?.startsWith('Mozilla/5.0 ') ?? false
}

/**
 * Says that a request could not be sent: what to look at by the platform's code, and in a browser what is nearly
 * always the cause.
 *
 * @param cause - what {@link withoutContent} made of the exception
 */
export function describeFailedConnection(cause: Error & { readonly code?: unknown }): string {
  const failed = 'The connection failed'
  if (!isBrowser()) {
    const { code, name } = cause
    const told = code === undefined ? '' : ` (${code})`
    return `${failed}${told}: ${likelyCause(code ?? name)}. Check baseUrl and the network.`
  }
  return `${failed}. In a page the likely cause is CORS: the service does not let pages of this origin read its answers. Send the calls through a proxy of yours, and give its address as baseUrl. If baseUrl is that proxy already, it does not run, or the network failed.`
}

/** By a part of the code, or else the name; of some they differ from runtime to runtime. */
const LIKELY_CAUSES: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens there'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'the host has no address'],
  [
    /TIMEOUT|TIMEDOUT|UNREACH/,
    'no answer comes from there; where a proxy is needed, NODE_USE_ENV_PROXY=1 has Node use HTTPS_PROXY',
  ],
  [
    /CERT|LEAF_SIGNATURE/,
    'its certificate is not accepted; where a proxy signs its own, NODE_EXTRA_CA_CERTS=ca.pem has Node trust it',
  ],
  // The name of Deno's, which has no code.
  [
    /^(ERR_ACCESS_DENIED|NotCapable)$/,
    'this program may not reach it: the permission --allow-net of Node or Deno is missing',
  ],
  [/^(EPROTO$|ERR_SSL_)/, 'no TLS is spoken there: http or https, and the port'],
]

function likelyCause(code: unknown): string {
  const found = LIKELY_CAUSES.find(([form]) => form.test(`${code}`))
  return found?.[1] ?? 'the network, a proxy or a certificate'
}
