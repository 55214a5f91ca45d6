/**
 * What an answer means: its fields, or the error it deserves.
 *
 * Source: UltraCart REST API v2, statuses 400, 401, 410, 429 and 500 of `SsoApi`; the others are
 * not documented there.
 */
import { parseJsonObject } from '@isoauth/core-client'
import type { Answer } from './call.ts'
import { type Kind, raise } from './raise.ts'

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

const REFUSALS: Readonly<Record<number, readonly [Kind, string]>> = {
  400: ['BAD_REQUEST', 'Refused'],
  401: ['UNAUTHORIZED', 'The key is wrong'],
  403: ['FORBIDDEN', 'The key may lack sso_write'],
  410: ['APPLICATION_DISABLED', 'The application is off'],
  429: ['RATE_LIMITED', 'Refused'],
}

/**
 * Reads an answer that should be a JSON object without an error in it.
 * @throws {@link UltraCartSsoError} for anything else
 */
export function readFields(answer: Answer): Fields {
  return refuseFailure(answer) ?? malformed(answer, 'fields')
}

/**
 * Throws what a failure deserves: another status than 2xx, or an error inside of a 2xx.
 * @returns the fields, where the body is an object
 */
export function refuseFailure(answer: Answer): Fields | undefined {
  const { text, status, clean, headerText } = answer
  const fields = parseJsonObject(text)
  const error = fields?.['error']
  if (status < 300 && !error && fields?.['success'] !== false) return fields
  const [kind, meaning] =
    REFUSALS[status] ??
    ((status < 500 ? ['REFUSED', 'Refused'] : ['UNAVAILABLE', 'Failed']) as [Kind, string])
  // A key beside the error is not for a message either.
  const show = (said: unknown) => clean(said, fields?.['simple_key'])
  const { developer_message: forUs, user_message: forPerson } = Object(error)
  const says = show(forUs) ?? show(headerText) ?? ''
  throw raise(kind, `${meaning} (${status}). ${says}`.trim(), {
    ...answer,
    userMessage: show(forPerson),
  })
}

/** Throws the error for an answer that lacks what is needed. */
export function malformed(answer: Answer, what: string): never {
  throw raise('RESPONSE_INVALID', `The answer should be JSON with ${what}.`, answer)
}
