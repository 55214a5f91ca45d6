/**
 * The ready hook for orders and trades.
 */
import { refuse } from '../errors.ts'
import type { Reconcile, ReconcileContext, ReconciledMessage } from './gap.ts'
import type { Gap } from './stream-events.ts'

const DAY_MS = 86_400_000

/**
 * A `reconcile` for the topics `or` and `tr`: asks for the orders as they are now, and for the trades of the days that
 * the gap touches (at most 7), and delivers each list as one message `{ args: [...] }` with `isReconciled: true`.
 * A trade may be told twice, by the stream and by this: compare `execution_id`. Each call counts against the broker's
 * limit of one in five seconds, and waits for it.
 *
 * @throws {@link IbkrSessionError} `IBKR_SESSION_OPTION_INVALID` where it is not called as a hook is
 *
 * @example
 * ```ts
 * const stream = await session.openStream({ reconcile: reconcileOrdersAndTrades })
 * ```
 *
 * Source: the broker's Web API documentation, "Live orders" and "Trades".
 */
export const reconcileOrdersAndTrades: Reconcile = async (gap, context) => {
  checkCalled(gap, context)
  const { orders, trades } = context
  const has = (wanted: string) => gap.topics.some(({ topic }) => topic === wanted)
  const days = Math.min(7, Math.max(1, Math.ceil((gap.toMs - gap.fromMs) / DAY_MS) + 1))
  const askOrders = async (): Promise<ReconciledMessage[]> => {
    const answer = await orders()
    return [{ topic: 'or', data: { topic: 'sor', args: answer['orders'] ?? [] } }]
  }
  const askTrades = async (): Promise<ReconciledMessage[]> => [
    { topic: 'tr', data: { topic: 'str', args: await trades(days) } },
  ]
  const found = await Promise.all([has('or') ? askOrders() : [], has('tr') ? askTrades() : []])
  return found.flat()
}

function checkCalled(gap: Gap, context: ReconcileContext): void {
  if (!Array.isArray(Object(gap).topics)) {
    refuse('gap', gap, 'what a stream tells: give openStream the function itself, uncalled')
  }
  const { orders, trades } = Object(context) as Partial<ReconcileContext>
  if (typeof orders === 'function' && typeof trades === 'function') return
  refuse('context', context, 'what a stream gives its reconcile: orders, trades, fetch and signal')
}
