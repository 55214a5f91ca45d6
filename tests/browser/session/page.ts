/** What runs in each tab: a session of a fleet whose store and lock are those of the browser. */
import { createIbkrOAuth1, type IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { type BrokerageSession, createBrokerageSession, type Lock } from '@isoauth/ibkr-session'

const lock: Lock = async (name, work, options) =>
  await navigator.locks.request(name, options, () => work())
const sharing = { store: localStorage, storeKey: 'unsealed', lock } as const
const events: string[] = []
let session: BrokerageSession | undefined

Object.assign(globalThis, {
  async start(credentials: IbkrOAuth1Options, intervalMs: number) {
    const onEvent = ({ type }: { readonly type: string }) => void events.push(type)
    const connection = createIbkrOAuth1({ ...credentials, ...sharing })
    session = createBrokerageSession({ connection, ...sharing, sharedAs: 'sandboxuser', onEvent })
    await session.open({ compete: true })
    session.keepAlive({ intervalMs })
  },
  async call(callers: number) {
    const calls = Array.from({ length: callers }, async () => {
      const response = await session?.fetch('/iserver/accounts')
      return response?.status
    })
    return [...new Set(await Promise.all(calls))]
  },
  health: () => ({ ...session?.health(), events }),
})
