/**
 * The errors of this package, and the refusal of options where no client checks them.
 */
import type { AnswerDetails, InvalidArgument, Problem } from '@isoauth/core-client'
import {
  CodedError,
  type CodedErrorJson,
  type CodedErrorOptions,
  CryptoError,
} from '@isoauth/core-crypto'

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
export type IbkrOAuth1ErrorOptions = CodedErrorOptions<IbkrOAuth1ErrorCode> & Problem

/**
 * Every error that `@isoauth/ibkr-oauth1` throws; tell them apart by `code`. The pure entry has it too, so it is built
 * on core-crypto alone.
 */
export class IbkrOAuth1Error extends CodedError<IbkrOAuth1ErrorCode> {
  override readonly name = 'IbkrOAuth1Error' as const
  declare readonly title: string | undefined
  declare readonly detail: string | undefined
  declare readonly invalidArguments: readonly InvalidArgument[] | undefined
  declare readonly oauthError: string | undefined

  constructor(message: string, options: IbkrOAuth1ErrorOptions) {
    super(message, options, ['title', 'detail', 'invalidArguments', 'oauthError'])
  }

  /** The fields that may be logged: no stack, no cause. */
  declare toJSON: () => CodedErrorJson<IbkrOAuth1ErrorCode> & Problem
}

/** The codes of this package without what all have in front. */
export type ErrorKind = IbkrOAuth1ErrorCode extends `IBKR_OAUTH1_${infer Kind}` ? Kind : never

/** Makes an {@link IbkrOAuth1Error} with the code that ends in `kind`. */
export function newError(
  kind: ErrorKind,
  message: string,
  details?: AnswerDetails,
): IbkrOAuth1Error {
  return new IbkrOAuth1Error(message, { ...details, code: `IBKR_OAUTH1_${kind}` })
}

/** Refuses an option of the pure layer, which does without the option reader of the clients. */
export function refuse(option: string, form: string): never {
  throw newError('OPTION_INVALID', `Option ${option} must be ${form}.`, { option })
}

/**
 * Checks that options are an object at all, where no option reader does. Nothing at all is an object without options,
 * so that what is required is named.
 */
export function requireOptions<O extends object>(options: O, name = 'options'): O {
  if (options === undefined) return {} as O
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options)
  return isObject ? options : refuse(name, 'an object')
}

/** Tells whether something is a text that UTF-8 can hold: one without half of a surrogate pair. */
export function isWellFormed(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Cs}/u.test(value)
}

/** Checks a text of the pure layer. */
export function requireText(value: unknown, option: string): void {
  if (!isWellFormed(value) || !value) {
    refuse(option, 'a non-empty string of well-formed Unicode')
  }
}

/**
 * Runs work on an option. A `CryptoError` becomes `IBKR_OAUTH1_OPTION_INVALID` and is kept as
 * `cause`: it is ours, and free of secrets. Anything else (of a caller's signing function) stays.
 */
export function aboutOption<T>(option: string, work: () => T): T {
  const fail = (error: unknown): never => {
    if (!(error instanceof CryptoError) || error.code === 'CRYPTO_WEBCRYPTO_UNAVAILABLE') {
      throw error
    }
    throw newError('OPTION_INVALID', `Option ${option}: ${error.message}`, { option, cause: error })
  }
  try {
    const result = work()
    return result instanceof Promise ? (result.catch(fail) as T) : result
  } catch (error) {
    return fail(error)
  }
}
