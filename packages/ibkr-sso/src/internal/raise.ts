/**
 * Shared code raises this package's errors through these.
 */
import {
  type AnswerDetails,
  type ClientErrorKind,
  type RefusalKind,
  refuseOption,
} from '@isoauth/core-client'
import { IbkrSsoError } from '../errors.ts'

/** The endings of this package's own codes. */
type Kind = ClientErrorKind | RefusalKind | 'SESSION_INACTIVE' | 'LINK_REFUSED' | 'LINK_EXPIRED'

/** Makes an {@link IbkrSsoError}. */
export function raise(kind: Kind, message: string, details?: AnswerDetails): IbkrSsoError {
  return new IbkrSsoError(message, { ...details, code: `IBKR_SSO_${kind}` })
}

/** Refuses an option; the value is not shown. */
export function refuse(option: string, value: unknown, form: string): never {
  return refuseOption(raise, option, value, form)
}
