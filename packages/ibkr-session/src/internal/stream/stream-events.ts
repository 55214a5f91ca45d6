/**
 * What a stream tells of itself. Nothing in it is secret: no token, no session id, no cookie.
 */
import type { StreamMessage, StreamTopic } from './topics.ts'

/** A time of which nothing is known. */
export interface Gap {
  /** The last time a frame was seen before it, in milliseconds since 1970. */
  readonly fromMs: number
  /** When everything was subscribed to again, in milliseconds since 1970. */
  readonly toMs: number
  /** What had been subscribed to. */
  readonly topics: readonly { readonly topic: StreamTopic; readonly key: string }[]
}

/**
 * Why a socket that worked is no more: it was closed or broke, its heartbeat stayed out, the broker said that the
 * session is not authenticated, the connection's token was renewed, or the session was opened again, with which its
 * subscriptions ended.
 */
export type StreamLostReason = 'closed' | 'silent' | 'not-authenticated' | 'renewed' | 'reopened'

/** Why a frame went to nobody. */
export type FrameDropReason =
  /** Longer than 4 MiB. */
  | 'too-large'
  /** No JSON object, or one without a topic. */
  | 'not-json'
  | 'unknown-topic'
  /** A topic to which there is no subscription, or to which there is none any more. */
  | 'not-subscribed'
  /** It repeats a token, the session's id or a cookie. */
  | 'secret'

/** What is told to a stream's `onEvent` and to the listeners of its `on`. */
export type StreamEvent =
  /** A message of a subscription, or what `reconcile` gave. */
  | { readonly type: 'message'; readonly message: StreamMessage }
  /** The broker lets subscriptions in: for the first time, or again. */
  | { readonly type: 'ready'; readonly connections: number }
  /** The socket is gone; another one is opened. `closeCode` is that of RFC 6455 section 7.4. */
  | {
      readonly type: 'lost'
      readonly reason: StreamLostReason
      readonly closeCode?: number | undefined
      /** What the broker said, on one line. */
      readonly message?: string | undefined
    }
  /** The next attempt is at `untilMs` (milliseconds since 1970), or with the next good tickle. */
  | {
      readonly type: 'waiting'
      readonly untilMs: number
      readonly code?: string | undefined
      readonly message?: string | undefined
    }
  /** What happened from `fromMs` to `toMs` was not sent, and will not be. */
  | ({ readonly type: 'gap' } & Gap)
  /** The `reconcile` of a gap is done, with so many messages. */
  | { readonly type: 'reconciled'; readonly messages: number }
  /** It failed; the messages go on. `code` is that of the failure, where it has one. */
  | { readonly type: 'reconcile-failed'; readonly code?: string | undefined }
  /**
   * A call for orders with `filters` has made the topic `or` silent. The library asks with `force=true`, which ends
   * that, and then tells the gap; where that fails it asks again, and tells both again.
   */
  | { readonly type: 'orders-silenced' }
  /** A subscription's buffer is full: from now on its oldest messages are dropped, and counted in `dropped`. */
  | { readonly type: 'overflow'; readonly topic: string; readonly key: string }
  /** A frame went to nobody; `length` in characters or bytes. */
  | {
      readonly type: 'frame-dropped'
      readonly reason: FrameDropReason
      readonly length: number
      readonly topic?: string | undefined
    }
  /** The accounts, as the broker tells them after a login. */
  | { readonly type: 'accounts'; readonly accounts: readonly string[] }
  /** A notification (`ntf`) or a bulletin (`blt`) of the broker. */
  | {
      readonly type: 'notice'
      readonly topic: 'ntf' | 'blt'
      readonly title?: string | undefined
      readonly text?: string | undefined
    }
  /** The broker refused what was sent, such as a subscription. */
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'closed' }

/** The kinds of a stream's events. */
export const STREAM_EVENT_TYPES: readonly StreamEvent['type'][] = [
  'message',
  'ready',
  'lost',
  'waiting',
  'gap',
  'reconciled',
  'reconcile-failed',
  'orders-silenced',
  'overflow',
  'frame-dropped',
  'accounts',
  'notice',
  'refused',
  'closed',
]
