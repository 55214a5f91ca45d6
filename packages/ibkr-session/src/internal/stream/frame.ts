/**
 * A frame of the broker, read: JSON with a topic in most cases, and anything at all in the rest.
 */
import { cleanText, createEchoCheck, parseJsonObject } from '@isoauth/core-client'
import type { FrameDropReason, StreamEvent } from './stream-events.ts'
import { isTopic, type StreamTopic } from './topics.ts'

/** The flags of a `sts` frame; each frame may have one of them alone. */
export interface LoginFlags {
  readonly authenticated?: boolean | undefined
  readonly connected?: boolean | undefined
  readonly competing?: boolean | undefined
  readonly message?: string | undefined
  readonly fail?: string | undefined
}

/** What a frame is. */
export type Frame =
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'waiting-for-session' }
  | { readonly kind: 'login'; readonly flags: LoginFlags }
  | {
      readonly kind: 'data'
      readonly topic: StreamTopic
      readonly key: string
      readonly data: Readonly<Record<string, unknown>>
      readonly length: number
    }
  | { readonly kind: 'event'; readonly event: StreamEvent }
  | { readonly kind: 'notices'; readonly notices: readonly StreamEvent[] }
  /** The end of a history is confirmed, by the id that the server gave it. */
  | { readonly kind: 'ended'; readonly serverId: string }
  /** An answer to a `tic`, a confirmation. */
  | { readonly kind: 'nothing' }

/** A longer frame is not read, in characters or bytes: the longest known ones are some hundred kilobytes. */
const FRAME_LIMIT = 4_194_304

/**
 * Reads the data of a WebSocket message, text or bytes of UTF-8.
 *
 * @param secrets - texts that must not be shown
 */
export function readFrame(given: unknown, secrets: readonly string[]): Frame {
  const size = sizeOf(given)
  if (size > FRAME_LIMIT) return dropped('too-large', size)
  const text = textOf(given)
  if (/^\s*"?waiting for session"?\s*$/i.test(text)) return { kind: 'waiting-for-session' }
  if (/^\s*tic\s*$/.test(text)) return { kind: 'nothing' }
  const fields = parseJsonObject(text)
  if (fields === undefined) return dropped('not-json', size)
  const { message, result, error } = fields
  const said = message ?? result
  const topic = fields['topic'] ?? (typeof error === 'string' ? 'error' : undefined)
  if (typeof said === 'string') {
    if (/waiting for session/i.test(said)) return { kind: 'waiting-for-session' }
    // How the ends of history, account summary and ledger are confirmed.
    const serverId = /^unsubscribed (\w{1,40})/i.exec(said)?.[1]
    if (topic === undefined && serverId) return { kind: 'ended', serverId }
  }
  const isEcho = createEchoCheck(secrets)
  const clean = (value: unknown, limit = 300) => cleanText(value, limit, isEcho)
  if (typeof topic !== 'string') return dropped('not-json', size)
  const own = readOwn(topic, fields, clean)
  if (own) return own
  const [name = '', ...rest] = topic.split('+')
  const word = name.slice(1)
  if (!isTopic(word) || !/^[su]/.test(name)) return dropped('unknown-topic', size, clean(topic, 40))
  if (name.startsWith('u')) return { kind: 'nothing' }
  if (secrets.some((secret) => secret !== '' && text.includes(secret))) {
    return dropped('secret', size, name)
  }
  return { kind: 'data', topic: word, key: rest.join('+'), data: fields, length: text.length }
}

/** Reads what the broker tells unasked. */
function readOwn(
  topic: string,
  fields: Readonly<Record<string, unknown>>,
  clean: (value: unknown, limit?: number) => string | undefined,
): Frame | undefined {
  const args = Object(fields['args'] ?? fields) as Readonly<Record<string, unknown>>
  if (topic === 'system') return { kind: 'hb' in fields ? 'heartbeat' : 'nothing' }
  if (topic === 'tic') return { kind: 'nothing' }
  if (topic === 'sts') return { kind: 'login', flags: loginFlags(args, clean) }
  if (topic === 'act') {
    const { accounts } = args
    const names = (Array.isArray(accounts) ? accounts : []).slice(0, 1000)
    const told = names.flatMap((name) => clean(name, 40) ?? [])
    return { kind: 'event', event: { type: 'accounts', accounts: told } }
  }
  if (topic === 'ntf' || topic === 'blt') {
    const notice = (about: unknown): StreamEvent => {
      const { title, text, message } = Object(about) as Readonly<Record<string, unknown>>
      return { type: 'notice', topic, title: clean(title, 80), text: clean(text ?? message) }
    }
    // Documented as one, and seen as a list.
    if (Array.isArray(args)) return { kind: 'notices', notices: args.map(notice) }
    return { kind: 'event', event: notice(args) }
  }
  if (topic === 'error') {
    const message = clean(fields['error'] ?? args['message']) ?? 'a text that is not shown'
    return { kind: 'event', event: { type: 'refused', message } }
  }
  return undefined
}

function loginFlags(
  args: Readonly<Record<string, unknown>>,
  clean: (value: unknown) => string | undefined,
): LoginFlags {
  const flags = ['authenticated', 'connected', 'competing'].flatMap((name) =>
    typeof args[name] === 'boolean' ? [[name, args[name]]] : [],
  )
  const texts = ['message', 'fail'].flatMap((name) => {
    const said = clean(args[name])
    return said === undefined ? [] : [[name, said]]
  })
  return Object.fromEntries([...flags, ...texts])
}

function dropped(reason: FrameDropReason, length: number, topic?: string | undefined): Frame {
  const named = topic === undefined ? {} : { topic }
  return { kind: 'event', event: { type: 'frame-dropped', reason, length, ...named } }
}

function sizeOf(given: unknown): number {
  const { length, byteLength, size } = Object(given) as Readonly<Record<string, unknown>>
  return Number(length ?? byteLength ?? size ?? 0)
}

function textOf(given: unknown): string {
  if (typeof given === 'string') return given
  const isBinary = given instanceof ArrayBuffer || ArrayBuffer.isView(given)
  return isBinary ? new TextDecoder().decode(given as ArrayBuffer) : ''
}
