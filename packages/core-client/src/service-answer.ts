/**
 * The answer of a token or session endpoint: a JSON object, or a refusal in one of the shapes that
 * services use (RFC 9457 problem details, RFC 6749 section 5.2, or none).
 */
import type { ErrorDetails, NewError, Raise } from './errors.ts'
import { withoutContent } from './foreign-error.ts'
import {
  describeBody,
  isUnreadResponse,
  parseJsonObject,
  type ReceivedAnswer,
  type ResponseFacts,
  receiveAnswer,
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

/**
 * Reads an answer that should be 200 with a JSON object.
 * @throws `…_RESPONSE_INVALID` for another 200; what `refusal` makes for any other status
 */
export function readAnswer(
  { status, headers, text, isCut }: ReceivedAnswer,
  { raise, now, secrets, refusal }: AnswerOptions,
): ServiceAnswer {
  const facts = withTraceId(responseFacts({ status, headers }, now), headers)
  const fields = parseJsonObject(text)
  if (status !== 200) {
    const problem = readProblem(fields, secrets)
    const kind = kindOf(status)
    throw refusal(kind, describeRefusal(kind, status, problem), { ...facts, ...problem })
  }
  const invalid = (message: string) => raise('RESPONSE_INVALID', `The answer${message}.`, facts)
  if (isCut) throw invalid(' is larger than 65536 bytes')
  if (fields === undefined) throw invalid(` should be a JSON object; it is ${describeBody(text)}`)
  return { fields, fieldError: (field, form) => invalid(`'s ${field} should be ${form}`) }
}

/** The gateway names the number of a request in other headers than most. */
function withTraceId(facts: ResponseFacts, headers: PlatformResponse['headers']): ResponseFacts {
  const traceId = ['traceid', 'x-traceid'].map((name) => safeTraceId(headers.get(name)))
  return { ...facts, traceId: facts.traceId ?? traceId.find(Boolean) }
}

/**
 * Reads a `Response` that the caller received.
 * @throws `…_OPTION_INVALID` for what is no `Response` with an unread body, `…_NETWORK` where the body
 *   of a good answer breaks off
 */
export async function receiveResponse(
  newError: NewError,
  response: PlatformResponse,
): Promise<ReceivedAnswer> {
  if (!isUnreadResponse(response)) {
    const message = 'Option response must be the Response to the request, its body unread.'
    throw newError('OPTION_INVALID', message, { option: 'response' })
  }
  try {
    return await receiveAnswer(response)
  } catch (error) {
    const cause = withoutContent(error)
    throw newError('NETWORK', 'The connection broke while the answer was read.', { cause })
  }
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
