/**
 * Shared code raises this package's errors through these.
 */
import type { AnswerDetails, ClientErrorKind, RefusalKind } from '@isoauth/core-client'
import { IbkrOAuth2Error } from '../errors.ts'

/** Makes an {@link IbkrOAuth2Error} for a kind of error that all clients know. */
export function raise(
  kind: ClientErrorKind | RefusalKind,
  message: string,
  details?: AnswerDetails,
): IbkrOAuth2Error {
  return new IbkrOAuth2Error(message, { ...details, code: `IBKR_OAUTH2_${kind}` })
}
