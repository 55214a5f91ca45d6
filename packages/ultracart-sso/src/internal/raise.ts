/**
 * Shared code raises this package's errors through `raise`.
 */
import type { ClientErrorKind, ErrorDetails } from '@isoauth/core-client'
import {
  UltraCartSsoError,
  type UltraCartSsoErrorCode,
  type UltraCartSsoErrorOptions,
} from '../errors.ts'

/** The endings of this package's codes. */
export type Kind = EndingOf<UltraCartSsoErrorCode>
type EndingOf<Code> = Code extends `ULTRACART_SSO_${infer Ending}` ? Ending : never

/** Makes an {@link UltraCartSsoError}. */
export function raise(
  kind: Kind | ClientErrorKind,
  message: string,
  details?: ErrorDetails & Omit<UltraCartSsoErrorOptions, 'code'>,
): UltraCartSsoError {
  return new UltraCartSsoError(message, { ...details, code: `ULTRACART_SSO_${kind}` })
}

/** Makes an error after which the person has to sign in anew. */
export const again: typeof raise = (kind, what, details) =>
  raise(kind, `The login ${what}. Start a new login.`, details)

/** Refuses an option; `form` says what it must be and where that comes from, never what it is. */
export function refuse(option: string, form: string): never {
  throw raise('OPTION_INVALID', `Option ${option} must be ${form}.`, { option })
}
