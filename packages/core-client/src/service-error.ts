/**
 * Errors that carry what the service said: problem details (RFC 9457) or an OAuth error (RFC 6749
 * section 5.2), cleaned, shortened, and left out where it repeats a secret.
 */
import { CodedError, type CodedErrorJson, type CodedErrorOptions } from '@isoauth/core-crypto'

/** A field that the service refused. */
export interface InvalidArgument {
  readonly field: string
  readonly description?: string
}

/** What a service says of its refusal. */
export interface Problem {
  /** The problem's short name, such as `Bad Request`. */
  readonly title?: string | undefined
  /** The service's explanation: `detail`, or `error_description`. */
  readonly detail?: string | undefined
  readonly invalidArguments?: readonly InvalidArgument[] | undefined
  /** The `error` of an OAuth error, such as `invalid_client`. */
  readonly oauthError?: string | undefined
}

/** The base of errors that carry a {@link Problem}. */
export abstract class ServiceError<Code extends string> extends CodedError<Code> {
  declare readonly title: string | undefined
  declare readonly detail: string | undefined
  declare readonly invalidArguments: readonly InvalidArgument[] | undefined
  declare readonly oauthError: string | undefined

  protected constructor(message: string, options: CodedErrorOptions<Code> & Problem) {
    super(message, options, ['title', 'detail', 'invalidArguments', 'oauthError'])
  }

  /** The fields that may be logged: no stack, no cause. */
  declare toJSON: () => CodedErrorJson<Code> & Problem
}

/** Reads a {@link Problem} from the body of a refusal. */
export function readProblem(
  fields: Readonly<Record<string, unknown>> | undefined,
  secrets: readonly string[],
): Problem {
  if (fields === undefined) return {}
  const text = (value: unknown, limit = 300) => cleanText(value, limit, secrets)
  const { title, detail, invalidArguments, error } = fields
  const list = Array.isArray(invalidArguments) ? invalidArguments.slice(0, 20) : []
  const named = list.flatMap((item: InvalidArgument | null) => {
    const field = text(item?.field, 80)
    const description = text(item?.description)
    return field === undefined ? [] : [{ field, ...(description !== undefined && { description }) }]
  })
  return problemOf({
    title: text(title, 80),
    detail: text(detail ?? fields['error_description'] ?? fields['errorDescription']),
    invalidArguments: named.length > 0 ? named : undefined,
    oauthError: text(error, 80),
  })
}

function problemOf(problem: Problem): Problem {
  const { title, detail, invalidArguments, oauthError } = problem
  const all = { title, detail, invalidArguments, oauthError }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function cleanText(value: unknown, limit: number, secrets: readonly string[]): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value
    .slice(0, 2000)
    // Neither control characters nor those that turn the direction of a line.
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return text === '' || repeats(text, secrets) ? undefined : text.slice(0, limit)
}

/** True where a text looks like a token, or shares 12 characters in a row with a secret. */
function repeats(text: string, secrets: readonly string[]): boolean {
  if (/eyJ[\w-]{9}/.test(text)) return true
  const count = Math.max(0, text.length - 11)
  const parts = Array.from({ length: count }, (_, at) => text.slice(at, at + 12))
  return secrets.some(
    (secret) => text.includes(secret) || parts.some((part) => secret.includes(part)),
  )
}
