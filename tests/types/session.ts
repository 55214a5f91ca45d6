/** The brokerage session and its pacing, as a consumer's compiler sees them. */
import {
  type BrokerageSession,
  type BrokerConnection,
  createBrokerageSession,
  reconcileOrdersAndTrades,
} from '@isoauth/ibkr-session'
import { withPacing } from '@isoauth/ibkr-session/pacing'

declare const connection: BrokerConnection

export async function keep(): Promise<string> {
  const session: BrokerageSession = createBrokerageSession({
    connection: { ...connection, fetch: withPacing(connection.fetch) },
    onEvent: (event) => event.type satisfies string,
  })
  const { state } = await session.open({ compete: false })
  const stream = await session.openStream({ reconcile: reconcileOrdersAndTrades })
  for await (const { topic } of stream.subscribe({ topic: 'or' })) return `${state} ${topic}`
  // @ts-expect-error compete has no default
  await session.open({})
  return state
}
