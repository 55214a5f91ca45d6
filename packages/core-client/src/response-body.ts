/**
 * Reading a service's answer: bounded, and without ever quoting it.
 */
import type { Raise } from './errors.ts'

/** Under which names services send the number of a request. */
const TRACE_HEADERS = ['x-request-id', 'x-correlation-id', 'traceid', 'x-traceid'] as const

/** What the head of an answer says. */
export interface ResponseFacts {
  readonly status: number
  /** From a request-id header, where the service sends one. */
  readonly traceId?: string | undefined
  /** From `Retry-After` (RFC 9110 section 10.2.3), in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** Copies out what an error may carry; the `Response` itself never goes into one. */
export function responseFacts(response: Response, now: () => number): ResponseFacts {
  const traceId = TRACE_HEADERS.map((name) => safeTraceId(response.headers.get(name))).find(Boolean)
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), now())
  return {
    status: response.status,
    ...(traceId !== undefined && { traceId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** Reads `Retry-After`: whole seconds or an HTTP date. */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null || value.trim() === '') return undefined
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value) * 1000
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : Math.max(0, time - nowMs)
}

/** A trace id fit to be shown: letters, digits and `-_.:`, at most 64 of them. */
export function safeTraceId(value: string | null | undefined): string | undefined {
  return value && /^[\w.:-]{1,64}$/.test(value) ? value : undefined
}

/**
 * Reads the body as text, up to a limit in bytes.
 * @throws `…_RESPONSE_INVALID` above the limit
 */
export async function readText(
  raise: Raise,
  response: Response,
  facts: ResponseFacts,
  limitBytes: number,
): Promise<string> {
  const tooLarge = () =>
    raise('RESPONSE_INVALID', `The answer is larger than ${limitBytes} bytes.`, facts)
  if (Number(response.headers.get('content-length')) > limitBytes) {
    void response.body?.cancel().catch(() => {})
    throw tooLarge()
  }
  if (!response.body) {
    const text = await response.text()
    if (text.length > limitBytes) throw tooLarge()
    return text
  }
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.byteLength
    if (length > limitBytes) {
      void reader.cancel().catch(() => {})
      throw tooLarge()
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** Parses a JSON object; anything else gives undefined. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Says what kind of body it is, for a message: its kind and length, nothing of its text. */
export function describeBody(text: string): string {
  if (text.trim() === '') return 'an empty body'
  const kind = /^\s*</.test(text) ? 'HTML or XML' : /^\s*[{[]/.test(text) ? 'JSON' : 'text'
  const cut = kind === 'JSON' && !isJson(text) ? ' that is cut off or malformed' : ''
  return `${text.length} characters of ${kind}${cut}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
