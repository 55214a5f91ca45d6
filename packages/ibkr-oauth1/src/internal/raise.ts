/**
 * Shared code raises this package's errors through `raise`.
 */
import type { ClientErrorKind, ErrorDetails } from '@isoauth/core-client'
import { IbkrOAuth1Error } from '../errors.ts'

/** Makes an {@link IbkrOAuth1Error} for a kind of error that all clients know. */
export function raise(
  kind: ClientErrorKind,
  message: string,
  details?: ErrorDetails,
): IbkrOAuth1Error {
  return new IbkrOAuth1Error(message, { ...details, code: `IBKR_OAUTH1_${kind}` })
}

/** Refuses an option of the pure layer, which does without the checks of the clients. */
export function refuse(option: string, form: string): never {
  throw raise('OPTION_INVALID', `Option ${option} must be ${form}.`, { option })
}
