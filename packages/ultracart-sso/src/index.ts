/**
 * UltraCart single sign-on: authorize, callback, exchange, session user, revoke.
 *
 * @packageDocumentation
 */
export type { CodedErrorJson, CodedErrorOptions } from '@isoauth/core-client/handed-on'
export { CodedError } from '@isoauth/core-client/handed-on'
export {
  createUltraCartSso,
  type UltraCartCallOptions,
  type UltraCartLogin,
  type UltraCartSso,
} from './client.ts'
export type { ValidatedCallback } from './internal/callback.ts'
export {
  hasCode,
  UltraCartSsoError,
  type UltraCartSsoErrorCode,
  type UltraCartSsoErrorExtras,
  type UltraCartSsoErrorOptions,
  type UltraCartSsoOperation,
} from './internal/errors.ts'
export type { UltraCartTransaction } from './internal/login-transaction.ts'
export type { UltraCartSession, UltraCartSessionKey } from './internal/session.ts'
export type {
  UltraCartAccessToken,
  UltraCartClientOptions,
  UltraCartSimpleKey,
  UltraCartSsoOptions,
} from './internal/settings.ts'
export type {
  UltraCartLinkedAccount,
  UltraCartNotification,
  UltraCartPermission,
  UltraCartUser,
  UltraCartUserGroupMembership,
  UltraCartUserLogin,
} from './internal/user.ts'
export type {
  SingleSignOnAuthorizeRequest,
  SingleSignOnAuthorizeResponse,
  SingleSignOnTokenRequest,
  SingleSignOnTokenResponse,
  UltraCartErrorBody,
  UltraCartErrorResponse,
  UltraCartResponseMetadata,
  UltraCartResultSet,
  UltraCartWarning,
} from './models.ts'
