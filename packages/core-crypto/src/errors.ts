/**
 * Errors of all `@isoauth` packages: one abstract base, one class per package, identity by `code`.
 */

/** What every error of an `@isoauth` package is built from. */
export interface CodedErrorOptions<Code extends string = string> {
  /** The identity of the error: public API, never changed within a major version. */
  readonly code: Code
  /** A network failure's exception, never one of a parser or constructor (those quote their input). */
  readonly cause?: unknown
}

/** What {@link CodedError.toJSON} returns; subclasses add their own fields. */
export interface CodedErrorJson<Code extends string = string> {
  readonly name: string
  readonly code: Code
  readonly message: string
}

/**
 * The base of every error thrown by an `@isoauth` package.
 *
 * Compare `code` (see {@link hasCode}) and not `instanceof`: with two copies of a package in one
 * tree, `instanceof` is wrong. Messages are for people and may change; they never hold a secret or
 * the value that was refused.
 *
 * @example
 * ```ts
 * class MyError extends CodedError<'MY_STATUS'> {
 *   override readonly name = 'MyError' as const
 *   readonly status: number
 *   constructor(message: string, options: { code: 'MY_STATUS'; status: number }) {
 *     super(message, options)
 *     this.status = options.status
 *   }
 *   override toJSON() {
 *     return { ...super.toJSON(), status: this.status }
 *   }
 * }
 * ```
 */
export abstract class CodedError<Code extends string = string> extends Error {
  readonly code: Code

  protected constructor(message: string, options: CodedErrorOptions<Code>) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
  }

  /** The fields that may be logged: no stack, no cause. */
  toJSON(): CodedErrorJson<Code> {
    return { name: this.name, code: this.code, message: this.message }
  }
}

/** The codes of {@link CryptoError}. The README lists each with its meaning and remedy. */
export type CryptoErrorCode =
  | 'CRYPTO_OPTION_INVALID'
  | 'CRYPTO_ENCODING_INVALID'
  | 'CRYPTO_WEBCRYPTO_UNAVAILABLE'
  | 'CRYPTO_DH_PARAMETERS_INVALID'
  | 'CRYPTO_DH_PUBLIC_KEY_RANGE'
  | 'CRYPTO_KEY_MALFORMED'
  | 'CRYPTO_KEY_ENCRYPTED'
  | 'CRYPTO_KEY_PUBLIC'
  | 'CRYPTO_KEY_CERTIFICATE'
  | 'CRYPTO_KEY_LABEL_UNEXPECTED'
  | 'CRYPTO_KEY_TYPE_UNSUPPORTED'
  | 'CRYPTO_KEY_TOO_SMALL'
  | 'CRYPTO_KEY_TOO_LARGE'
  | 'CRYPTO_KEY_INCONSISTENT'
  | 'CRYPTO_KEY_USAGE'
  | 'CRYPTO_KEY_NOT_EXTRACTABLE'
  | 'CRYPTO_KEY_REFUSED'
  | 'CRYPTO_SIGNATURE_INVALID'
  | 'CRYPTO_RSA_CIPHERTEXT_LENGTH'
  | 'CRYPTO_RSA_CIPHERTEXT_RANGE'
  | 'CRYPTO_RSA_PADDING'
  | 'CRYPTO_RSA_FAULT'

/** What a {@link CryptoError} is built from. */
export interface CryptoErrorOptions extends CodedErrorOptions<CryptoErrorCode> {
  /** The parameter at fault, where there is one. */
  readonly option?: string | undefined
}

/** Every error that `@isoauth/core-crypto` throws. */
export class CryptoError extends CodedError<CryptoErrorCode> {
  override readonly name = 'CryptoError' as const
  /** The parameter at fault, where there is one; always set with `CRYPTO_OPTION_INVALID`. */
  readonly option: string | undefined

  constructor(message: string, options: CryptoErrorOptions) {
    super(message, options)
    this.option = options.option
  }

  override toJSON(): CodedErrorJson<CryptoErrorCode> & { readonly option?: string } {
    return this.option === undefined ? super.toJSON() : { ...super.toJSON(), option: this.option }
  }
}

/**
 * Tells whether something caught is an error with this code, whichever copy of a package threw it.
 *
 * @param error - anything, as `catch` gives it
 * @param code - the code to look for, compared exactly
 * @returns true when `error` is an object whose `code` is `code`
 *
 * @example
 * ```ts
 * try {
 *   parseDhParameters(text)
 * } catch (error) {
 *   if (hasCode(error, 'CRYPTO_DH_PARAMETERS_INVALID')) console.error(error.message)
 *   else throw error
 * }
 * ```
 */
export function hasCode<Code extends string>(
  error: unknown,
  code: Code,
): error is Error & { readonly code: Code } {
  return typeof error === 'object' && error !== null && (error as { code?: unknown }).code === code
}
