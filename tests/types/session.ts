/** The brokerage session and its pacing, as a consumer's compiler sees them. */
import {
  type AccountsAnswer,
  type BrokerageSession,
  type BrokerConnection,
  createBrokerageSession,
  type FetchFunction,
  type LogoutAnswer,
  reconcileOrdersAndTrades,
  type StatusAnswer,
  type SuppressAnswer,
  type TickleAnswer,
  type ValidateAnswer,
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

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only where both types are the same. */
export function same<A, B>(_: Equal<A, B>): void {}

/** The body once the answer was a good one; of a refusal nothing is claimed. */
export async function answers({ fetch }: BrokerageSession, path: string): Promise<unknown> {
  const post = { method: 'POST' } as const
  const accounts = await fetch('/iserver/accounts')
  if (!accounts.ok) {
    const refusal: unknown = await accounts.json()
    return refusal
  }
  const list = await accounts.json()
  const tickle = await fetch('/tickle', { method: 'POST', signal: null })
  const status = await fetch('/iserver/auth/status', post)
  const opened = await fetch('/iserver/auth/ssodh/init', { ...post, body: '{"publish":true}' })
  const valid = await fetch('/sso/validate')
  const suppressed = await fetch('/iserver/questions/suppress', post)
  const ended = await fetch('/logout', post)
  same<typeof list, AccountsAnswer>(true)
  if (tickle.ok && status.ok && opened.ok && valid.ok && suppressed.ok && ended.ok) {
    const bodies = {
      tickle: await tickle.json(),
      status: await status.json(),
      opened: await opened.json(),
      valid: await valid.json(),
      suppressed: await suppressed.json(),
      ended: await ended.json(),
    }
    same<typeof bodies.tickle, TickleAnswer>(true)
    same<typeof bodies.status, StatusAnswer>(true)
    same<typeof bodies.opened, StatusAnswer>(true)
    same<typeof bodies.valid, ValidateAnswer>(true)
    same<typeof bodies.suppressed, SuppressAnswer>(true)
    same<typeof bodies.ended, LogoutAnswer>(true)
  }

  // Anything else is the platform's own answer: another path or method, a text that is not written out.
  type Plain = Awaited<ReturnType<FetchFunction>>
  const others = [
    await fetch('/portfolio/accounts'),
    await fetch('/iserver/accounts', post),
    await fetch(path),
  ]
  same<(typeof others)[number], Plain>(true)
  const used: FetchFunction = fetch
  return [list.accounts?.length, used]
}
