/**
 * The broker's answers: their fields, or a refusal: a code by its status and words, what the broker says
 * (cleaned, and free of what was sent), and the likely cause first.
 */
import {
  type AnswerDetails,
  causeOnTheWay,
  createEchoCheck,
  describeBody,
  describeClock,
  describeWait,
  type ErrorDetails,
  type PlatformHeaders,
  type Problem,
  parseHttpDate,
  parseJsonObject,
  quoteProblem,
  type ReceivedAnswer,
  readProblem,
  responseFacts,
  safeTraceId,
} from '@isoauth/core-client'
import { type ErrorKind, type IbkrOAuth1Error, newError } from './errors.ts'

/** A clock this far off, in milliseconds, is taken for the cause of a 401. */
export const CLOCK_TOLERANCE_MS = 30_000

/** A good answer: its fields, and what an error about one of them carries. */
export interface Answer {
  readonly fields: Fields
  readonly details: ErrorDetails
  /** What it says beside its fields, where it says anything. */
  readonly problem: Problem
}

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/** What an answer is judged by. */
export interface AnswerOptions {
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number
  /** How far the answer's `Date` is ahead of the time that was signed; NaN where it is hidden. */
  readonly differenceMs: number
  /** What was sent and must not come back in an error. */
  readonly secrets: readonly string[]
  /** What a signature is refused for where the clock is right: «look for …». */
  readonly causes: string
}

/**
 * Reads an answer that should be 200 with a JSON object.
 * @throws {@link IbkrOAuth1Error} for anything else
 */
export function readAnswer(
  { status, headers, text, cutAtBytes }: ReceivedAnswer,
  { now, differenceMs, secrets, causes }: AnswerOptions,
): Answer {
  const isEcho = createEchoCheck(secrets)
  const facts = responseFacts({ status, headers }, now, isEcho)
  // What is cut counts as no JSON, however much of it came in one piece.
  const fields = cutAtBytes ? undefined : parseJsonObject(text)
  const error = fields?.['error'] || ''
  // The broker's `error` is a sentence, and none of OAuth's codes.
  const { oauthError, ...said } = readProblem(text, isEcho)
  const problem = { ...said, detail: said.detail ?? oauthError }
  // Some refusals are plain text, or have their words elsewhere, beside an error that is the status in words.
  const words = `${typeof error === 'string' ? error : ''} ${problem.detail ?? ''}`
  const traceId = safeTraceId(/\bid: ?([\w.:-]+)/.exec(words)?.[1], isEcho) ?? facts.traceId
  const details = { ...facts, traceId, ...problem }
  if (status !== 200) throw refusal(words, { differenceMs, causes }, details)
  if (fields && !error) return { fields, details: { ...facts, traceId }, problem }
  if (fields) {
    const message = 'The broker refused the request, in an answer with the status 200.'
    throw newError('RESPONSE_INVALID', message + quoteProblem(problem), details)
  }
  const form = cutAtBytes ? `larger than ${cutAtBytes} bytes` : describeBody(text)
  const message = `The answer must be a JSON object; it is ${form}.`
  throw newError('RESPONSE_INVALID', message, { ...facts, traceId })
}

/** How far the answer's `Date` is ahead of the time that was signed; NaN where it is hidden. */
export function differenceMs(
  { headers }: { readonly headers: PlatformHeaders },
  signedAtMs: number,
): number {
  return (parseHttpDate(headers.get('date')) ?? Number.NaN) - signedAtMs
}

/** Makes the error for a field that is missing or of another form. */
export function fieldError(
  { fields, details, problem }: Answer,
  field: string,
  form: string,
): IbkrOAuth1Error {
  // What is said in the place of a field is the reason why it is missing.
  const said = fields[field] === undefined ? quoteProblem(problem) : ''
  return newError('RESPONSE_INVALID', `The answer's ${field} must be ${form}.${said}`, details)
}

interface Cause {
  readonly kind: ErrorKind
  /** What was refused. */
  readonly what: string
  /** The likely cause and what to do; after the broker's own words. */
  readonly remedy: string
}

/** Makes the error of a refusal: what was refused, the broker's words, the likely cause, the remedy. */
function refusal(error: string, about: CausesOf401, details: AnswerDetails): IbkrOAuth1Error {
  const { status } = details
  const { kind, what, remedy } = status === 401 ? causeOf401(error, about) : causeOfStatus(details)
  return newError(kind, `${what} (${status}).${quoteProblem(details)} ${remedy}.`, details)
}

function causeOfStatus({ status = 0, retryAfterMs }: AnswerDetails): Cause {
  if (status === 429) {
    const remedy = capitalized(describeWait(retryAfterMs))
    return { kind: 'RATE_LIMITED', what: 'The broker refused one request too many', remedy }
  }
  const cause = causeOnTheWay(status)
  if (status >= 500 || [202, 408, 410].includes(status)) {
    const maintenance = 'The broker is not ready, as in its maintenance or the reset of the night'
    const wait = `try again in ${Math.ceil((retryAfterMs || 30_000) / 1000)} s`
    if (status === 410) {
      const what = 'The broker has no place for this sign-in'
      const remedy = `A paper account may not be set up yet, or the sign-in may be stale on this host of the broker: ${wait}, then with another host in baseUrl, such as https://1.api.ibkr.com/v1/api`
      return { kind: 'UNAVAILABLE', what, remedy }
    }
    return {
      kind: 'UNAVAILABLE',
      what: cause === undefined ? maintenance : 'The request did not reach the broker',
      remedy: capitalized(cause ?? wait),
    }
  }
  const remedy = capitalized(cause ?? REMEDIES[status] ?? OTHER_REMEDY)
  const what =
    status < 400 ? 'The broker gave no answer of the API' : 'The broker refused the request'
  return { kind: 'REFUSED', what, remedy }
}

const OTHER_REMEDY = 'Check baseUrl, realm and parameterTransport'
const REMEDIES: Readonly<Record<number, string>> = {
  403: 'A firewall answers so: check that userAgent reaches it, and that this address is not blocked',
  404: 'Check baseUrl, which ends in /v1/api at the broker',
}

function capitalized(text: string): string {
  return text[0]?.toUpperCase() + text.slice(1)
}

type CausesOf401 = Pick<AnswerOptions, 'differenceMs' | 'causes'>

/** The broker's words first, then the clock, without which no signature is right. */
function causeOf401(error: string, { differenceMs, causes }: CausesOf401): Cause {
  if (/invalid consumer/i.test(error)) {
    return {
      kind: 'CONSUMER_INVALID',
      what: 'The broker does not know the consumer',
      remedy:
        'Check consumerKey, which has no lower case, and realm; a new consumer works after the next reset of the night',
    }
  }
  if (/nonce/i.test(error)) {
    return {
      kind: 'NONCE_USED',
      what: 'The broker has seen the nonce of this request before',
      remedy: 'Prepare each request anew and send it once',
    }
  }
  if (/\bcallback\b/i.test(error)) {
    return {
      kind: 'UNAUTHORIZED',
      what: 'The broker refused the callback',
      remedy:
        "Look for a callback that is not registered: give the one that is, or 'oob', which stands for it and is all that the legacy API takes",
    }
  }
  const isOff = Math.abs(differenceMs) > CLOCK_TOLERANCE_MS
  // "LST failed" without a reason is also what a wrong time gives.
  const isWithoutReason = /LST failed(, error:)?\s*$/i.test(error)
  if (/LST failed|access secret/i.test(error) && !(isWithoutReason && isOff)) {
    return {
      kind: 'ACCESS_TOKEN_UNKNOWN',
      what: 'The broker does not know the access token',
      remedy: 'Generate a new accessToken, with its secret, in the portal',
    }
  }
  const what = 'The broker refused the signature'
  if (Number.isNaN(differenceMs)) {
    const remedy = `The answer does not tell the time: first check this clock, then ${causes}`
    return { kind: 'CLOCK_UNKNOWN', what, remedy }
  }
  if (isOff) return { kind: 'CLOCK_OFF', what, remedy: describeClock(differenceMs) }
  return { kind: 'UNAUTHORIZED', what, remedy: `The clock is right: ${causes}` }
}
