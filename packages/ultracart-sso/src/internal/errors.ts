/**
 * The errors of this package, and how they are made.
 */
import type { ErrorDetails } from '@isoauth/core-client'
import {
  CodedError,
  type CodedErrorJson,
  type CodedErrorOptions,
  hasCode as hasCodeOfAny,
} from '@isoauth/core-crypto'

/** The codes of {@link UltraCartSsoError}. The README lists each with its meaning and remedy. */
export type UltraCartSsoErrorCode =
  | 'ULTRACART_SSO_OPTION_INVALID'
  | 'ULTRACART_SSO_WEBCRYPTO_UNAVAILABLE'
  | 'ULTRACART_SSO_URL_REFUSED'
  | 'ULTRACART_SSO_REDIRECT_REFUSED'
  | 'ULTRACART_SSO_NETWORK'
  | 'ULTRACART_SSO_TIMEOUT'
  | 'ULTRACART_SSO_RESPONSE_INVALID'
  | 'ULTRACART_SSO_BAD_REQUEST'
  | 'ULTRACART_SSO_UNAUTHORIZED'
  | 'ULTRACART_SSO_FORBIDDEN'
  | 'ULTRACART_SSO_APPLICATION_DISABLED'
  | 'ULTRACART_SSO_RATE_LIMITED'
  | 'ULTRACART_SSO_UNAVAILABLE'
  | 'ULTRACART_SSO_REFUSED'
  | 'ULTRACART_SSO_CALLBACK_INVALID'
  | 'ULTRACART_SSO_CALLBACK_REFUSED'
  | 'ULTRACART_SSO_CALLBACK_USED'
  | 'ULTRACART_SSO_STATE_MISMATCH'
  | 'ULTRACART_SSO_LOGIN_EXPIRED'
  | 'ULTRACART_SSO_LOGIN_UNKNOWN'

/** The four calls of the service. */
export type UltraCartSsoOperation = 'authorize' | 'token' | 'user' | 'revoke'

export interface UltraCartSsoErrorExtras {
  /** The call that failed, where one was made. */
  readonly operation?: UltraCartSsoOperation | undefined
  /** What the service would have a person read, at most 200 characters. */
  readonly userMessage?: string | undefined
  /** With `ULTRACART_SSO_CALLBACK_REFUSED`: the callback's `error`, where it is a word such as `access_denied`. */
  readonly reason?: string | undefined
}

/** What an {@link UltraCartSsoError} is built from. */
export type UltraCartSsoErrorOptions = CodedErrorOptions<UltraCartSsoErrorCode> &
  UltraCartSsoErrorExtras

/** Every error that `@isoauth/ultracart-sso` throws; tell them apart by `code`. */
export class UltraCartSsoError extends CodedError<UltraCartSsoErrorCode> {
  override readonly name = 'UltraCartSsoError' as const
  /** The call that failed, where one was made. */
  declare readonly operation: UltraCartSsoOperation | undefined
  /** What the service would have a person read, where it says so; untrusted text: escape it. */
  declare readonly userMessage: string | undefined
  /** With `ULTRACART_SSO_CALLBACK_REFUSED`: the callback's `error`, where it is a word such as `access_denied`. */
  declare readonly reason: string | undefined

  constructor(message: string, options: UltraCartSsoErrorOptions) {
    super(message, options, ['operation', 'userMessage', 'reason'])
  }

  /** The fields that may be logged: no stack, no cause. */
  declare toJSON: () => CodedErrorJson<UltraCartSsoErrorCode> & UltraCartSsoErrorExtras
}

/**
 * Tells whether something caught is an error with this code, whichever copy of a package threw it.
 *
 * @param error - anything, as `catch` gives it
 * @param code - the code to look for, compared exactly
 * @returns true when `error` is an object whose `code` is `code`; its `reason`, `operation` and the like may be read then
 */
export const hasCode: <Code extends string>(
  error: unknown,
  code: Code,
) => error is Error & CodedErrorOptions<Code> & UltraCartSsoErrorExtras = hasCodeOfAny

/** The endings of this package's codes. */
export type ErrorKind = EndingOf<UltraCartSsoErrorCode>
type EndingOf<Code> = Code extends `ULTRACART_SSO_${infer Ending}` ? Ending : never

/** Makes an {@link UltraCartSsoError}; shared code makes this package's errors through it. */
export function newError(
  kind: ErrorKind,
  message: string,
  details?: ErrorDetails & UltraCartSsoErrorExtras,
): UltraCartSsoError {
  return new UltraCartSsoError(message, { ...details, code: `ULTRACART_SSO_${kind}` })
}
