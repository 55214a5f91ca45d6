/**
 * What every `@isoauth` client shares. A library for the clients of this project: applications use
 * the clients.
 *
 * @packageDocumentation
 */
export { type RetryUnauthorized, setUserAgent } from './authorized-fetch.ts'
export { type BaseUrl, describeBaseCause, isLoopbackHost, resolveUrl } from './base-url.ts'
export { BEARER, BearerToken, isTokenText } from './bearer-token.ts'
export { type Clock, createClock, parseHttpDate } from './clock.ts'
export { abortable } from './deadline.ts'
export { createEchoCheck, type EchoCheck } from './echo.ts'
export {
  type ClientErrorKind,
  type ErrorDetails,
  type InvalidArgument,
  type NewError,
  type Problem,
  ServiceError,
} from './errors.ts'
export { createOptionReader, type OptionReader, refuseOption } from './options.ts'
export {
  describeBody,
  parseJsonObject,
  parseRetryAfter,
  type ReceivedAnswer,
  type ResponseFacts,
  responseFacts,
  safeTraceId,
} from './response-body.ts'
export type {
  FetchFunction,
  PlatformAbortSignal,
  PlatformHeaders,
  PlatformRequest,
  PlatformResponse,
  PlatformUrl,
} from './runtime-types.ts'
export {
  type AnswerDetails,
  describeWait,
  LENGTH_REQUIRED,
  quoteProblem,
  type RefusalKind,
  readAnswer,
  readProblem,
  receiveResponse,
} from './service-answer.ts'
export type { Lock, SharingOptions, StoreKey, TokenStore } from './store.ts'
export {
  type ClientTokenKind,
  createTokenClient,
  readCommonSettings,
} from './token-client.ts'
export type { TokenSourceEvent, WaitUntil } from './token-source.ts'
export { callService, type Repetition } from './transport.ts'
