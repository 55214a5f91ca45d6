/**
 * The errors of this package.
 */
import { type AnswerDetails, type Problem, ServiceError } from '@isoauth/core-client'
import type { CodedErrorOptions } from '@isoauth/core-crypto'

/** The codes of {@link IbkrOAuth2Error}. The README lists each with its meaning and remedy. */
export type IbkrOAuth2ErrorCode =
  | 'IBKR_OAUTH2_OPTION_INVALID'
  | 'IBKR_OAUTH2_URL_REFUSED'
  | 'IBKR_OAUTH2_REDIRECT_REFUSED'
  | 'IBKR_OAUTH2_NETWORK'
  | 'IBKR_OAUTH2_TIMEOUT'
  | 'IBKR_OAUTH2_RESPONSE_INVALID'
  | 'IBKR_OAUTH2_ASSERTION_REFUSED'
  | 'IBKR_OAUTH2_CLOCK_OFF'
  | 'IBKR_OAUTH2_UNAUTHORIZED'
  | 'IBKR_OAUTH2_FORBIDDEN'
  | 'IBKR_OAUTH2_RATE_LIMITED'
  | 'IBKR_OAUTH2_UNAVAILABLE'
  | 'IBKR_OAUTH2_REFUSED'

/** What an {@link IbkrOAuth2Error} is built from. */
export type IbkrOAuth2ErrorOptions = CodedErrorOptions<IbkrOAuth2ErrorCode> & Problem

/** Every error that `@isoauth/ibkr-oauth2` throws; tell them apart by `code`. */
export class IbkrOAuth2Error extends ServiceError<IbkrOAuth2ErrorCode> {
  override readonly name = 'IbkrOAuth2Error' as const
}

/** The codes of this package without what all have in front. */
type ErrorKind = IbkrOAuth2ErrorCode extends `IBKR_OAUTH2_${infer Kind}` ? Kind : never

/** Makes an {@link IbkrOAuth2Error} with the code that ends in `kind`. */
export function newError(
  kind: ErrorKind,
  message: string,
  details?: AnswerDetails,
): IbkrOAuth2Error {
  return new IbkrOAuth2Error(message, { ...details, code: `IBKR_OAUTH2_${kind}` })
}
