/**
 * The diagnosis of signed requests behind `isoauth inspect`: what a server would compute, and where a request first
 * differs from it. Runs anywhere; nothing is sent.
 *
 * @packageDocumentation
 */
export { CliError, type CliErrorCode, type CliErrorOptions } from './internal/errors.ts'
export type { HeaderPair, ParsedHeader } from './internal/inspect/authorization-header.ts'
export { type BaseStringParts, placeOf } from './internal/inspect/base-string.ts'
export { type Difference, type Finding, firstDifference } from './internal/inspect/finding.ts'
export { type Inspection, inspect } from './internal/inspect/inspect.ts'
export { readRequests } from './internal/inspect/read-requests.ts'
export type {
  RequestKind,
  RequestToInspect,
  ServerKnowledge,
} from './internal/inspect/request.ts'
