/**
 * What an answer means: its fields, or the error it deserves.
 *
 * Source: UltraCart REST API v2, statuses 400, 401, 410, 429 and 500 of `SsoApi`; the others are
 * not documented there.
 */
import type { Answer } from './call.ts'
import { type Kind, raise } from './raise.ts'

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

const REFUSALS: Readonly<Record<number, readonly [Kind, string]>> = {
  400: ['BAD_REQUEST', 'Bad input'],
  401: ['UNAUTHORIZED', 'The key is not accepted'],
  403: ['FORBIDDEN', 'Not allowed; the key may lack sso_write'],
  410: ['APPLICATION_DISABLED', 'UltraCart disabled the application; ask its support'],
  429: ['RATE_LIMITED', 'Too many requests'],
}

/**
 * Reads an answer that should be a JSON object without an error in it.
 * @throws {@link UltraCartSsoError} for anything else
 */
export function readFields(answer: Answer): Fields {
  const length = answer.text?.length ?? 'too many'
  return refuseFailure(answer) ?? malformed(answer, `a JSON object; got ${length} characters`)
}

/**
 * Throws what a failure deserves: another status than 2xx, or an error inside of a 2xx.
 * @returns the fields, where the body is an object
 */
export function refuseFailure({ text, details, clean, headerText }: Answer): Fields | undefined {
  const { status } = details
  const fields = parseFields(text)
  const error = fields?.['error']
  if (status < 300 && !error && fields?.['success'] !== false) return fields
  const [kind, meaning] =
    REFUSALS[status] ??
    ((status < 500 ? ['REFUSED', 'Refused'] : ['UNAVAILABLE', 'The service failed']) as [
      Kind,
      string,
    ])
  // A key beside the error is not for a message either.
  const show = (said: unknown) => clean(said, fields?.['simple_key'])
  const { developer_message: forUs, user_message: forPerson } = Object(error)
  const says = show(forUs) ?? show(headerText) ?? ''
  throw raise(kind, `${meaning} (${status}). ${says}`.trim(), {
    ...details,
    userMessage: show(forPerson),
  })
}

/** Throws the error for an answer that lacks what is needed. */
export function malformed({ details }: Answer, form: string): never {
  throw raise('RESPONSE_INVALID', `The answer should be ${form}.`, details)
}

function parseFields(text: string | undefined): Fields | undefined {
  try {
    // Names that turn a copied object into something else are no data.
    const value = JSON.parse(text ?? '', (name, item) =>
      name === '__proto__' || name === 'constructor' ? undefined : item,
    )
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Fields {
  return Object(value) === value && !Array.isArray(value)
}
