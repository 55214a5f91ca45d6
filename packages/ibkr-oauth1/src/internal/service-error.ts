/**
 * The broker's refusals: what its status and body say, turned into a code and the likely causes.
 * Nothing of the body is quoted.
 */
import {
  describeBody,
  type ErrorDetails,
  type PlatformHeaders,
  parseJsonObject,
  type ReceivedAnswer,
  responseFacts,
  safeTraceId,
} from '@isoauth/core-client'
import type { IbkrOAuth1Error } from '../errors.ts'
import { raise } from './raise.ts'

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
  throw raise('RESPONSE_INVALID', `The answer must be a JSON object; it is ${form}.`, details)
}

/** How far the answer's `Date` is ahead of the time that was signed; NaN where it is hidden. */
export function differenceMs(
  { headers }: { readonly headers: PlatformHeaders },
  signedAtMs: number,
): number {
  return Date.parse(headers.get('date') ?? '') - signedAtMs
}

/** Makes the error for a field that is missing or of another form. */
export function fieldError(field: string, form: string, details: ErrorDetails): IbkrOAuth1Error {
  return raise('RESPONSE_INVALID', `The answer's ${field} must be ${form}.`, details)
}

/** The first row that holds says what was refused and what to do; later rows are for a 401. */
function refusal(
  status: number,
  error: string,
  differenceMs: number,
  details: ErrorDetails,
): IbkrOAuth1Error {
  const rows: readonly [boolean, Parameters<typeof raise>[0], string][] = [
    [status === 429, 'RATE_LIMITED', 'wait'],
    [
      status >= 500 || [202, 408, 410].includes(status),
      'UNAVAILABLE',
      'maintenance or reset; wait 30 s',
    ],
    [status !== 401, 'REFUSED', 'check baseUrl and userAgent'],
    [
      /invalid consumer/i.test(error),
      'CONSUMER_INVALID',
      'check consumerKey; new ones work after a reset',
    ],
    [/nonce/i.test(error), 'NONCE_USED', 'prepare each request anew'],
    [
      /LST failed|access secret/i.test(error),
      'ACCESS_TOKEN_UNKNOWN',
      'generate a new accessToken in the portal',
    ],
    [Number.isNaN(differenceMs), 'CLOCK_UNKNOWN', `first check this clock, then ${CAUSES}`],
    [
      Math.abs(differenceMs) > CLOCK_TOLERANCE_MS,
      'CLOCK_OFF',
      `set this clock, off by ${Math.round(differenceMs / 1000)} s`,
    ],
    [true, 'UNAUTHORIZED', `the clock is right; ${CAUSES}`],
  ]
  const [, kind, advice] = rows.find(([holds]) => holds) as (typeof rows)[number]
  return raise(kind, `The broker refused (${status}): ${advice}.`, details)
}

const CAUSES =
  'look for swapped keys, unregistered signatureKey or dhParameters, a newer accessToken'
