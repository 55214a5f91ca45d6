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
import type { IbkrOAuth1Error } from '../errors.ts'
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
/**
 * Reads an answer that should be 200 with a JSON object.
 * @throws {@link IbkrOAuth1Error} for anything else
 */
export async function readAnswer(response: Response, context: AnswerContext): Promise<Answer> {
  const { status } = response
  const facts = responseFacts(response, context.now)
  const text = await readText(raise, response, facts, BODY_LIMIT_BYTES)
  const fields = parseJsonObject(text)
  const error = fields?.['error'] ? String(fields['error']) : ''
  const traceId = safeTraceId(/\bid: ?([\w.:-]+)/.exec(error)?.[1]) ?? facts.traceId
  const details = { ...facts, traceId }
  if (status !== 200) throw refusal(status, error, context, details)
  if (fields && !error) return { fields, details }
  const found = fields ? 'an error' : describeBody(text)
  throw raise('RESPONSE_INVALID', `The answer should be a JSON object; it is ${found}.`, details)
}

/** How far the answer's `Date` is ahead of the time that was signed; undefined where it is hidden. */
export function differenceMs(date: string | null, signedAtMs: number): number | undefined {
  const difference = Date.parse(date ?? '') - signedAtMs
  return Number.isNaN(difference) ? undefined : difference
}

/** Makes the error for a field that is missing or of another form. */
export function fieldError(field: string, form: string, details: ErrorDetails): IbkrOAuth1Error {
  return raise('RESPONSE_INVALID', `The answer's ${field} should be ${form}.`, details)
}

function refusal(
  status: number,
  error: string,
  { differenceMs }: AnswerContext,
  details: ErrorDetails,
): IbkrOAuth1Error {
  const refused = (kind: Parameters<typeof raise>[0], advice: string) =>
    raise(kind, `The broker refused (${status}): ${advice}.`, details)
  if (status === 429) return refused('RATE_LIMITED', 'wait, or the address is blocked')
  if (status >= 500 || [202, 408, 410].includes(status)) {
    return refused('UNAVAILABLE', 'maintenance, reset or stale session; wait half a minute')
  }
  if (status !== 401) return refused('REFUSED', 'check baseUrl, userAgent (403) and parameters')
  for (const [pattern, kind, advice] of UNAUTHORIZED) {
    if (pattern.test(error)) return refused(kind, advice)
  }
  if (differenceMs === undefined) {
    return refused(
      'CLOCK_UNKNOWN',
      `first check this clock, as Date is hidden; then look ${CAUSES}`,
    )
  }
  if (Math.abs(differenceMs) > CLOCK_TOLERANCE_MS) {
    return refused('CLOCK_OFF', `set this clock, off by ${Math.round(differenceMs / 1000)} s`)
  }
  return refused('UNAUTHORIZED', `the clock is right; look ${CAUSES}`)
}

/** What the broker's own words tell. */
const UNAUTHORIZED = [
  [
    /invalid consumer/i,
    'CONSUMER_INVALID',
    'unknown consumerKey; upper case, as stored; a new one works after the next reset',
  ],
  [/nonce/i, 'NONCE_USED', 'nonce used before; prepare each request anew'],
  [
    /LST failed|access secret/i,
    'ACCESS_TOKEN_UNKNOWN',
    'unknown accessToken; generate a new one in the portal',
  ],
] as const

const CAUSES =
  'for swapped keys, a signatureKey or dhParameters not registered, a token generated anew'
