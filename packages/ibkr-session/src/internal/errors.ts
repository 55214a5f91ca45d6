/**
 * The errors of this package.
 */
import {
  type AnswerDetails,
  type ClientErrorKind,
  type Problem,
  refuseOption,
  ServiceError,
} from '@isoauth/core-client'
import type { CodedErrorOptions } from '@isoauth/core-crypto'

/** The codes of {@link IbkrSessionError}. The README lists each with its meaning and remedy. */
export type IbkrSessionErrorCode =
  | 'IBKR_SESSION_OPTION_INVALID'
  | 'IBKR_SESSION_NETWORK'
  | 'IBKR_SESSION_TIMEOUT'
  | 'IBKR_SESSION_RESPONSE_INVALID'
  | 'IBKR_SESSION_UNAUTHORIZED'
  | 'IBKR_SESSION_FORBIDDEN'
  | 'IBKR_SESSION_RATE_LIMITED'
  | 'IBKR_SESSION_UNAVAILABLE'
  | 'IBKR_SESSION_REFUSED'
  | 'IBKR_SESSION_NO_BRIDGE'
  | 'IBKR_SESSION_GONE'
  | 'IBKR_SESSION_NOT_ELIGIBLE'
  | 'IBKR_SESSION_COMPETING'
  | 'IBKR_SESSION_NOT_READY'
  | 'IBKR_SESSION_OUTCOME_UNKNOWN'
  | 'IBKR_SESSION_CLOSED'

/** What an {@link IbkrSessionError} is built from. */
export type IbkrSessionErrorOptions = CodedErrorOptions<IbkrSessionErrorCode> & Problem

/** Every error that `@isoauth/ibkr-session` throws by itself; tell them apart by `code`. */
export class IbkrSessionError extends ServiceError<IbkrSessionErrorCode> {
  override readonly name = 'IbkrSessionError' as const
}

/** The codes of this package without what all have in front. */
export type Kind = IbkrSessionErrorCode extends `IBKR_SESSION_${infer Kind}` ? Kind : never

/** Makes an {@link IbkrSessionError} with the code that ends in `kind`. */
export function newError(
  kind: Kind | ClientErrorKind,
  message: string,
  details?: AnswerDetails,
): IbkrSessionError {
  // Of core-client's kinds two belong to the connection, which makes its own errors.
  return new IbkrSessionError(message, { ...details, code: `IBKR_SESSION_${kind as Kind}` })
}

/** Makes the error of whatever is asked of a session that was closed. */
export function closedError(): IbkrSessionError {
  return newError('CLOSED', 'The session was closed: create another one.')
}

/** Refuses an option; the value is not shown. */
export function refuse(option: string, value: unknown, form: string): never {
  return refuseOption(newError, option, value, form)
}
