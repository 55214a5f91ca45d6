/**
 * The errors of the clients: each makes its own class through a {@link NewError}, and that class may
 * carry what the service said. Of exceptions of other people's code only name and code are kept: a
 * `fetch` may put the whole request, its keys included, into one.
 */
import { CodedError, type CodedErrorJson, type CodedErrorOptions } from '@isoauth/core-crypto'

/** The endings of the codes that this package gives errors; a client puts its own prefix before them. */
export type ClientErrorKind =
  | 'OPTION_INVALID'
  | 'URL_REFUSED'
  | 'REDIRECT_REFUSED'
  | 'NETWORK'
  | 'TIMEOUT'
  | 'RESPONSE_INVALID'

/** Details that go with an error made by this package. */
export type ErrorDetails = Omit<CodedErrorOptions, 'code'>

/** Makes the error of the client at hand: `newError('TIMEOUT', …)` gives `IBKR_OAUTH1_TIMEOUT` and the like. */
export type NewError = (kind: ClientErrorKind, message: string, details?: ErrorDetails) => Error

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

  constructor(message: string, options: CodedErrorOptions<Code> & Problem) {
    super(message, options, ['title', 'detail', 'invalidArguments', 'oauthError'])
  }

  /** The fields that may be logged: no stack, no cause. */
  declare toJSON: () => CodedErrorJson<Code> & Problem
}

/** Names such as `TypeError` and `DOMException`. */
const NAME = /^[A-Z][A-Za-z]{0,39}$/
/** Codes such as `ECONNREFUSED` and `UND_ERR_SOCKET`. */
const CODE = /^[A-Z][A-Z0-9_]{0,39}$/

/**
 * Makes what an error may carry as `cause`: the exception's name and its code (or that of its own
 * cause, where Node's `fetch` has it), and nothing else of it.
 */
export function withoutContent(exception: unknown): Error {
  const code = codeOf(exception) ?? codeOf(fieldOf(exception, 'cause'))
  const copy = new Error(
    `The fetch function failed${code === undefined ? '' : ` (${code})`}; its own message may quote the request and is left out.`,
  )
  const name = fieldOf(exception, 'name')
  // Shown by `inspect`, and no property of its own where the platform's errors have none.
  const facts = { name: matching(name, NAME) ?? 'Error', ...(code !== undefined && { code }) }
  for (const [field, value] of Object.entries(facts)) {
    Object.defineProperty(copy, field, { value, configurable: true, writable: true })
  }
  // It begins with the name of another class.
  copy.stack = `${facts.name}: ${copy.message}`
  return copy
}

function codeOf(exception: unknown): string | undefined {
  return matching(fieldOf(exception, 'code'), CODE)
}

function matching(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return (value as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}
