/**
 * The errors of this package.
 */
import { CodedError, type CodedErrorOptions } from '@isoauth/core-crypto'

/** The codes of {@link IbkrOAuth1Error}. The README lists each with its meaning and remedy. */
export type IbkrOAuth1ErrorCode =
  | 'IBKR_OAUTH1_OPTION_INVALID'
  | 'IBKR_OAUTH1_URL_REFUSED'
  | 'IBKR_OAUTH1_REDIRECT_REFUSED'
  | 'IBKR_OAUTH1_NETWORK'
  | 'IBKR_OAUTH1_TIMEOUT'
  | 'IBKR_OAUTH1_RESPONSE_INVALID'
  | 'IBKR_OAUTH1_SECRET_DECRYPTION_FAILED'
  | 'IBKR_OAUTH1_DH_RESPONSE_RANGE'
  | 'IBKR_OAUTH1_LST_SIGNATURE_MISMATCH'
  | 'IBKR_OAUTH1_CONSUMER_INVALID'
  | 'IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN'
  | 'IBKR_OAUTH1_NONCE_USED'
  | 'IBKR_OAUTH1_CLOCK_OFF'
  | 'IBKR_OAUTH1_CLOCK_UNKNOWN'
  | 'IBKR_OAUTH1_UNAUTHORIZED'
  | 'IBKR_OAUTH1_RATE_LIMITED'
  | 'IBKR_OAUTH1_UNAVAILABLE'
  | 'IBKR_OAUTH1_REFUSED'
  | 'IBKR_OAUTH1_CALLBACK_INVALID'
  | 'IBKR_OAUTH1_CALLBACK_MISMATCH'
  | 'IBKR_OAUTH1_CALLBACK_REFUSED'

/** What an {@link IbkrOAuth1Error} is built from. */
export type IbkrOAuth1ErrorOptions = CodedErrorOptions<IbkrOAuth1ErrorCode>

/** Every error that `@isoauth/ibkr-oauth1` throws; tell them apart by `code`. */
export class IbkrOAuth1Error extends CodedError<IbkrOAuth1ErrorCode> {
  override readonly name = 'IbkrOAuth1Error' as const
}
