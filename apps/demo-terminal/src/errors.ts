/** The demo's own errors: what a step expected and did not get, and what the person has to mend. */
import { CodedError, type CodedErrorOptions } from '@isoauth/core-crypto'

export type DemoErrorCode =
  /** The arguments do not fit together; exit status 2. */
  | 'DEMO_ARGUMENTS_INVALID'
  /** The configuration file is missing, unreadable or incomplete; exit status 2. */
  | 'DEMO_CONFIG_INVALID'
  /** A service answered with another status, or another form, than the step needs. */
  | 'DEMO_ANSWER_UNEXPECTED'
  /** Something that had to be refused was accepted. */
  | 'DEMO_NOT_REFUSED'

export class DemoError extends CodedError<DemoErrorCode> {
  override readonly name = 'DemoError' as const

  constructor(message: string, options: CodedErrorOptions<DemoErrorCode>) {
    super(message, options)
  }
}
