/**
 * Reading a service's answer: bounded, and without ever quoting it.
 */

import type { Raise } from './errors.ts'
import type { PlatformResponse } from './runtime-types.ts'

/** What the head of an answer says. */
export interface ResponseFacts {
  readonly status: number
  /** From a request-id header, where the service sends one. */
  readonly traceId?: string | undefined
  /** From `Retry-After` (RFC 9110 section 10.2.3), in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** Copies out what an error may carry; the `Response` itself never goes into one. */
export function responseFacts(
  { status, headers }: PlatformResponse,
  now: () => number,
): ResponseFacts {
  return {
    status,
    traceId: safeTraceId(headers.get('x-request-id') ?? headers.get('x-correlation-id')),
    retryAfterMs: parseRetryAfter(headers.get('retry-after'), now()),
  }
}

/** Reads `Retry-After`: whole seconds or an HTTP date. */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  const text = value ?? ''
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs)
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
  response: PlatformResponse,
  facts: ResponseFacts,
  limitBytes: number,
): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    if (length > limitBytes) {
      reader.cancel().catch(() => {})
      throw raise('RESPONSE_INVALID', `The answer is larger than ${limitBytes} bytes.`, facts)
    }
    text += decoder.decode(value, { stream: true })
  }
  return text + decoder.decode()
}

/** Parses a JSON object; anything else gives undefined. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text)
    return Object(value) === value && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Says what kind of body it is, for a message: its kind and length, nothing of its text. */
export function describeBody(text: string): string {
  const start = text.trim()[0]
  if (start === undefined) return 'empty'
  const kind = start === '<' ? 'HTML' : start === '{' ? 'JSON that is cut off' : 'other text'
  return `${text.length} characters of ${kind}`
}
