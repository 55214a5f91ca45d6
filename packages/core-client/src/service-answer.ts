/**
 * The answer of a token or session endpoint: a JSON object, or a refusal in one of the shapes that
 * services use (RFC 9457 problem details, RFC 6749 section 5.2, or none).
 */
import type { ErrorDetails, Raise } from './errors.ts'
import {
  describeBody,
  parseJsonObject,
  type ResponseFacts,
  readText,
  responseFacts,
  safeTraceId,
} from './response-body.ts'
import type { PlatformResponse } from './runtime-types.ts'
import { type Problem, readProblem } from './service-error.ts'

/** What a refusal is by its status. */
export type RefusalKind = 'UNAUTHORIZED' | 'FORBIDDEN' | 'RATE_LIMITED' | 'UNAVAILABLE' | 'REFUSED'

/** What an error about an answer carries. */
export type AnswerDetails = ErrorDetails & Problem

/** How an answer is read. */
export interface AnswerOptions {
  readonly raise: Raise
  readonly now: () => number
  /** What was sent and must not come back in an error: tokens, assertions. */
  readonly secrets: readonly string[]
  /** Makes the error of a refusal; the message says what the status means and what the service said. */
  readonly refusal: (kind: RefusalKind, message: string, details: AnswerDetails) => Error
}

/** The fields of a good answer, and what an error about one of them carries. */
export interface ServiceAnswer {
  readonly fields: Readonly<Record<string, unknown>>
  /** Makes the error for a field that is missing or of another form. */
  fieldError(field: string, form: string): Error
}

const LIMIT_BYTES = 65_536

/**
 * Reads an answer that should be 200 with a JSON object.
 * @throws `…_RESPONSE_INVALID` for another 200; what `refusal` makes for any other status
 */
export async function readAnswer(
  response: PlatformResponse,
  { raise, now, secrets, refusal }: AnswerOptions,
): Promise<ServiceAnswer> {
  const { status } = response
  const facts = withTraceId(responseFacts(response, now), response.headers)
  const text = await readText(raise, response, facts, LIMIT_BYTES)
  const fields = parseJsonObject(text)
  if (status !== 200) {
    const problem = readProblem(fields, secrets)
    const kind = kindOf(status)
    throw refusal(kind, describeRefusal(kind, status, problem), { ...facts, ...problem })
  }
  const invalid = (message: string) => raise('RESPONSE_INVALID', `The answer${message}.`, facts)
  if (fields === undefined) throw invalid(` should be a JSON object; it is ${describeBody(text)}`)
  return { fields, fieldError: (field, form) => invalid(`'s ${field} should be ${form}`) }
}

/** The gateway names the number of a request in other headers than most. */
function withTraceId(facts: ResponseFacts, headers: PlatformResponse['headers']): ResponseFacts {
  const traceId = ['traceid', 'x-traceid'].map((name) => safeTraceId(headers.get(name)))
  return { ...facts, traceId: facts.traceId ?? traceId.find(Boolean) }
}

/** Refuses what is no `Response`. */
export function requireResponse(raise: Raise, response: unknown): void {
  const { headers, status } = (response ?? {}) as { headers?: unknown; status?: unknown }
  if (typeof headers === 'object' && typeof status === 'number') return
  const option = 'response'
  throw raise('OPTION_INVALID', 'Option response must be the Response to the request.', { option })
}

const MEANINGS: Readonly<Record<RefusalKind, string>> = {
  UNAUTHORIZED: 'The token or the signature was refused',
  FORBIDDEN:
    'Not allowed: a scope not granted, a client not enabled here, or the firewall (User-Agent, address)',
  RATE_LIMITED: 'Too many requests: wait, since repeaters are blocked',
  UNAVAILABLE: 'The service is not ready: try later',
  REFUSED: 'The request was refused: check the base URL and the options',
}

function describeRefusal(kind: RefusalKind, status: number, problem: Problem): string {
  const said = problem.detail ?? problem.title ?? problem.oauthError
  return `${MEANINGS[kind]} (${status})${said === undefined ? '' : `. It says: ${said}`}`
}

function kindOf(status: number): RefusalKind {
  if (status === 401) return 'UNAUTHORIZED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 429) return 'RATE_LIMITED'
  return status === 408 || status >= 500 ? 'UNAVAILABLE' : 'REFUSED'
}
