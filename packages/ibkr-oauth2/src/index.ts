/**
 * Interactive Brokers' OAuth 2.0: access tokens by private_key_jwt, in any JavaScript runtime.
 *
 * @packageDocumentation
 */
export type { RetryUnauthorized } from '@isoauth/core-client'
export type * from '@isoauth/core-client/handed-on'
export { CodedError, hasCode, ServiceError } from '@isoauth/core-client/handed-on'
export { createIbkrOAuth2, type IbkrOAuth2, type IbkrOAuth2Options } from './client.ts'
export type { EchoResponse } from './echo.ts'
export {
  IbkrOAuth2Error,
  type IbkrOAuth2ErrorCode,
  type IbkrOAuth2ErrorOptions,
} from './internal/errors.ts'
export type { IbkrOAuth2Event } from './internal/events.ts'
export type { SendOptions, TokenOptions } from './internal/settings.ts'
export type { AccessToken } from './internal/token-exchange.ts'
export {
  type PendingToken,
  type PreparedTokenRequest,
  prepareTokenRequest,
  type TokenRequestOptions,
} from './token-request.ts'
export { processTokenResponse } from './token-response.ts'
