/**
 * What every `@isoauth` client shares. A library for the clients of this project: applications use
 * the clients.
 *
 * @packageDocumentation
 */
export { type RetryUnauthorized, setUserAgent } from './internal/authorized-fetch.ts'
export { type BaseUrl, describeBaseCause, isLoopbackHost, resolveUrl } from './internal/base-url.ts'
export { BEARER, BearerToken, isTokenText } from './internal/bearer-token.ts'
export { type Clock, createClock, parseHttpDate } from './internal/clock.ts'
export { abortable } from './internal/deadline.ts'
export { createEchoCheck, type EchoCheck } from './internal/echo.ts'
export {
  type ClientErrorKind,
  type ErrorDetails,
  type InvalidArgument,
  type NewError,
  type Problem,
  ServiceError,
} from './internal/errors.ts'
export { createOptionReader, type OptionReader, refuseOption } from './internal/options.ts'
export {
  describeBody,
  parseJsonObject,
  parseRetryAfter,
  type ReceivedAnswer,
  type ResponseFacts,
  responseFacts,
  safeTraceId,
} from './internal/response-body.ts'
export type {
  FetchFunction,
  PlatformAbortSignal,
  PlatformHeaders,
  PlatformRequest,
  PlatformResponse,
  PlatformUrl,
} from './internal/runtime-types.ts'
export {
  type AnswerDetails,
  describeWait,
  LENGTH_REQUIRED,
  quoteProblem,
  type RefusalKind,
  readAnswer,
  readProblem,
  receiveResponse,
} from './internal/service-answer.ts'
export type { Lock, SharingOptions, StoreKey, TokenStore } from './internal/store.ts'
export {
  type ClientTokenKind,
  createTokenClient,
  readCommonSettings,
} from './internal/token-client.ts'
export type { TokenSourceEvent, WaitUntil } from './internal/token-source.ts'
export { callService, type Repetition } from './internal/transport.ts'
