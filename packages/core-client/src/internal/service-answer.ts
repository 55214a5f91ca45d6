/**
 * The answer of a token or session endpoint: a JSON object, or a refusal in one of the shapes that
 * services use (RFC 9457 problem details, RFC 6749 section 5.2, or none).
 */
import { createEchoCheck, type EchoCheck } from './echo.ts'
import {
  type ErrorDetails,
  type InvalidArgument,
  type NewError,
  type Problem,
  withoutContent,
} from './errors.ts'
import {
  describeBody,
  isUnreadResponse,
  parseJsonObject,
  type ReceivedAnswer,
  receiveAnswer,
  responseFacts,
} from './response-body.ts'
import type { PlatformResponse } from './runtime-types.ts'

/** What a refusal is by its status. */
export type RefusalKind = 'UNAUTHORIZED' | 'FORBIDDEN' | 'RATE_LIMITED' | 'UNAVAILABLE' | 'REFUSED'

/** What an error about an answer carries. */
export type AnswerDetails = ErrorDetails & Problem

/** How an answer is read. */
export interface AnswerOptions {
  readonly newError: NewError
  readonly now: () => number
  /** What was sent and must not come back in an error: tokens, assertions. A text with eight characters of one in a row is left out. */
  readonly secrets: readonly string[]
  /** Makes the error of a refusal; the message says what the status means and what the service said. */
  readonly refusal: (kind: RefusalKind, message: string, details: AnswerDetails) => Error
}

type Fields = Readonly<Record<string, unknown>>

/** The fields of a good answer, and what an error about one of them carries. */
export interface ServiceAnswer {
  readonly fields: Readonly<Record<string, unknown>>
  /** Makes the error for a field that is missing or of another form. */
  fieldError(field: string, form: string): Error
}

/**
 * Reads an answer that should be 200 with a JSON object.
 * @throws `…_RESPONSE_INVALID` for another 200; what `refusal` makes for any other status, and for a 200 that
 *   tells an `error`
 */
export function readAnswer(
  { status, headers, text, cutAtBytes }: ReceivedAnswer,
  { newError, now, secrets, refusal }: AnswerOptions,
): ServiceAnswer {
  const isEcho = createEchoCheck(secrets)
  const facts = responseFacts({ status, headers }, now, isEcho)
  const refuse = (kind: RefusalKind, describe: (details: AnswerDetails) => string) => {
    const problem = readProblem(text, isEcho)
    const details = { ...facts, ...problem }
    return refusal(kind, `${describe(details)}.${quoteProblem(problem)}`, details)
  }
  if (status !== 200) {
    const kind = kindOf(status)
    throw refuse(kind, (details) => describeStatus(kind, details))
  }
  const invalid = (message: string) => newError('RESPONSE_INVALID', `The answer${message}.`, facts)
  if (cutAtBytes) throw invalid(` is larger than ${cutAtBytes} bytes`)
  const fields = parseJsonObject(text)
  if (fields === undefined) throw invalid(` should be a JSON object; it is ${describeBody(text)}`)
  const { error } = fields
  if (error && typeof error !== 'number') {
    throw refuse(
      'REFUSED',
      () => 'The service refused the request, in an answer with the status 200',
    )
  }
  return {
    fields,
    fieldError(field, form) {
      const message = `The answer's ${field} should be ${form}.`
      // What is said in the place of a field is the reason why it is missing.
      const said = fields[field] === undefined ? quoteProblem(readProblem(text, isEcho)) : ''
      return newError('RESPONSE_INVALID', message + said, facts)
    },
  }
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
  UNAUTHORIZED: 'The service refused the token or the signature',
  FORBIDDEN:
    'The service does not allow the request: a scope is not granted, the client is not enabled here, or a firewall refuses the User-Agent or the address',
  RATE_LIMITED: 'The service refused one request too many',
  UNAVAILABLE: 'The service is not ready',
  REFUSED: 'The service refused the request',
}

function describeStatus(kind: RefusalKind, { status = 0, retryAfterMs }: AnswerDetails): string {
  const said = status < 400 ? 'The service gave no answer of the API' : MEANINGS[kind]
  const meaning = `${said} (${status})`
  const cause = causeOnTheWay(status)
  if (cause !== undefined) return `${meaning}: ${cause}`
  if (kind === 'RATE_LIMITED') return `${meaning}: ${describeWait(retryAfterMs)}`
  return kind === 'UNAVAILABLE'
    ? `${meaning}: try again in ${inWords(retryAfterMs || 30_000)}`
    : meaning
}

/** The cause of a status that a `fetch` of the standard, with nothing between it and the service, does not get. */
export function causeOnTheWay(status: number): string | undefined {
  return CAUSES_ON_THE_WAY[status]
}

const CAUSES_ON_THE_WAY: Readonly<Record<number, string>> = {
  0: 'a fetch in the mode no-cors and Response.error() give such an answer, so let the option fetch return what the service answered',
  407: 'a proxy on the way asks for a user name and a password, so give them to the option fetch, or to what it goes through',
  411: 'the header Content-Length is missing, so let the option fetch, or the proxy between, send it, with 0 for an empty body',
  511: 'the network asks for a sign-in of its own, as in a hotel, so sign in to it in a browser first',
}

/** What to do after a 429. */
export function describeWait(retryAfterMs: number | undefined): string {
  const isTold = retryAfterMs !== undefined && retryAfterMs > 0
  return `wait ${isTold ? inWords(retryAfterMs) : '10 minutes or more'} before the next request, since repeaters are blocked`
}

/** A time in words: `1 s`, `90 s`, `10 minutes`; rounded up. */
function inWords(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`
}

/** A sentence with what the service said, to be appended to a message; empty where it said nothing. */
export function quoteProblem({ detail, title, oauthError, invalidArguments }: Problem): string {
  const said = detail ?? title ?? oauthError
  const named = invalidArguments && nameArguments(invalidArguments)
  if (said === undefined) return named === undefined ? '' : ` It names ${named}.`
  return ` It says: ${said.replace(/\.$/, '')}${named === undefined ? '' : ` (${named})`}.`
}

/** The first of the arguments that a service takes for wrong, each with what is wrong with it. */
function nameArguments(all: readonly InvalidArgument[]): string {
  const named = all
    .slice(0, 3)
    .map(({ field, description }) => (description ? `${field}: ${description}` : field))
  return named.join('; ').replace(/\.$/, '') + (all.length > 3 ? '; and more' : '')
}

function kindOf(status: number): RefusalKind {
  if (status === 401) return 'UNAUTHORIZED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 429) return 'RATE_LIMITED'
  return status === 408 || status >= 500 ? 'UNAVAILABLE' : 'REFUSED'
}

/**
 * Reads what a refusal says: the fields of a JSON object, or the text of a body that is neither JSON nor
 * HTML. Cleaned of control characters, cut, and left out where it repeats a secret.
 *
 * @param isEcho - knows what was sent and must not come back in an error
 */
export function readProblem(body: string, isEcho: EchoCheck): Problem {
  const text = (value: unknown, limit = 300) => cleanText(value, limit, isEcho)
  const fields = parseJsonObject(body)
  if (!fields) return problemOf({ detail: /^\s*[<{["]/.test(body) ? undefined : text(body) })
  const { title, detail, invalidArguments, error } = fields
  const list = Array.isArray(invalidArguments) ? invalidArguments.slice(0, 20) : []
  const named = list.flatMap((item: InvalidArgument | string | null) => {
    // Some services list the names alone.
    const isName = typeof item === 'string'
    const field = text(isName ? item : item?.field, 80)
    const description = isName ? undefined : text(item?.description)
    return field === undefined ? [] : [{ field, ...(description !== undefined && { description }) }]
  })
  return problemOf({
    title: text(title, 80),
    detail: text(
      detail ??
        fields['error_description'] ??
        fields['errorDescription'] ??
        fields['message'] ??
        fields['errorMessage'] ??
        fields['fail'] ??
        messageOf(error) ??
        messageOf(Object(fields['errors'])[0]),
    ),
    invalidArguments: named.length > 0 ? named : undefined,
    oauthError: text(error),
  })
}

/** The words of an error that is an object, or one of a list; it may hold another one in its own `error`. */
function messageOf(error: unknown): unknown {
  const { message, description, errorDescription, error: inner } = Object(error) as Fields
  const said = message ?? description ?? errorDescription
  return said ?? (typeof inner === 'object' ? inner && messageOf(inner) : inner)
}

function problemOf(problem: Problem): Problem {
  const { title, detail, invalidArguments, oauthError } = problem
  const all = { title, detail, invalidArguments, oauthError }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** What looks like a JWT or like an `Authorization` header is one, sent or not. */
const LOOKS_SECRET =
  /eyJ[\w-]{9}|[Bb]earer [\w.~+/-]{0,30}\d|oauth_(?:consumer_key|nonce|signature|timestamp|token|token_secret|verifier)=["\w]/

/** A service's text made fit to be shown: on one line, cut, and undefined where it repeats a part of what is secret. */
export function cleanText(value: unknown, limit: number, isEcho: EchoCheck): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value
    .slice(0, 2000)
    // Neither control characters nor those that turn the direction of a line.
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  const isSecret = LOOKS_SECRET.test(text) || isEcho(text)
  return text === '' || isSecret ? undefined : text.slice(0, limit)
}
