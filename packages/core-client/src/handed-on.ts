/**
 * What the clients hand on to applications: the base of their errors, and the types of the options
 * that all of them take.
 *
 * @packageDocumentation
 */
import { type CodedErrorOptions, hasCode as hasCodeOfAny } from '@isoauth/core-crypto'
import type { Problem } from './internal/errors.ts'

export {
  CodedError,
  type CodedErrorJson,
  type CodedErrorOptions,
} from '@isoauth/core-crypto'
export { type InvalidArgument, type Problem, ServiceError } from './internal/errors.ts'
export type { FetchFunction } from './internal/runtime-types.ts'
export type { Lock, StoreKey, TokenStore } from './internal/store.ts'

/**
 * Tells whether something caught is an error with this code, whichever copy of a package threw it.
 *
 * @param error - anything, as `catch` gives it
 * @param code - the code to look for, compared exactly
 * @returns true when `error` is an object whose `code` is `code`; its `status`, `detail` and the like may be read then
 */
export const hasCode: <Code extends string>(
  error: unknown,
  code: Code,
) => error is Error & CodedErrorOptions<Code> & Problem = hasCodeOfAny
