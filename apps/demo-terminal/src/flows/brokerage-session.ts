/** A brokerage session that is kept, and a stream that is cut: what was missed is told, and found by asking. */
import { createIbkrOAuth1 } from '@isoauth/ibkr-oauth1'
import {
  type BrokerStream,
  createBrokerageSession,
  reconcileOrdersAndTrades,
  type StreamEvent,
  type StreamSubscription,
} from '@isoauth/ibkr-session'
import type { Sandbox } from '@isoauth/sandbox'
import { expect } from '../authorized-call.ts'
import { DemoError } from '../errors.ts'
import type { Flow } from '../flow.ts'
import { count } from '../text.ts'

/** The broker wants one a minute; here nobody waits that long. */
const INTERVAL_MS = 1000
const LIMIT_MS = 15_000

export const brokerageSession: Flow = {
  title: 'IBKR brokerage session: kept alive, with a stream that tells its gaps',
  async run({ sandbox, steps }) {
    const session = createBrokerageSession({
      connection: createIbkrOAuth1(sandbox.credentials.ibkr.oauth1),
    })
    try {
      await steps.run(
        'session opened',
        () => session.open({ compete: false }),
        ({ epoch }) => `ready, and nobody thrown out; epoch ${epoch}`,
      )
      await steps.run(
        'kept alive',
        async () => {
          const before = sandbox.counts.tickles
          session.keepAlive({ intervalMs: INTERVAL_MS })
          await until('a tickle', () => sandbox.counts.tickles > before)
        },
        'a tickle by itself, as one is sent each minute',
      )
      const events: StreamEvent[] = []
      const stream = await steps.run(
        'stream opened',
        () =>
          session.openStream({
            // Node 20 has no WebSocket of its own.
            ...(globalThis.WebSocket === undefined && { webSocket: sandbox.webSocket }),
            reconcile: reconcileOrdersAndTrades,
            onEvent: (event) => void events.push(event),
          }),
        'a WebSocket, bound to the session by its cookie',
      )
      await showGap({ sandbox, steps }, stream, events)
      await steps.run(
        'closed',
        () => session.close({ logout: true }),
        'timers and socket ended, signed out',
      )
    } finally {
      await session.close()
    }
  },
}

async function showGap(
  { sandbox, steps }: Parameters<Flow['run']>[0],
  stream: BrokerStream,
  events: readonly StreamEvent[],
): Promise<void> {
  const trades = stream.subscribe({ topic: 'tr', parameters: { days: 1 } })
  await steps.run(
    'trade told',
    async () => {
      await until('the subscription', () => isSubscribed(sandbox))
      const orderId = trade(sandbox)
      await tradeOf(trades, orderId, false)
    },
    'an order was filled elsewhere: the stream says so',
  )
  let missed = 0
  await steps.run(
    'stream cut',
    async () => {
      sandbox.broker.play({ kind: 'cut' })
      missed = trade(sandbox)
      await until('the gap', () => events.some(({ type }) => type === 'gap'))
      const gap = events.find((event) => event.type === 'gap')
      expect(gap?.topics.length === 1, 'The gap does not name the topic.')
      return (gap?.toMs ?? 0) - (gap?.fromMs ?? 0)
    },
    (ms) => `open again; a gap of ${(ms / 1000).toFixed(1)} s is told, of 1 topic`,
  )
  await steps.run(
    'gap reconciled',
    () => tradeOf(trades, missed, true),
    (found) => `${count(found, 'trade')} asked for, the missed one among them`,
  )
}

/** An order that another platform places and that is filled at once; gives its number. */
function trade({ broker }: Sandbox): number {
  broker.play({
    ...{ kind: 'order', conid: 265598, side: 'BUY', quantity: 1, price: 190.5 },
    ...{ status: 'Filled', filled: 1 },
  })
  return Number(broker.trades.at(-1)?.orderId)
}

function isSubscribed({ broker }: Sandbox): boolean {
  return broker.sockets.at(-1)?.subscriptions.includes('tr') === true
}

/** Reads until the trade of an order comes; gives how many came with it. */
async function tradeOf(
  trades: StreamSubscription,
  orderId: number,
  isReconciled: boolean,
): Promise<number> {
  for await (const message of trades) {
    const args = message.data['args']
    const list: readonly unknown[] = Array.isArray(args) ? args : []
    const isThere = list.some((item) => Number(Object(item).order_id) === orderId)
    if (isThere && message.isReconciled === isReconciled) return list.length
  }
  throw new DemoError('The stream ended.', { code: 'DEMO_ANSWER_UNEXPECTED' })
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const endMs = Date.now() + LIMIT_MS; !isSo(); ) {
    if (Date.now() > endMs) {
      throw new DemoError(`There was no sign of ${what}.`, { code: 'DEMO_ANSWER_UNEXPECTED' })
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
