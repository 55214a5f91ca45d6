/**
 * What every `@isoauth` client shares. A library for the clients of this project: applications use
 * the clients.
 *
 * @packageDocumentation
 */
export { abortable, anySignal } from './abort.ts'
export {
  type AuthorizedFetchOptions,
  type AuthorizedRequest,
  createAuthorizedFetch,
  type RetryUnauthorized,
} from './authorized-fetch.ts'
export { type BaseUrl, isLoopbackHost, parseBaseUrl, resolveUrl } from './base-url.ts'
export {
  BearerToken,
  deserializeBearer,
  isBearer,
  isTokenText,
  serializeBearer,
} from './bearer-token.ts'
export { type Clock, createClock } from './clock.ts'
export { type DeadlineOptions, withDeadline } from './deadline.ts'
export { createEchoCheck, type EchoCheck } from './echo.ts'
export type { ClientErrorKind, ErrorDetails, NewError, Raise } from './errors.ts'
export { withoutContent } from './foreign-error.ts'
export { createListeners, type Listeners } from './listeners.ts'
export {
  chooseWord,
  createOptionReader,
  durationMs,
  type OptionReader,
  optionalFunction,
  optionalSignal,
  refuseOption,
  requireOptions,
  requireText,
  requireUserAgent,
} from './options.ts'
export { refuseRedirect } from './redirect.ts'
export {
  describeBody,
  parseJsonObject,
  parseRetryAfter,
  type ReceivedAnswer,
  type ResponseFacts,
  readText,
  responseFacts,
  safeTraceId,
} from './response-body.ts'
export type {
  FetchFunction,
  FetchInit,
  PlatformAbortSignal,
  PlatformHeaders,
  PlatformRequest,
  PlatformResponse,
  PlatformUrl,
} from './runtime-types.ts'
export type { StoreKey } from './sealing.ts'
export {
  type AnswerDetails,
  type AnswerOptions,
  type RefusalKind,
  readAnswer,
  receiveResponse,
  type ServiceAnswer,
} from './service-answer.ts'
export { type InvalidArgument, type Problem, ServiceError } from './service-error.ts'
export type { StoreOperation } from './shared-entry.ts'
export { createTokenSource, type TokenSourceOptions } from './shared-token-source.ts'
export { checkSharing, type Lock, type SharingOptions, type TokenStore } from './store.ts'
export {
  createLocalTokenSource,
  type LocalTokenSourceOptions,
  type Renewable,
  type SharedToken,
  type TokenSource,
  type TokenSourceEvent,
} from './token-source.ts'
export {
  callService,
  type InTurn,
  type Repetition,
  type ServiceCall,
  type TransportOptions,
} from './transport.ts'
export { setUserAgent } from './user-agent.ts'
