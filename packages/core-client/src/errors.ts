/**
 * How this package raises the error class of the client that uses it.
 */
import type { CodedErrorOptions } from '@isoauth/core-crypto'

/** The endings of the codes that this package raises; a client puts its own prefix before them. */
export type ClientErrorKind =
  | 'OPTION_INVALID'
  | 'URL_REFUSED'
  | 'REDIRECT_REFUSED'
  | 'NETWORK'
  | 'TIMEOUT'
  | 'RESPONSE_INVALID'

/** Details that go with an error raised by this package. */
export type ErrorDetails = Omit<CodedErrorOptions, 'code'>

/** Makes the error of the client at hand: `raise('TIMEOUT', …)` gives `IBKR_OAUTH1_TIMEOUT` and the like. */
export type Raise = (kind: ClientErrorKind, message: string, details?: ErrorDetails) => Error

/** Makes the error of the client at hand: `newError('TIMEOUT', …)` gives `IBKR_OAUTH1_TIMEOUT` and the like. */
export type NewError = Raise
