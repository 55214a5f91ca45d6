/** Answers of the edge itself, and the headers that every answer carries. */
import type { EdgeError } from './errors.ts'

/** On every answer: nothing is cached, guessed, framed or passed on. */
const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

/** For data: were it opened as a document, nothing in it would run or load. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

/** The headers of an answer that is no page. */
export function dataHeaders(more: Readonly<Record<string, string>> = {}): Headers {
  return new Headers({ ...ALWAYS, 'content-security-policy': DATA_POLICY, ...more })
}

/** The headers of the page and its parts. */
export function pageHeaders(contentType: string, policy: string): Headers {
  return new Headers({
    ...ALWAYS,
    'content-type': contentType,
    'content-security-policy': policy,
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  })
}

export function jsonAnswer(
  value: unknown,
  status = 200,
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = dataHeaders({ 'content-type': 'application/json; charset=utf-8', ...more })
  return new Response(JSON.stringify(value), { status, headers })
}

/** `{ error: { code, message } }`. */
export function refusalAnswer(
  { code, message, status = 500 }: EdgeError,
  more: Readonly<Record<string, string>> = {},
): Response {
  return jsonAnswer({ error: { code, message } }, status, more)
}
