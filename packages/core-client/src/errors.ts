/**
 * The errors of the clients: each makes its own class through a {@link NewError}, and that class may
 * carry what the service said.
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

  protected constructor(message: string, options: CodedErrorOptions<Code> & Problem) {
    super(message, options, ['title', 'detail', 'invalidArguments', 'oauthError'])
  }

  /** The fields that may be logged: no stack, no cause. */
  declare toJSON: () => CodedErrorJson<Code> & Problem
}
