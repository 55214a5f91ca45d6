/**
 * Errors of core-crypto about an option become this package's, which name the option.
 */
import { CryptoError } from '@isoauth/core-crypto'
import { raise } from './raise.ts'

/**
 * Runs work on an option. A `CryptoError` becomes `IBKR_OAUTH1_OPTION_INVALID` and is kept as
 * `cause`: it is ours, and free of secrets. Anything else (of a caller's signing function) stays.
 */
export function aboutOption<T>(option: string, work: () => T): T {
  const fail = (error: unknown): never => {
    if (!(error instanceof CryptoError) || error.code === 'CRYPTO_WEBCRYPTO_UNAVAILABLE')
      throw error
    throw raise('OPTION_INVALID', `Option ${option}: ${error.message}`, { option, cause: error })
  }
  try {
    const result = work()
    return result instanceof Promise ? (result.catch(fail) as T) : result
  } catch (error) {
    return fail(error)
  }
}
