/** Answers in the form of the vendor's captures; the true reason of a refusal stays in the record. */
import { SERVER_TEXTS, UNCACHED } from '../call.ts'
import type { RequestRecord } from '../request-record.ts'

type Identified = Pick<RequestRecord, 'id'>

/** `X-UltraCart-Request-Id`: upper-case hexadecimal; the record's `id` is what it ends with. */
function requestId({ id }: Identified): string {
  return `5A4DB0${id.toString(16).toUpperCase().padStart(10, '0')}`
}

export function answer(record: Identified, body: unknown): Response {
  return new Response(JSON.stringify(body), { status: 200, headers: headers(record) })
}

export function noContent(record: Identified): Response {
  return new Response(null, {
    status: 204,
    headers: { 'x-ultracart-request-id': requestId(record) },
  })
}

/** Neither `success` nor `error_code`, and an empty `metadata`: as the vendor's failures are. */
export function failure(
  record: Identified,
  {
    status,
    message,
    headers: extra = {},
  }: {
    readonly status: number
    readonly message: string
    readonly headers?: Readonly<Record<string, string>> | undefined
  },
): Response {
  const error = { developer_message: message, user_message: message }
  return new Response(JSON.stringify({ error, metadata: {} }), {
    status,
    headers: { ...headers(record), 'uc-rest-error': message, ...extra },
  })
}

/** The rate limit's answer, also when two requests of one key overlap. */
export function tooMany(record: Identified, message: string): Response {
  return failure(record, {
    status: 429,
    message,
    headers: { 'uc-rest-error-merchant-id': 'SANDBOX' },
  })
}

/** What an answer of which only the status is known looks like here. */
export function faultAnswer(record: Identified, status: number): Response {
  if (status === 429) return tooMany(record, 'rate of 1000 per 3600 second(s) exceeded.')
  return failure(record, { status, message: SERVER_TEXTS[status] ?? `SANDBOX fault ${status}` })
}

function headers(record: Identified): Record<string, string> {
  return {
    'content-type': 'application/json; charset=UTF-8',
    ...UNCACHED,
    'x-ultracart-request-id': requestId(record),
  }
}
