/**
 * Interactive Brokers' OAuth 1.0a with live session token, in any JavaScript runtime.
 *
 * @packageDocumentation
 */
export type {
  FetchFunction,
  Lock,
  RetryUnauthorized,
  StoreKey,
  TokenStore,
} from '@isoauth/core-client'
export { decryptAccessTokenSecret, type EncryptionKey } from './access-token-secret.ts'
export {
  createIbkrOAuth1Authorization,
  type IbkrAccessToken,
  type IbkrOAuth1Authorization,
  type IbkrOAuth1AuthorizationOptions,
} from './authorization.ts'
export type { QuerySigning } from './base-string.ts'
export { createIbkrOAuth1, type IbkrOAuth1, type IbkrOAuth1Options } from './client.ts'
export { IbkrOAuth1Error, type IbkrOAuth1ErrorCode, type IbkrOAuth1ErrorOptions } from './errors.ts'
export type { IbkrOAuth1Event } from './events.ts'
export type { CredentialOptions, SecretOptions } from './internal/credentials.ts'
export type {
  ConsumerOptions,
  EndpointOptions,
  ParameterTransport,
  SendOptions,
} from './internal/session.ts'
export {
  type HandshakeStep,
  type LiveSessionTokenRequestOptions,
  type PendingLiveSessionToken,
  type PreparedLiveSessionTokenRequest,
  prepareLiveSessionTokenRequest,
} from './live-session-token-request.ts'
export { processLiveSessionTokenResponse } from './live-session-token-response.ts'
export type { LiveSessionToken } from './session-token.ts'
