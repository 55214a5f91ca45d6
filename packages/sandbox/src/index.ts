/** `@isoauth/sandbox`: the sign-in services as one strict `Request` to `Response` handler. */
export type { DisposableMember } from './internal/async-disposable.ts'
export type { SandboxCounts } from './internal/counts.ts'
export type {
  GivenCredentials,
  GivenIbkrCredentials,
  SandboxCredentials,
} from './internal/credentials.ts'
export { SandboxError, type SandboxErrorCode } from './internal/errors.ts'
export type { FaultKind, FaultRule } from './internal/faults.ts'
export type { BrokerEvent } from './internal/ibkr-api/broker-events.ts'
export type { BrokerState } from './internal/ibkr-api/broker-states.ts'
export type { SandboxUser } from './internal/ibkr-api/sign-in.ts'
export type {
  IbkrOAuth1Credentials,
  IbkrOAuth1ThirdPartyCredentials,
} from './internal/ibkr-oauth1/credentials.ts'
export type {
  IbkrOAuth2Credentials,
  IbkrOAuth2PublicKey,
} from './internal/ibkr-oauth2/credentials.ts'
export type {
  OrderSide,
  OrderStatus,
  SandboxOrder,
  SandboxTrade,
} from './internal/ibkr-orders/order-book.ts'
export type { SocketRecord } from './internal/ibkr-stream/stream-record.ts'
export type { SandboxOptions } from './internal/options.ts'
export type {
  AnsweredCall,
  AnswerFunction,
  RespondOptions,
  SandboxAnswer,
  SandboxAnswers,
} from './internal/own-answers.ts'
export type { ApproveOptions } from './internal/person.ts'
export type {
  BaseStringEncoder,
  QuerySigning,
  ReceivedRequest,
  RequestCheck,
  RequestRecord,
} from './internal/request-record.ts'
export {
  createSandbox,
  type Sandbox,
  type SandboxBroker,
  type SandboxMembers,
} from './internal/sandbox.ts'
export type {
  SandboxSocketEvent,
  SandboxWebSocket,
  SandboxWebSocketInit,
} from './internal/sandbox-web-socket.ts'
export type { UltraCartCredentials, UltraCartExtras } from './internal/ultracart/credentials.ts'
export type { UltraCartOptions } from './internal/ultracart/options.ts'
