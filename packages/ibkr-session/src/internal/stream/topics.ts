/**
 * The topics of the broker's stream, and the frames by which each is asked for and ended.
 *
 * Source: the broker's Web API documentation, "Websockets"; what authors of other clients report.
 */

/**
 * `md` market data, `mh` history, `bd` price ladder, `or` orders, `pl` profit and loss, `tr` trades, `sd` account
 * summary, `ld` ledger.
 */
export type StreamTopic = 'md' | 'mh' | 'bd' | 'or' | 'pl' | 'tr' | 'sd' | 'ld'

/** What is subscribed to. */
export interface SubscriptionRequest {
  readonly topic: StreamTopic
  /**
   * For `md` the contract id, or contract id and exchange (`265598@NYSE`), for `mh` the contract id, for `bd` account and contract id (`DU1234567+265598`), for `sd` and `ld` the
   * account. The others have none.
   */
  readonly key?: string | undefined
  /** What the topic takes, such as `{ fields: ['31', '84'] }` for `md` or `{ days: 1 }` for `tr`. Default: none. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
}

/** A {@link SubscriptionRequest} whose defaults are filled in. */
export interface FullRequest {
  readonly topic: StreamTopic
  readonly key: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A message of a subscription. */
export interface StreamMessage {
  readonly topic: StreamTopic
  /** Empty where the topic has none. */
  readonly key: string
  /** The fields of the frame, as the broker names them; of a reconciled message what the broker answered. */
  readonly data: Readonly<Record<string, unknown>>
  /** When it arrived, in milliseconds since 1970. */
  readonly receivedAtMs: number
  /** True for what `reconcile` found after a gap, false for what the broker sent. */
  readonly isReconciled: boolean
}

/** How one topic is. */
export interface TopicRule {
  /** The form of its key; undefined where it has none. */
  readonly key?: { readonly form: RegExp; readonly words: string } | undefined
  /** It ends by itself, and is asked for again after so many milliseconds. */
  readonly refreshMs?: number | undefined
  /** How many subscriptions the broker takes at once. */
  readonly limit?: number | undefined
  /** Ended by the id that the server gave it, not by its key. */
  readonly isEndedByServerId?: boolean | undefined
}

const CONTRACT = { form: /^\d{1,12}$/, words: 'the contract id, such as 265598' }
const CONTRACT_AT = {
  form: /^\d{1,12}(@[A-Z\d.]{1,12})?$/,
  words: 'the contract id, such as 265598, or that and an exchange, such as 265598@NYSE',
}
const ACCOUNT = { form: /^[A-Za-z]\w{1,19}$/, words: 'the account, such as DU1234567' }

/** The rules by topic. */
export const TOPICS: Readonly<Record<StreamTopic, TopicRule>> = {
  // It ends after 15 minutes without a word.
  md: { key: CONTRACT_AT, refreshMs: 600_000 },
  mh: { key: CONTRACT, limit: 5, isEndedByServerId: true },
  bd: {
    key: {
      form: /^[A-Za-z]\w{1,19}\+\d{1,12}(\+[A-Z\d.]{1,12})?$/,
      words: 'account and contract id, such as DU1234567+265598',
    },
  },
  or: {},
  pl: {},
  tr: {},
  sd: { key: ACCOUNT },
  ld: { key: ACCOUNT },
}

/** True for a topic that can be subscribed to. */
export function isTopic(value: unknown): value is StreamTopic {
  return typeof value === 'string' && Object.hasOwn(TOPICS, value)
}

/** The frame that asks for a topic: `smd+265598+{"fields":["31"]}`. */
export function subscribeFrame(
  topic: StreamTopic,
  key: string,
  parameters: Readonly<Record<string, unknown>>,
): string {
  // What follows the contract id of a price ladder is read as an exchange.
  const hasParameters = topic !== 'bd' || Object.keys(parameters).length > 0
  const parts = [`s${topic}`, key, hasParameters ? JSON.stringify(parameters) : '']
  return parts.filter(Boolean).join('+')
}

/** The frame that ends a topic; for history `key` is the server's id. */
export function unsubscribeFrame(topic: StreamTopic, key: string): string {
  return [`u${topic}`, key, topic === 'bd' ? '' : '{}'].filter(Boolean).join('+')
}
