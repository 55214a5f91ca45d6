/**
 * Interactive Brokers' brokerage session over any signed-in connection, in any JavaScript runtime.
 *
 * @packageDocumentation
 */
export type * from '@isoauth/core-client/handed-on'
export { CodedError, hasCode, ServiceError } from '@isoauth/core-client/handed-on'
export {
  type BrokerageSession,
  type BrokerageSessionMembers,
  createBrokerageSession,
  type EventListener,
  type SessionHealth,
  type StepResult,
} from './brokerage-session.ts'
export type { DisposableMember } from './internal/async-disposable.ts'
export type { BrokerConnection } from './internal/connection.ts'
export {
  IbkrSessionError,
  type IbkrSessionErrorCode,
  type IbkrSessionErrorOptions,
} from './internal/errors.ts'
export type { BrokerageSessionEvent, LostReason, WaitReason } from './internal/events.ts'
export type {
  AccountsAnswer,
  AnswerTo,
  KnownAnswers,
  KnownResponse,
  LogoutAnswer,
  SessionFetch,
  SessionFetchInit,
  StatusAnswer,
  SuppressAnswer,
  TickleAnswer,
  ValidateAnswer,
} from './internal/known-answers.ts'
export type { Tickle, Validation } from './internal/session-calls.ts'
export type { SessionPhase } from './internal/session-state.ts'
export type { SessionStatus } from './internal/session-status.ts'
export type { BrokerageSessionOptions, KeepAliveOptions, OpenOptions } from './internal/settings.ts'
export type {
  Reconcile,
  ReconcileContext,
  ReconciledMessage,
} from './internal/stream/gap.ts'
export { reconcileOrdersAndTrades } from './internal/stream/reconcile-orders.ts'
export type { BrokerStream, BrokerStreamMembers, StreamHealth } from './internal/stream/stream.ts'
export type {
  FrameDropReason,
  Gap,
  StreamEvent,
  StreamLostReason,
} from './internal/stream/stream-events.ts'
export type { StreamOptions, SubscribeOptions } from './internal/stream/stream-settings.ts'
export type {
  StreamSubscription,
  StreamSubscriptionMembers,
} from './internal/stream/subscription.ts'
export type {
  StreamMessage,
  StreamTopic,
  SubscriptionRequest,
} from './internal/stream/topics.ts'
export type {
  StreamSocket,
  WebSocketFactory,
} from './internal/stream/web-socket.ts'
