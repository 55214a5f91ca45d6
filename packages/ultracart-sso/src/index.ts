/**
 * UltraCart single sign-on: authorize, callback, exchange, session user, revoke.
 *
 * @packageDocumentation
 */
export type { ValidatedCallback } from './callback.ts'
export {
  createUltraCartSso,
  type UltraCartCallOptions,
  type UltraCartLogin,
  type UltraCartSso,
  type UltraCartSsoOptions,
} from './client.ts'
export {
  UltraCartSsoError,
  type UltraCartSsoErrorCode,
  type UltraCartSsoErrorExtras,
  type UltraCartSsoErrorOptions,
  type UltraCartSsoOperation,
} from './errors.ts'
export type { UltraCartTransaction } from './login-transaction.ts'
export type {
  SingleSignOnAuthorizeRequest,
  SingleSignOnAuthorizeResponse,
  SingleSignOnTokenRequest,
  SingleSignOnTokenResponse,
  UltraCartErrorBody,
  UltraCartErrorResponse,
  UltraCartLinkedAccount,
  UltraCartNotification,
  UltraCartPermission,
  UltraCartResponseMetadata,
  UltraCartResultSet,
  UltraCartUser,
  UltraCartUserGroupMembership,
  UltraCartUserLogin,
  UltraCartWarning,
} from './models.ts'
export type { UltraCartSession, UltraCartSessionKey } from './session.ts'
