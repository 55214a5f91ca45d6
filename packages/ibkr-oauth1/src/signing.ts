/**
 * The pure layer of IBKR's OAuth 1.0a: no network, no state, no HTTP library.
 *
 * @packageDocumentation
 */
export { authorizationHeaderValue } from './authorization-header.ts'
export {
  type Parameter,
  type QuerySigning,
  type SignatureBaseStringOptions,
  signatureBaseString,
} from './base-string.ts'
export { IbkrOAuth1Error, type IbkrOAuth1ErrorCode, type IbkrOAuth1ErrorOptions } from './errors.ts'
export { computeLiveSessionToken, verifyLiveSessionToken } from './live-session-token.ts'
export { percentEncode } from './percent-encode.ts'
export {
  createRequestSigner,
  type RequestSigner,
  type RequestSignerOptions,
} from './request-signer.ts'
