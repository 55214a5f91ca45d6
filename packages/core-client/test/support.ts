/** An error class and a `newError` as a client has them. */
import type { ClientErrorKind, NewError } from '@isoauth/core-client'
import { CodedError, type CodedErrorOptions } from '@isoauth/core-crypto'

export { deferred, failure, settle } from '../../../tests/support/index.ts'

class TestError extends CodedError<ClientErrorKind> {
  override readonly name = 'TestError' as const
  constructor(message: string, options: CodedErrorOptions<ClientErrorKind>) {
    super(message, options)
  }
}

export const newError: NewError = (code, message, details) =>
  new TestError(message, { ...details, code })

/** What a caller reads of an error in the moment it is caught. */
export const toldAtOnce = (error: {
  readonly nextAttemptAtMs?: number
  readonly message: string
}) => ({
  nextAttemptAtMs: error.nextAttemptAtMs,
  isAnnounced: error.message.includes('held back until'),
})
