/**
 * The options of a stream and of a subscription, checked when given.
 */
import {
  type PlatformAbortSignal,
  parseJsonObject,
  readDurationMs,
  readFunction,
  readSignal,
  readUserAgent,
} from '@isoauth/core-client'
import type { BrokerConnection } from '../connection.ts'
import { newError, refuse } from '../errors.ts'
import { readOptions } from '../settings.ts'
import type { Reconcile } from './gap.ts'
import type { StreamEvent } from './stream-events.ts'
import { type FullRequest, isTopic, type SubscriptionRequest, TOPICS } from './topics.ts'
import { findWebSocketWay, type WebSocketFactory, type WebSocketWay } from './web-socket.ts'

/** The options of `openStream`. */
export interface StreamOptions {
  /**
   * Opens a WebSocket with headers: needed in Node 20, which has none, and where a proxy or an agent is to be used.
   * Default: that of the runtime.
   */
  readonly webSocket?: WebSocketFactory | undefined
  /** The `User-Agent` of the socket's request, ASCII; not in browsers. Default: `isoauth`. */
  readonly userAgent?: string | undefined
  /** Finds out what happened in a gap, before the first message of its topics after it. Default: gaps are told only. */
  readonly reconcile?: Reconcile | undefined
  /** Milliseconds for one `reconcile`. Default: 60000. */
  readonly reconcileTimeoutMs?: number | undefined
  /** Told of what happens to the stream, messages included; what it throws is dropped. */
  readonly onEvent?: ((event: StreamEvent) => void) | undefined
  /** Closes the stream. */
  readonly signal?: PlatformAbortSignal | undefined
}

/** The options of `subscribe`. */
export interface SubscribeOptions extends SubscriptionRequest {
  /**
   * How many messages wait to be read, at most 100000 and 16 MiB; then the oldest are dropped and counted. 0 keeps
   * none, for who reads events alone. Default: 1000.
   */
  readonly bufferLimit?: number | undefined
}

/** Checked {@link StreamOptions}, without signal and listener. */
export interface StreamSettings {
  readonly way: WebSocketWay
  readonly userAgent: string
  readonly reconcile: Reconcile | undefined
  readonly reconcileTimeoutMs: number
  readonly webSocketUrl: () => Promise<string>
}

/** A checked request of a subscription. */
export interface CheckedSubscription {
  readonly request: FullRequest
  readonly bufferLimit: number
}

/** Checks {@link StreamOptions}, and that the connection and the runtime can have streams. */
export function checkStream(options: StreamOptions, connection: BrokerConnection): StreamSettings {
  const read = readOptions(options)
  readSignal(read)
  readFunction(read, 'onEvent')
  const settings = {
    userAgent: readUserAgent(read),
    reconcile: readFunction(read, 'reconcile'),
    reconcileTimeoutMs: readDurationMs(read, 'reconcileTimeoutMs', 60_000),
  }
  const webSocket = readFunction(read, 'webSocket')
  if (connection.webSocketUrl === undefined) {
    const message =
      "The connection has no webSocketUrl, so it can open a session and no stream. Use a client of @isoauth/ibkr-oauth1 or a session of @isoauth/ibkr-sso, or give your connection a webSocketUrl that resolves to the address of the broker's stream."
    throw newError('OPTION_INVALID', message, { option: 'connection' })
  }
  const way = findWebSocketWay(webSocket)
  if (way === undefined) {
    const form =
      'a function that opens a WebSocket, since this runtime has none of its own: (url, init) => new WebSocket(url, init) with the WebSocket of undici or ws'
    return read.refuse('webSocket', form)
  }
  return { ...settings, way, webSocketUrl: () => readUrl(connection) }
}

/** Checks {@link SubscribeOptions}. */
export function checkSubscribe(options: SubscribeOptions): CheckedSubscription {
  const read = readOptions(options)
  const topic = read.value('topic')
  if (!isTopic(topic)) {
    return read.refuse('topic', `one of ${Object.keys(TOPICS).join(', ')}`)
  }
  const key = read.value('key', '')
  // A copy: it is sent again on each later socket.
  const parameters = jsonOf(read.value('parameters', {}))
  const bufferLimit = read.value('bufferLimit', 1000)
  const { key: rule } = TOPICS[topic]
  const isKey = typeof key === 'string' && (rule === undefined ? key === '' : rule.form.test(key))
  if (!isKey) {
    return read.refuse('key', rule === undefined ? `left out for ${topic}` : rule.words)
  }
  if (parameters === undefined) {
    return read.refuse('parameters', 'an object of JSON values, such as { fields: ["31", "84"] }')
  }
  if (!Number.isInteger(bufferLimit) || bufferLimit < 0 || bufferLimit > 100_000) {
    return read.refuse('bufferLimit', 'a whole number from 0 to 100000')
  }
  return { request: { topic, key, parameters }, bufferLimit }
}

/** The address of the stream; what is wrong with it is told without it, since it holds a token. */
async function readUrl(connection: BrokerConnection): Promise<string> {
  const given = await connection.webSocketUrl?.()
  const isRight = typeof given === 'string' && /^wss?:\/\/[^\s#]+$/i.test(given)
  const isSafe = isRight && (/^wss:/i.test(given) || isLoopback(given))
  if (isSafe) return given
  return refuse(
    'connection',
    given,
    'an object whose webSocketUrl resolves to a wss: address (ws: on this machine only)',
  )
}

function isLoopback(url: string): boolean {
  return /^ws:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?[/?]/i.test(url)
}

/** A copy of an object of JSON values; undefined for anything else. */
function jsonOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = JSON.stringify(value)
    return text.length <= 10_000 ? parseJsonObject(text) : undefined
  } catch {
    return undefined
  }
}
