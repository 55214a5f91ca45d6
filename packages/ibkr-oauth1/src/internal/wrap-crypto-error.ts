/**
 * Errors of core-crypto about an option become this package's, which name the option.
 */
import { hasCode } from '@isoauth/core-crypto'
import { raise } from './raise.ts'

/**
 * Turns a `CryptoError` about an option into `IBKR_OAUTH1_OPTION_INVALID` and keeps it as `cause`: it
 * is ours, and free of secrets. Anything else (an exception of a caller's signing function) stays.
 */
export function wrapCryptoError(option: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'CryptoError') return error
  if (hasCode(error, 'CRYPTO_WEBCRYPTO_UNAVAILABLE')) return error
  return raise('OPTION_INVALID', `Option ${option}: ${error.message}`, { option, cause: error })
}
