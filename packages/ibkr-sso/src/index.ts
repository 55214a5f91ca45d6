/**
 * Interactive Brokers' SSO sessions, from an OAuth 2.0 access token, in any JavaScript runtime.
 *
 * @packageDocumentation
 */
export type { RetryUnauthorized } from '@isoauth/core-client'
export type * from '@isoauth/core-client/handed-on'
export { CodedError, hasCode, ServiceError } from '@isoauth/core-client/handed-on'
export {
  type BrowserSessionCallOptions,
  createIbkrSso,
  type IbkrSso,
  type IbkrSsoOptions,
  type IbkrSsoSession,
  type SsoSessionCallOptions,
} from './client.ts'
export {
  type BrowserLink,
  type LandingActions,
  type LinkOptions,
  withLandingAction,
} from './internal/browser-link.ts'
export { IbkrSsoError, type IbkrSsoErrorCode, type IbkrSsoErrorOptions } from './internal/errors.ts'
export type { IbkrSsoEvent } from './internal/events.ts'
export type { SsoBearer } from './internal/session-exchange.ts'
export type {
  BrowserSessionOptions,
  EndpointOptions,
  SessionOptions,
  SsoAuthority,
} from './internal/settings.ts'
export {
  type BrowserSessionRequestOptions,
  type PendingSession,
  type PreparedSessionRequest,
  prepareBrowserSessionRequest,
  prepareSsoSessionRequest,
  type SsoSessionRequestOptions,
} from './session-request.ts'
export {
  processBrowserSessionResponse,
  processSsoSessionResponse,
} from './session-response.ts'
