/**
 * The command's own errors: what was asked wrongly, and what could not be read or written.
 */
import { CodedError, type CodedErrorOptions } from '@isoauth/core-crypto'

/** The codes of {@link CliError}. The README lists each with its meaning and remedy. */
export type CliErrorCode =
  | 'CLI_ANSWER_UNREADABLE'
  | 'CLI_ARGUMENTS_INVALID'
  | 'CLI_CONFIG_INVALID'
  | 'CLI_DESCRIPTION_UNREADABLE'
  | 'CLI_FILE_EXISTS'
  | 'CLI_FILE_UNREADABLE'
  | 'CLI_FILE_UNWRITABLE'
  | 'CLI_GENERATOR_MISSING'
  | 'CLI_REGISTRATION_REFUSED'
  | 'CLI_REQUEST_UNREADABLE'

/** What a {@link CliError} is built from. */
export type CliErrorOptions = CodedErrorOptions<CliErrorCode>

/** Every error that `@isoauth/cli` throws by itself; tell them apart by `code`. */
export class CliError extends CodedError<CliErrorCode> {
  override readonly name = 'CliError' as const
}

/** @internal */
export function argumentsInvalid(message: string, option?: string): CliError {
  return new CliError(message, { code: 'CLI_ARGUMENTS_INVALID', option })
}

/** @internal */
export function requestUnreadable(message: string): CliError {
  return new CliError(message, { code: 'CLI_REQUEST_UNREADABLE' })
}

/** @internal */
export function configInvalid(message: string, option?: string): CliError {
  return new CliError(message, { code: 'CLI_CONFIG_INVALID', option })
}
