/**
 * What a session tells of itself. Nothing in it is secret: no token, no session id, no cookie.
 */
import type { StoreOperation } from '@isoauth/core-client'

/**
 * Why a session was lost: the broker says that it is not authenticated, that another platform took it, that
 * there is no bridge, or answers 401 although the connection renewed its token.
 */
export type LostReason = 'not-authenticated' | 'competing' | 'no-bridge' | 'unauthorized'

/** Why the next attempt waits. */
export type WaitReason =
  | 'network'
  | 'timeout'
  | 'unavailable'
  | 'rate-limited'
  | 'answer-invalid'
  | 'refused'
  | 'competing'
  | 'not-ready'
  | 'unauthorized'

/** The kinds of events. */
export const EVENT_TYPES: readonly BrokerageSessionEvent['type'][] = [
  'opened',
  'lost',
  'reopened',
  'competing',
  'waiting',
  'given-up',
  'keeper',
  'store-failed',
  'lock-failed',
]

/** What is told to `onEvent` and to the listeners of `on`. */
export type BrokerageSessionEvent =
  /** The session is open for the first time; `message` is what the broker said beside it. */
  | { readonly type: 'opened'; readonly epoch: number; readonly message?: string | undefined }
  /** The session is no more; `message` is what the broker said of it. */
  | {
      readonly type: 'lost'
      readonly epoch: number
      readonly reason: LostReason
      readonly message?: string | undefined
    }
  /** The session is back, `downMs` milliseconds after it was found to be lost. */
  | {
      readonly type: 'reopened'
      readonly epoch: number
      readonly downMs: number
      readonly message?: string | undefined
    }
  /** Another platform (TWS, phone, portal) holds the user's session, and `compete` is false. */
  | { readonly type: 'competing'; readonly epoch: number }
  /** Nothing is sent until `untilMs` (milliseconds since 1970); `code` is that of the failure. */
  | {
      readonly type: 'waiting'
      readonly untilMs: number
      readonly reason: WaitReason
      readonly code?: string | undefined
      readonly message?: string | undefined
    }
  /** Nothing more is tried until `open` is called: the credentials are refused. */
  | { readonly type: 'given-up'; readonly code: string; readonly message: string }
  /** In a fleet: this member keeps the session from now on, or no longer does. */
  | { readonly type: 'keeper'; readonly isKeeper: boolean }
  | { readonly type: 'store-failed'; readonly operation: StoreOperation }
  | { readonly type: 'lock-failed' }
