/**
 * The errors of this package.
 */
import { type AnswerDetails, type Problem, refuseOption, ServiceError } from '@isoauth/core-client'
import type { CodedErrorOptions } from '@isoauth/core-crypto'

/** The codes of {@link IbkrSsoError}. The README lists each with its meaning and remedy. */
export type IbkrSsoErrorCode =
  | 'IBKR_SSO_OPTION_INVALID'
  | 'IBKR_SSO_URL_REFUSED'
  | 'IBKR_SSO_REDIRECT_REFUSED'
  | 'IBKR_SSO_NETWORK'
  | 'IBKR_SSO_TIMEOUT'
  | 'IBKR_SSO_RESPONSE_INVALID'
  | 'IBKR_SSO_SESSION_INACTIVE'
  | 'IBKR_SSO_LINK_REFUSED'
  | 'IBKR_SSO_LINK_EXPIRED'
  | 'IBKR_SSO_UNAUTHORIZED'
  | 'IBKR_SSO_FORBIDDEN'
  | 'IBKR_SSO_RATE_LIMITED'
  | 'IBKR_SSO_UNAVAILABLE'
  | 'IBKR_SSO_REFUSED'

/** What an {@link IbkrSsoError} is built from. */
export type IbkrSsoErrorOptions = CodedErrorOptions<IbkrSsoErrorCode> & Problem

/** Every error that `@isoauth/ibkr-sso` throws by itself; tell them apart by `code`. */
export class IbkrSsoError extends ServiceError<IbkrSsoErrorCode> {
  override readonly name = 'IbkrSsoError' as const
}

/** The codes of this package without what all have in front. */
type ErrorKind = IbkrSsoErrorCode extends `IBKR_SSO_${infer Kind}` ? Kind : never

/** Makes an {@link IbkrSsoError} with the code that ends in `kind`. */
export function newError(kind: ErrorKind, message: string, details?: AnswerDetails): IbkrSsoError {
  return new IbkrSsoError(message, { ...details, code: `IBKR_SSO_${kind}` })
}

/** Refuses an option; the value is not shown. */
export function refuse(option: string, value: unknown, form: string): never {
  return refuseOption(newError, option, value, form)
}
