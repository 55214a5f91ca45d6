/**
 * The broker's answers: their fields, or what status and body say of a refusal, turned into a code and
 * the likely causes. Nothing of the body is quoted.
 */
import {
  describeBody,
  type ErrorDetails,
  type PlatformHeaders,
  parseHttpDate,
  parseJsonObject,
  type ReceivedAnswer,
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
}

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * Reads an answer that should be 200 with a JSON object.
 *
 * @param now - this machine's time, in milliseconds since 1970
 * @param differenceMs - how far the answer's `Date` is ahead of the time that was signed; NaN where it
 *   is hidden
 * @throws {@link IbkrOAuth1Error} for anything else
 */
export function readAnswer(
  { status, headers, text, isCut }: ReceivedAnswer,
  now: () => number,
  differenceMs: number,
): Answer {
  const facts = responseFacts({ status, headers }, now)
  const fields = parseJsonObject(text)
  const found = fields?.['error'] || ''
  const error = typeof found === 'string' ? found : 'unknown'
  const traceId = safeTraceId(/\bid: ?([\w.:-]+)/.exec(error)?.[1]) ?? facts.traceId
  const details = { ...facts, traceId }
  if (facts.status !== 200) throw refusal(facts.status, error, differenceMs, details)
  if (fields && !error) return { fields, details }
  const form = isCut ? 'larger than 65536 bytes' : fields ? 'an error' : describeBody(text)
  throw newError('RESPONSE_INVALID', `The answer must be a JSON object; it is ${form}.`, details)
}

/** How far the answer's `Date` is ahead of the time that was signed; NaN where it is hidden. */
export function differenceMs(
  { headers }: { readonly headers: PlatformHeaders },
  signedAtMs: number,
): number {
  return (parseHttpDate(headers.get('date')) ?? Number.NaN) - signedAtMs
}

/** Makes the error for a field that is missing or of another form. */
export function fieldError(field: string, form: string, details: ErrorDetails): IbkrOAuth1Error {
  return newError('RESPONSE_INVALID', `The answer's ${field} must be ${form}.`, details)
}

interface Cause {
  readonly kind: ErrorKind
  readonly message: string
}

/** Makes the error of a refusal: what was refused, the likely cause, and what to do. */
function refusal(
  status: number,
  error: string,
  differenceMs: number,
  details: ErrorDetails,
): IbkrOAuth1Error {
  const { kind, message } = status === 401 ? causeOf401(error, differenceMs) : causeOfStatus(status)
  return newError(kind, message, details)
}

function causeOfStatus(status: number): Cause {
  if (status === 429) {
    const message =
      'The broker refused one request too many (429): wait before the next one, since repeaters are blocked.'
    return { kind: 'RATE_LIMITED', message }
  }
  if (status >= 500 || [202, 408, 410].includes(status)) {
    const message = `The broker is not ready (${status}), as in its maintenance or the reset of the night: wait 30 s and try again.`
    return { kind: 'UNAVAILABLE', message }
  }
  const message = `The broker refused the request (${status}): check baseUrl and userAgent.`
  return { kind: 'REFUSED', message }
}

/** The broker's words first, then the clock, without which no signature is right. */
function causeOf401(error: string, differenceMs: number): Cause {
  if (/invalid consumer/i.test(error)) {
    const message =
      'The broker does not know the consumer (401): check consumerKey; a new one works after the next reset of the night.'
    return { kind: 'CONSUMER_INVALID', message }
  }
  if (/nonce/i.test(error)) {
    const message =
      'The broker has seen the nonce of this request before (401): prepare each request anew and send it once.'
    return { kind: 'NONCE_USED', message }
  }
  if (/LST failed|access secret/i.test(error)) {
    const message =
      'The broker does not know the access token (401): generate a new accessToken, with its secret, in the portal.'
    return { kind: 'ACCESS_TOKEN_UNKNOWN', message }
  }
  if (Number.isNaN(differenceMs)) {
    const message = `The broker refused the signature (401), and the answer does not tell the time: first check this clock, then ${CAUSES}.`
    return { kind: 'CLOCK_UNKNOWN', message }
  }
  if (Math.abs(differenceMs) > CLOCK_TOLERANCE_MS) {
    const seconds = Math.round(differenceMs / 1000)
    const message = `The broker refused the signature (401): set this clock, which is off by ${seconds} s.`
    return { kind: 'CLOCK_OFF', message }
  }
  const message = `The broker refused the signature (401), and the clock is right: ${CAUSES}.`
  return { kind: 'UNAUTHORIZED', message }
}

const CAUSES =
  'look for swapped keys, a signatureKey or dhParameters other than the registered ones, and a newer accessToken'
