/** `@isoauth/sandbox`: the sign-in services as one strict `Request` to `Response` handler. */
export type { SandboxCounts } from './counts.ts'
export type { GivenCredentials, SandboxCredentials } from './credentials.ts'
export { SandboxError, type SandboxErrorCode } from './errors.ts'
export type { FaultKind, FaultRule } from './faults.ts'
export type { SandboxUser } from './ibkr-api/context.ts'
export type {
  IbkrOAuth1Credentials,
  IbkrOAuth1ThirdPartyCredentials,
} from './ibkr-oauth1/credentials.ts'
export type { IbkrOAuth2Credentials, IbkrOAuth2PublicKey } from './ibkr-oauth2/credentials.ts'
export type { SandboxOptions } from './options.ts'
export type {
  BaseStringEncoder,
  QuerySigning,
  ReceivedRequest,
  RequestCheck,
  RequestRecord,
} from './request-record.ts'
export { createSandbox, type Sandbox } from './sandbox.ts'
export type { UltraCartCredentials, UltraCartExtras } from './ultracart/credentials.ts'
export type { UltraCartOptions } from './ultracart/options.ts'
