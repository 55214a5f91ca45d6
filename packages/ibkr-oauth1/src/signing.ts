/**
 * The pure layer of IBKR's OAuth 1.0a: no network, no state, no HTTP library.
 *
 * @packageDocumentation
 */

export { type SignatureBaseStringOptions, signatureBaseString } from './base-string.ts'
export { authorizationHeaderValue } from './internal/authorization-header.ts'
export type { QuerySigning } from './internal/base-string.ts'
export {
  IbkrOAuth1Error,
  type IbkrOAuth1ErrorCode,
  type IbkrOAuth1ErrorOptions,
} from './internal/errors.ts'
export { percentEncode } from './internal/percent-encode.ts'
export type { Parameter } from './internal/protocol-parameters.ts'
export { computeLiveSessionToken, verifyLiveSessionToken } from './live-session-token.ts'
export {
  createRequestSigner,
  type RequestSigner,
  type RequestSignerOptions,
} from './request-signer.ts'
