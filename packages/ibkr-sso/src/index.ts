/**
 * Interactive Brokers' SSO sessions, from an OAuth 2.0 access token, in any JavaScript runtime.
 *
 * @packageDocumentation
 */
export type {
  FetchFunction,
  InvalidArgument,
  Lock,
  RetryUnauthorized,
  StoreKey,
  TokenStore,
} from '@isoauth/core-client'
export { type BrowserLink, type LandingActions, withLandingAction } from './browser-link.ts'
export { createIbkrSso, type IbkrSso, type IbkrSsoOptions, type IbkrSsoSession } from './client.ts'
export { IbkrSsoError, type IbkrSsoErrorCode, type IbkrSsoErrorOptions } from './errors.ts'
export type { IbkrSsoEvent } from './events.ts'
export type {
  BrowserSessionOptions,
  EndpointOptions,
  SessionOptions,
  SsoAuthority,
} from './internal/settings.ts'
export {
  type BrowserSessionRequestOptions,
  type LinkOptions,
  type PendingSession,
  type PreparedSessionRequest,
  prepareBrowserSessionRequest,
  prepareSsoSessionRequest,
  type SsoSessionRequestOptions,
} from './session-request.ts'
export {
  processBrowserSessionResponse,
  processSsoSessionResponse,
  type SsoBearer,
} from './session-response.ts'
