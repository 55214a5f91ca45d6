/**
 * What the clients hand on to applications: the base of their errors, and the types of the options
 * that all of them take.
 *
 * @packageDocumentation
 */
export {
  CodedError,
  type CodedErrorJson,
  type CodedErrorOptions,
  hasCode,
} from '@isoauth/core-crypto'
export { type InvalidArgument, type Problem, ServiceError } from './internal/errors.ts'
export type { FetchFunction } from './internal/runtime-types.ts'
export type { Lock, StoreKey, TokenStore } from './internal/store.ts'
