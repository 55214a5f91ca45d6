/**
 * The broker's published limits, kept before a request is sent.
 *
 * @packageDocumentation
 */
export type { FetchFunction } from '@isoauth/core-client'
export { CodedError, type CodedErrorOptions, hasCode } from '@isoauth/core-crypto'
export {
  IbkrSessionError,
  type IbkrSessionErrorCode,
  type IbkrSessionErrorOptions,
} from './internal/errors.ts'
export { PACING_RULES, type PacingRule } from './internal/pacing/rules.ts'
export {
  type PacingEvent,
  type PacingLimiter,
  type PacingOptions,
  type PacingTurn,
  withPacing,
} from './internal/pacing/with-pacing.ts'
