/**
 * The broker's refusals: what its status and body say, turned into a code and the likely causes.
 * Nothing of the body is quoted.
 */
import {
  describeBody,
  type ErrorDetails,
  parseJsonObject,
  readText,
  responseFacts,
  safeTraceId,
} from '@isoauth/core-client'
import { IbkrOAuth1Error, type IbkrOAuth1ErrorCode } from '../errors.ts'
import { raise } from './raise.ts'

/** The largest answer that is read, in bytes. */
export const BODY_LIMIT_BYTES = 65_536
/** A clock this far off, in milliseconds, is taken for the cause of a 401. */
export const CLOCK_TOLERANCE_MS = 30_000

/** What an answer is judged by. */
export interface AnswerContext {
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number
  /** By how much the clock that signed differs from the answer's `Date`; undefined where that is hidden. */
  readonly differenceMs: number | undefined
}

/** A good answer: its fields, and what an error about one of them carries. */
export interface Answer {
  readonly fields: Fields
  readonly details: ErrorDetails
}

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>
type Refusal = readonly [code: IbkrOAuth1ErrorCode, message: string]

/**
 * Reads an answer that should be 200 with a JSON object.
 * @throws {@link IbkrOAuth1Error} for anything else
 */
export async function readAnswer(response: Response, context: AnswerContext): Promise<Answer> {
  const facts = responseFacts(response, context.now)
  const text = await readText(raise, response, facts, BODY_LIMIT_BYTES)
  const fields = parseJsonObject(text)
  const error = errorText(fields)
  const traceId = safeTraceId(/\bid: ?([\w.:-]+)/.exec(error)?.[1]) ?? facts.traceId
  const details: ErrorDetails = { ...facts, ...(traceId !== undefined && { traceId }) }
  if (response.status === 200 && fields !== undefined && error === '') return { fields, details }
  if (response.status === 200) throw unreadable(text, fields, details)
  const [code, message] = refusalOf(response.status, error, context)
  throw new IbkrOAuth1Error(message, { ...details, code })
}

function unreadable(text: string, fields: Fields | undefined, details: ErrorDetails) {
  const found = fields === undefined ? describeBody(text) : 'an error'
  return raise('RESPONSE_INVALID', `The answer should be a JSON object; it is ${found}.`, details)
}

/** Makes the error for a field that is missing or of another form. */
export function fieldError(field: string, form: string, details: ErrorDetails): IbkrOAuth1Error {
  return raise('RESPONSE_INVALID', `The answer's ${field} should be ${form}.`, details)
}

function errorText(fields: Fields | undefined): string {
  const error = fields?.['error']
  if (error === undefined || error === null || error === '') return ''
  return typeof error === 'string' ? error : 'unknown'
}

function refusalOf(status: number, error: string, context: AnswerContext): Refusal {
  if (status === 401) return unauthorized(error, context)
  if (status === 429) {
    return [
      'IBKR_OAUTH1_RATE_LIMITED',
      'Too many requests (429). Wait before the next one: the broker blocks an address for ten minutes or more.',
    ]
  }
  if (status === 403) {
    return [
      'IBKR_OAUTH1_REFUSED',
      'The broker refused the request (403). Its edge does so without a User-Agent; check the option userAgent, and whether the address is blocked.',
    ]
  }
  if (status === 202 || status === 408 || status === 410 || status >= 500) {
    return [
      'IBKR_OAUTH1_UNAVAILABLE',
      `The service is not ready (${status}): maintenance, the nightly reset, or (410) a stale session. Wait half a minute or more before the next try.`,
    ]
  }
  return [
    'IBKR_OAUTH1_REFUSED',
    `The broker refused the request (${status}). Check the base URL and the parameters.`,
  ]
}

function unauthorized(error: string, { differenceMs }: AnswerContext): Refusal {
  if (/invalid consumer/i.test(error)) {
    return [
      'IBKR_OAUTH1_CONSUMER_INVALID',
      'The broker does not know the consumer key (401, invalid consumer). It must be in upper case without blanks, with its own realm; a new key works only after the broker’s next reset, overnight or over the weekend.',
    ]
  }
  if (/nonce/i.test(error)) {
    return [
      'IBKR_OAUTH1_NONCE_USED',
      'The nonce was used before (401): a signed request is good for one use. Prepare a new one.',
    ]
  }
  if (/LST failed|access secret/i.test(error)) {
    return [
      'IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN',
      'The broker does not know the access token (401). Generate a new one in the portal; it may take effect after the next reset.',
    ]
  }
  if (differenceMs === undefined) {
    return [
      'IBKR_OAUTH1_CLOCK_UNKNOWN',
      `The broker refused the signature (401), and the answer's Date cannot be read here, so the clock could not be compared. First check this machine's clock; then: ${CAUSES}`,
    ]
  }
  if (Math.abs(differenceMs) > CLOCK_TOLERANCE_MS) {
    const seconds = Math.round(Math.abs(differenceMs) / 1000)
    const way = differenceMs > 0 ? 'behind' : 'ahead of'
    return [
      'IBKR_OAUTH1_CLOCK_OFF',
      `The broker refused the signature (401), and this clock is ${seconds} s ${way} the server's. Set the clock.`,
    ]
  }
  return [
    'IBKR_OAUTH1_UNAUTHORIZED',
    `The broker refused the signature (401); the clock is right. ${CAUSES}`,
  ]
}

const CAUSES =
  'signatureKey and encryptionKey may be swapped, signatureKey may not be the registered one, the access token may have been generated anew (which makes the old secret void), or dhParameters may not be the registered ones.'
