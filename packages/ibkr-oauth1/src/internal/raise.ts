/**
 * Makes this package's errors; shared code raises them through `raise` too.
 */
import type { ErrorDetails } from '@isoauth/core-client'
import { IbkrOAuth1Error, type IbkrOAuth1ErrorCode } from '../errors.ts'

type Kind = IbkrOAuth1ErrorCode extends `IBKR_OAUTH1_${infer K}` ? K : never

/** Makes an {@link IbkrOAuth1Error} with the code that ends in `kind`. */
export function raise(kind: Kind, message: string, details?: ErrorDetails): IbkrOAuth1Error {
  return new IbkrOAuth1Error(message, { ...details, code: `IBKR_OAUTH1_${kind}` })
}

/** Refuses an option of the pure layer, which does without the checks of the clients. */
export function refuse(option: string, form: string): never {
  throw raise('OPTION_INVALID', `Option ${option} must be ${form}.`, { option })
}
