/** Opens a session and a stream, and writes what comes until the person interrupts. */
import {
  type BrokerStream,
  reconcileOrdersAndTrades,
  type StreamEvent,
  type StreamSubscription,
  type WebSocketFactory,
} from '@isoauth/ibkr-session'
import type { StreamOptions } from '../commands/stream-options.ts'
import type { Context } from '../context.ts'
import { followSession, makeSession, signInFor } from '../session/make-session.ts'
import { readTopics } from './read-topic.ts'
import { createStreamView, type StreamView } from './stream-view.ts'

/** Events that are told; messages are read from their subscriptions, so that a slow reader is waited for. */
const SILENT: readonly StreamEvent['type'][] = ['message', 'accounts', 'frame-dropped', 'closed']

/** Returns when the person interrupts, or when nothing more is tried. */
export async function runStream(
  context: Context,
  topics: readonly string[],
  options: StreamOptions,
): Promise<void> {
  context.isJson = options.json === true
  context.isLines = true
  const { io } = context
  const requests = readTopics(topics)
  const view = createStreamView(context)
  const session = await makeSession(context, await signInFor(context, options), options)
  const gone = followSession(context, session, (event) => view.sessionEvent(event))
  try {
    await session.open({ compete: options.compete === true, signal: io.signal })
    session.keepAlive()
    const stream = await session.openStream({
      webSocket: await webSocketOf(),
      reconcile: reconcileOrdersAndTrades,
      signal: io.signal,
      onEvent(event) {
        if (!SILENT.includes(event.type)) view.event(event)
      },
    })
    const subscriptions = requests.map((request) => stream.subscribe(request))
    const written = subscriptions.map((subscription) => writeAll(subscription, view))
    await untilEnded(AbortSignal.any([io.signal, gone]), stream)
    await Promise.all(written)
  } finally {
    await session.close()
  }
}

/** Node 20 has no WebSocket of its own. */
async function webSocketOf(): Promise<WebSocketFactory | undefined> {
  if (typeof globalThis.WebSocket === 'function') return undefined
  const { WebSocket } = await import('ws')
  return (url, { headers }) => new WebSocket(url, { headers })
}

async function writeAll(subscription: StreamSubscription, view: StreamView): Promise<void> {
  for await (const message of subscription) await view.message(message)
}

async function untilEnded(signal: AbortSignal, stream: BrokerStream): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
  await stream.close()
}
