/**
 * Errors of all `@isoauth` packages: one abstract base, one class per package, identity by `code`; and how
 * this package refuses a parameter: it names the parameter and the form expected, never the value.
 */

/** What every error of an `@isoauth` package is built from. */
export interface CodedErrorOptions<Code extends string = string> {
  /** The identity of the error: public API, never changed within a major version. */
  readonly code: Code
  /** A network failure's exception, never one of a parser or constructor (those quote their input). */
  readonly cause?: unknown
  /** The option or parameter at fault; always given with an `…_OPTION_INVALID` code. */
  readonly option?: string | undefined
  /** HTTP status of a server's answer. */
  readonly status?: number | undefined
  /** The server's own number for the request, to quote to its support. */
  readonly traceId?: string | undefined
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** Sign-in is held back until then, in milliseconds since 1970 on this machine's clock. */
  readonly nextAttemptAtMs?: number | undefined
}

/** What {@link CodedError.toJSON} returns: the fields that are set. */
export interface CodedErrorJson<Code extends string = string> {
  readonly name: string
  readonly code: Code
  readonly message: string
  readonly option?: string
  readonly status?: number
  readonly traceId?: string
  readonly retryAfterMs?: number
  readonly nextAttemptAtMs?: number
}

/** Where the pages about the codes are: each at its code in lower case. */
const ERROR_PAGES = 'https://isoauth.github.io/isoauth/errors/'

/** The fields of an error that may be logged, beside its name and message. */
const FIELDS = ['code', 'option', 'status', 'traceId', 'retryAfterMs', 'nextAttemptAtMs'] as const

/**
 * The base of every error thrown by an `@isoauth` package.
 *
 * Compare `code` (see {@link hasCode}) and not `instanceof`: with two copies of a package in one
 * tree, `instanceof` is wrong. Messages are for people and may change; they never hold a secret or
 * the value that was refused.
 *
 * @example
 * ```ts
 * class MyError extends CodedError<'MY_OPTION_INVALID' | 'MY_TIMEOUT'> {
 *   override readonly name = 'MyError' as const
 * }
 * ```
 */
export abstract class CodedError<Code extends string = string> extends Error {
  declare readonly code: Code
  /** The option or parameter at fault; always set with an `…_OPTION_INVALID` code. */
  declare readonly option: string | undefined
  /** HTTP status of the server's answer, where there was one. */
  declare readonly status: number | undefined
  /** The server's own number for the request, where it gave one. */
  declare readonly traceId: string | undefined
  /** How long the server asked to wait, in milliseconds, where it did. */
  declare readonly retryAfterMs: number | undefined
  /** Where sign-in is held back: when the next attempt may be, in milliseconds since 1970 on this machine's clock. */
  declare readonly nextAttemptAtMs: number | undefined

  /** @param further - fields of the class's own: copied from `options` and logged like the others */
  constructor(message: string, options: CodedErrorOptions<Code>, further: readonly string[] = []) {
    if (typeof message !== 'string' || typeof options?.code !== 'string') {
      refuse('options', 'an object with the code of the error, beside its message as a string')
    }
    // Of its options Error reads `cause` alone, and one that is undefined would become a property.
    super(message, options.cause ? options : undefined)
    for (const field of [...FIELDS, ...further]) {
      const value = (options as unknown as Record<string, unknown>)[field]
      // Only what is known becomes a property, so that a print of the error stays short.
      if (value !== undefined) (this as Record<string, unknown>)[field] = value
    }
  }

  /** The address of the page about this code: its causes, and what to check in which order. */
  get docs(): string {
    return ERROR_PAGES + this.code.toLowerCase()
  }

  /** The fields that may be logged: no stack, no cause. */
  toJSON(): CodedErrorJson<Code> {
    return { ...(this as CodedErrorJson<Code>), name: this.name, message: this.message }
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
export type CryptoErrorOptions = CodedErrorOptions<CryptoErrorCode>

/** Every error that `@isoauth/core-crypto` throws. */
export class CryptoError extends CodedError<CryptoErrorCode> {
  override readonly name = 'CryptoError' as const
}

/**
 * Tells whether something caught is an error with this code, whichever copy of a package threw it.
 *
 * @param error - anything, as `catch` gives it
 * @param code - the code to look for, compared exactly
 * @returns true when `error` is an object whose `code` is `code`; its `status`, `retryAfterMs` and the like may be read then
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
): error is Error & CodedErrorOptions<Code> {
  return (error as { code?: unknown } | null | undefined)?.code === code
}

/** A {@link CryptoErrorCode} without what all have in front. */
export type CryptoErrorKind = CryptoErrorCode extends `CRYPTO_${infer K}` ? K : never

/** Makes the error whose code ends in `kind`. */
export function newError(kind: CryptoErrorKind, message: string, option?: string): CryptoError {
  return new CryptoError(message, { code: `CRYPTO_${kind}`, option })
}

/** Throws `CRYPTO_OPTION_INVALID` about a parameter that has another form than expected. */
export function refuse(option: string, form: string): never {
  throw newError('OPTION_INVALID', `${option} must be ${form}.`, option)
}

/** Refuses anything but an object of parameters. */
export function requireObject(value: unknown, option: string, form: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(option, form)
}

export function requireString(value: unknown, option: string): asserts value is string {
  if (typeof value !== 'string') refuse(option, 'a string')
}

export function requireBigInt(value: unknown, option: string): asserts value is bigint {
  if (typeof value !== 'bigint') refuse(option, 'a bigint')
}
