/**
 * Interactive Brokers' OAuth 1.0a with live session token, in any JavaScript runtime.
 *
 * @packageDocumentation
 */
export type { RetryUnauthorized } from '@isoauth/core-client'
export type * from '@isoauth/core-client/handed-on'
export { CodedError, hasCode, ServiceError } from '@isoauth/core-client/handed-on'
export {
  createIbkrOAuth1Authorization,
  type IbkrAccessToken,
  type IbkrOAuth1Authorization,
  type IbkrOAuth1AuthorizationOptions,
} from './authorization.ts'
export {
  createIbkrOAuth1,
  type IbkrOAuth1,
  type IbkrOAuth1ClientOptions,
  type IbkrOAuth1Options,
} from './client.ts'
export { decryptAccessTokenSecret, type EncryptionKey } from './internal/access-token-secret.ts'
export type { QuerySigning } from './internal/base-string.ts'
export {
  IbkrOAuth1Error,
  type IbkrOAuth1ErrorCode,
  type IbkrOAuth1ErrorOptions,
} from './internal/errors.ts'
export type { HandshakeStep, IbkrOAuth1Event } from './internal/events.ts'
export type { LiveSessionToken } from './internal/live-session-token.ts'
export type {
  AccessTokenOptions,
  ConsumerOptions,
  CredentialOptions,
  DecryptedSecret,
  EncryptedSecret,
  EndpointOptions,
  ParameterTransport,
  SecretOptions,
  SendOptions,
} from './internal/settings.ts'
export {
  type LiveSessionTokenExchangeOptions,
  type LiveSessionTokenRequestOptions,
  type PendingLiveSessionToken,
  type PreparedLiveSessionTokenRequest,
  prepareLiveSessionTokenRequest,
} from './live-session-token-request.ts'
export { processLiveSessionTokenResponse } from './live-session-token-response.ts'
