/**
 * Reading a service's answer: no redirect, bounded, and without ever quoting it.
 */

import { parseHttpDate } from './clock.ts'
import { abortable } from './deadline.ts'
import type { EchoCheck } from './echo.ts'
import type { NewError } from './errors.ts'
import type { PlatformAbortSignal, PlatformHeaders, PlatformResponse } from './runtime-types.ts'

/** What the head of an answer says. */
export interface ResponseFacts {
  readonly status: number
  /** From a request-id header, where the service sends one. */
  readonly traceId?: string | undefined
  /** From `Retry-After` (RFC 9110 section 10.2.3), in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** In which the number of a request may stand; the broker's gateway has another name for it than most. */
const TRACE_HEADERS = ['x-request-id', 'x-correlation-id', 'traceid', 'x-traceid']

/**
 * Copies out what an error may carry; the `Response` itself never goes into one.
 *
 * @param isEcho - knows what was sent, which no trace id may repeat
 */
export function responseFacts(
  { status, headers }: Pick<PlatformResponse, 'status' | 'headers'>,
  now: () => number,
  isEcho?: EchoCheck | undefined,
): ResponseFacts {
  const traceIds = TRACE_HEADERS.map((name) => safeTraceId(headers.get(name), isEcho))
  return {
    status,
    traceId: traceIds.find(Boolean),
    retryAfterMs: parseRetryAfter(headers.get('retry-after'), now()),
  }
}

/** A year: no service means more. */
const RETRY_AFTER_LIMIT_MS = 31_536_000_000

/**
 * Reads `Retry-After` (RFC 9110 section 10.2.3): seconds or an HTTP date. Decimals, which some services
 * send, are rounded up to the next second; of several headers, which the platform joins by a comma, the
 * longest counts. Anything else says nothing.
 *
 * @returns milliseconds from now, 0 for what is over
 */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  const text = `${value ?? ''}`.trim()
  const isList = /^\d[\d., ]{0,399}$/.test(text)
  const waitMs = isList
    ? Math.ceil(Math.max(...text.split(',').map(Number))) * 1000
    : Number(parseHttpDate(text)) - nowMs
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), RETRY_AFTER_LIMIT_MS)
}

/**
 * A trace id fit to be shown: letters, digits and `-_.:`, at most 64 of them, and nothing of what was sent,
 * which `isEcho` knows.
 */
export function safeTraceId(
  value: string | null | undefined,
  isEcho?: EchoCheck | undefined,
): string | undefined {
  const isShort = typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value)
  return isShort && !isEcho?.(value) ? value : undefined
}

/** An answer of which all is read. */
export interface ReceivedAnswer {
  readonly status: number
  readonly statusText: string
  readonly headers: PlatformHeaders
  /** The body, or what was read of it. */
  readonly text: string
  /** The limit in bytes, where the body is larger than it and `text` its beginning. */
  readonly cutAtBytes?: number | undefined
  /** How often the call was made. */
  readonly attempts: number
}

/** True for a `Response` of any realm with a body that can still be read. */
export function isUnreadResponse(value: unknown): value is PlatformResponse {
  const { status, headers, body, bodyUsed, clone } = (value ?? {}) as Partial<Response>
  const isResponse = typeof status === 'number' && typeof headers?.get === 'function'
  // Without a body it is null: where it is undefined, as in React Native, there is one that cannot be read as a stream.
  const isReadable = body === null || (typeof body?.getReader === 'function' && !body.locked)
  return isResponse && isReadable && !bodyUsed && typeof clone === 'function'
}

/** How a body is read. */
export interface BodyRules {
  /** The largest body that is read, in bytes. Default: 65536. */
  readonly limitBytes?: number | undefined
  /** False where an answer of 2xx counts although its body broke off. Default: true. */
  readonly isBodyNeeded?: boolean | undefined
  /** Makes the error for a body that does not stream bytes. Default: a `TypeError`. */
  readonly bodyError?: (() => Error) | undefined
}

/**
 * Reads an answer, its body up to a limit. A body that breaks off is left where it ended, unless it
 * belongs to a 2xx that needs it: any other status says it all.
 *
 * @throws the stream's exception; the signal's reason
 */
export async function receiveAnswer(
  response: PlatformResponse,
  { limitBytes = 65_536, isBodyNeeded = true, bodyError = () => new TypeError() }: BodyRules = {},
  signal?: PlatformAbortSignal | undefined,
): Promise<ReceivedAnswer> {
  const { status, statusText, headers } = response
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  try {
    while (reader && length <= limitBytes) {
      const { done, value } = await abortable(reader.read(), signal)
      if (done) break
      if (!ArrayBuffer.isView(value)) throw bodyError()
      // Chunks of nothing count too, or they would never end.
      length += value.byteLength || 1
      text += decoder.decode(value, { stream: true })
    }
    text += decoder.decode()
  } catch (error) {
    signal?.throwIfAborted()
    if (response.ok && isBodyNeeded) throw error
  } finally {
    // Frees the connection of a body that was left early; of one that has ended nothing is left.
    reader?.cancel().catch(() => {})
  }
  const cutAtBytes = length > limitBytes ? limitBytes : undefined
  return { status, statusText, headers, text, cutAtBytes, attempts: 1 }
}

/**
 * Gives the answer, unless it is a redirect, which a signed request never follows (visible, opaque, or followed by a `fetch` that was told
 * not to).
 *
 * @throws `…_REDIRECT_REFUSED` with the status, never the target (it may hold a secret)
 */
export function refuseRedirect(newError: NewError, response: PlatformResponse): PlatformResponse {
  const { status, type, redirected } = response
  if (!/^30[12378]$/.test(`${status}`) && type !== 'opaqueredirect' && !redirected) {
    return response
  }
  dropBody(response)
  throw newError(
    'REDIRECT_REFUSED',
    `A redirect (${status}) was refused, since it would carry credentials elsewhere: check baseUrl.`,
    { status },
  )
}

/** Frees the connection of an answer that nobody reads. */
export function dropBody(response: PlatformResponse): void {
  response.body?.cancel().catch(() => {})
}

/** Deeper than any answer, and far from where `JSON.stringify` and other recursion end in a RangeError. */
const DEPTH_LIMIT = 100

/** Parses a JSON object; anything else, and what is nested deeper than 100 levels, gives undefined. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (depthOf(text) > DEPTH_LIMIT) return undefined
  try {
    const value = JSON.parse(text)
    return Object(value) === value && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** How deep the brackets of a JSON text are nested, those in its strings left out. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === '"') isInString = !isInString
    else if (isInString) at += sign === '\\' ? 1 : 0
    else if (sign === '{' || sign === '[') deepest = Math.max(deepest, ++depth)
    else if (sign === '}' || sign === ']') depth--
  }
  return deepest
}

/** Says what kind of body it is, for a message: its kind and length, nothing of its text; of a page, where it comes from. */
export function describeBody(text: string): string {
  const start = text.trim()[0]
  if (start === undefined) return 'empty'
  const kind = start === '<' ? 'HTML' : start === '{' ? 'JSON that is cut off' : 'other text'
  const count = text.length === 1 ? '1 character' : `${text.length} characters`
  const cause = kind === 'HTML' ? ', a page of a proxy, a login or a web site: check baseUrl' : ''
  return `${count} of ${kind}${cause}`
}
