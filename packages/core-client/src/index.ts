/**
 * What every `@isoauth` client shares. A library for the clients of this project: applications use
 * the clients.
 *
 * @packageDocumentation
 */
export { type RetryUnauthorized, setUserAgent } from './internal/authorized-fetch.ts'
export { type BaseUrl, describeBaseCause, isLoopbackHost, resolveUrl } from './internal/base-url.ts'
export { BEARER, BearerToken, isTokenText, readBearer } from './internal/bearer-token.ts'
export { type Clock, createClock, describeClock, parseHttpDate } from './internal/clock.ts'
export { abortable, followSigner, withDeadline } from './internal/deadline.ts'
export { createEchoCheck, type EchoCheck } from './internal/echo.ts'
export {
  type ClientErrorKind,
  type ErrorDetails,
  type InvalidArgument,
  type NewError,
  type Problem,
  ServiceError,
  withoutContent,
} from './internal/errors.ts'
export {
  describeFailedConnection,
  isBrowser,
  rejectedStatus,
  tellRejection,
} from './internal/foreign-fetch.ts'
export { createHeldCall, type HeldCall, type HeldCallOptions } from './internal/held-call.ts'
export { withoutHoldBack } from './internal/hold-back.ts'
export {
  copyInit,
  copyKey,
  createOptionReader,
  isSignal,
  type OptionReader,
  readDurationMs,
  readFlag,
  readFunction,
  readNow,
  readSeconds,
  readSignal,
  readText,
  readUrl,
  readUserAgent,
  readWaitUntil,
  readWord,
  refuseOption,
} from './internal/options.ts'
export {
  describeBody,
  isUnreadResponse,
  parseJsonObject,
  parseRetryAfter,
  type ReceivedAnswer,
  type ResponseFacts,
  receiveAnswer,
  responseFacts,
  safeTraceId,
} from './internal/response-body.ts'
export type {
  FetchFunction,
  FetchInit,
  PlatformAbortSignal,
  PlatformHeaders,
  PlatformRequest,
  PlatformResponse,
  PlatformUrl,
} from './internal/runtime-types.ts'
export {
  type AnswerDetails,
  causeOnTheWay,
  cleanText,
  describeWait,
  quoteProblem,
  type RefusalKind,
  readAnswer,
  readProblem,
  receiveResponse,
} from './internal/service-answer.ts'
export { createSingleFlight, type SingleFlight } from './internal/single-flight.ts'
export {
  entryKey,
  type Lock,
  openSharedEntry,
  readSharing,
  type SharedEntry,
  type SharingOptions,
  type StoreKey,
  type StoreOperation,
  type TokenStore,
  underLock,
} from './internal/store.ts'
export {
  type ClientTokenKind,
  createListeners,
  createTokenClient,
  type Listeners,
  type RenewalOptions,
  readCommonSettings,
} from './internal/token-client.ts'
export { showFieldsAlone, type TokenSourceEvent, type WaitUntil } from './internal/token-source.ts'
