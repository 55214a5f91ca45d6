/** What a stream writes: one JSON document a line, or lines for a person. */
import type { BrokerageSessionEvent, StreamEvent, StreamMessage } from '@isoauth/ibkr-session'
import type { Context } from '../context.ts'
import { describeEvent, explained, quote } from '../session/words.ts'
import { roundedTime, withoutControls } from '../text.ts'

export interface StreamView {
  /** Resolves when the reader has taken it. */
  message(message: StreamMessage): unknown
  event(event: StreamEvent): void
  sessionEvent(event: BrokerageSessionEvent): void
}

const LOST = {
  closed: 'it was closed, or the network broke',
  silent: 'the broker was silent for a minute',
  'not-authenticated': 'the broker says that the session is not authenticated',
  renewed: 'the token was renewed',
  reopened: 'the session was opened again',
} as const

/** Fields that repeat what stands at the beginning of the line. */
const REPEATED: readonly string[] = ['topic', 'conid', 'server_id', '_updated']

export function createStreamView({ io, colors, isJson }: Context): StreamView {
  const { stdout, now } = io
  if (isJson || !stdout.isTerminal) {
    const line = (value: object) =>
      stdout.write(`${JSON.stringify({ at: new Date(now()).toISOString(), ...value })}\n`)
    return {
      message: ({ topic, key, data, isReconciled }) => line({ topic, key, isReconciled, data }),
      event: (event) => line({ event }),
      sessionEvent: (event) => line({ sessionEvent: event }),
    }
  }
  const line = (text: string) =>
    stdout.write(`${colors.dim(new Date(now()).toISOString().slice(11, 19))}  ${text}\n`)
  return {
    message({ topic, key, data, isReconciled }) {
      const head = colors.bold(nameOf({ topic, key }))
      const found = isReconciled ? ' (of the gap)' : ''
      return line(`${head}${found}  ${describeData(data)}`)
    },
    event(event) {
      const text = describeStreamEvent(event, now())
      if (text !== undefined) line(event.type === 'gap' ? colors.yellow(text) : text)
    },
    sessionEvent(event) {
      const text = describeEvent(event, now())
      if (text !== undefined) line(text)
    },
  }
}

/** `md 265598`; of topics without a key the topic. */
function nameOf({
  topic,
  key,
}: {
  readonly topic: string
  readonly key?: string | undefined
}): string {
  return [topic, key].filter(Boolean).join(' ')
}

/** `31=190.5 84=190.4`; of lists each item. */
function describeData(data: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(data).filter(([name]) => !REPEATED.includes(name))
  return shown.map(([name, value]) => `${textOf(name)}=${textOf(value)}`).join(' ')
}

/** On one line, and without what steers a terminal. */
function textOf(value: unknown): string {
  const isPlain = typeof value === 'string' && !/\p{Cc}/u.test(value)
  return isPlain ? value : withoutControls(JSON.stringify(value))
}

/** A sentence; undefined for what needs none. */
function describeStreamEvent(event: StreamEvent, nowMs: number): string | undefined {
  switch (event.type) {
    case 'ready':
      return event.connections === 1 ? 'The stream is open.' : 'The stream is open again.'
    case 'lost':
      return `The stream was lost: ${LOST[event.reason]}.${quote(event.message)}`
    case 'waiting':
      return `It is opened again in ${roundedTime(Math.max(0, event.untilMs - nowMs))}, or as soon as the broker answers.${explained(event.message)}`
    case 'gap':
      return `Gap: what happened in ${roundedTime(event.toMs - event.fromMs)} was not sent, of ${event.topics.map(nameOf).join(', ') || 'no topic'}.`
    case 'reconciled':
      return 'Orders and trades of the gap were asked for.'
    case 'reconcile-failed':
      return `Orders and trades of the gap could not be asked for${event.code === undefined ? '' : ` (${event.code})`}.`
    case 'overflow':
      return `More came of ${nameOf(event)} than could be written: the oldest are dropped.`
    case 'refused':
      return `The broker refused a topic: ${event.message}`
    case 'notice':
      return [event.title, event.text].filter(Boolean).join(': ') || undefined
    default:
      return undefined
  }
}
