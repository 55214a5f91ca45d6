/** The brokerage session in one process: opened over the OAuth 1.0a client, kept, lost and opened again. */
import { createIbkrOAuth1, type IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { type BrokerageSession, createBrokerageSession } from '@isoauth/ibkr-session'
import { type Check, equal, failsWith, same } from './check.ts'
import { failedChecks, firstParty, ORIGIN, startSandbox } from './sandboxes.ts'

const MINUTE_MS = 60_000

export const sessionFlows: readonly Check[] = [
  {
    name: 'session: opened, and alive after half an hour of steps',
    async run() {
      const { sandbox, session, time, passing, events } = await start()
      equal((await passing(() => session.open({ compete: false }))).state, 'open')
      equal((await session.fetch('/iserver/accounts')).status, 200)
      for (let minute = 0; minute < 30; minute++) {
        time.now += MINUTE_MS
        await session.step()
      }
      const { state, epoch, lastGoodTickleAtMs = 0 } = session.health()
      same([state, epoch, time.now - lastGoodTickleAtMs < 2 * MINUTE_MS], ['open', 1, true])
      same(events, ['opened'])
      same(failedChecks(sandbox), [])
      await session.close()
    },
  },
  {
    name: 'session: lost in silence, opened again by the call that finds it so',
    async run() {
      const { session, time, passing, events } = await start()
      await passing(() => session.open({ compete: false }))
      time.now += 7 * MINUTE_MS
      const answer = await passing(() => session.fetch('/iserver/accounts'))
      equal(answer.status, 200)
      same(events, ['opened', 'lost', 'reopened'])
      await session.close({ logout: true })
      await failsWith('IBKR_SESSION_CLOSED', () => session.status())
    },
  },
  {
    name: 'session: an order without an answer goes out once, and its outcome is unknown',
    async run() {
      const { sandbox, session, passing } = await start()
      await passing(() => session.open({ compete: false }))
      const path = '/iserver/account/DU1234567/orders'
      sandbox.fault({
        path: `/v1/api${path}`,
        kind: 'retry-after',
        status: 503,
        value: 0,
        times: 1,
      })
      const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
      await failsWith('IBKR_SESSION_OUTCOME_UNKNOWN', () => session.fetch(path, init))
      equal(sandbox.requests.filter((request) => request.path.endsWith(path)).length, 1)
      await session.close()
    },
  },
  {
    name: 'session: a wrong option is told before anything is sent',
    async run() {
      const { sandbox, session } = await start()
      const wrong = { compete: 'yes' } as unknown as { compete: boolean }
      const error = await failsWith('IBKR_SESSION_OPTION_INVALID', () => session.open(wrong))
      equal(error['option'], 'compete')
      equal(sandbox.requests.length, 0)
    },
  },
]

interface Started extends Awaited<ReturnType<typeof startSandbox>> {
  readonly session: BrokerageSession
  /** The kinds of events so far. */
  readonly events: string[]
  /** Lets a second pass every few milliseconds while work waits. */
  readonly passing: <T>(work: () => Promise<T>) => Promise<T>
}

async function start(): Promise<Started> {
  const started = await startSandbox()
  const { sandbox, time, now } = started
  const given = { ...firstParty(ORIGIN), fetch: sandbox.fetch, now }
  const connection = createIbkrOAuth1(given as IbkrOAuth1Options)
  const events: string[] = []
  const onEvent = ({ type }: { readonly type: string }) => void events.push(type)
  const session = createBrokerageSession({ connection, now, onEvent })
  return {
    ...started,
    session,
    events,
    async passing(work) {
      const ticking = setInterval(() => {
        time.now += 1000
      }, 20)
      try {
        return await work()
      } finally {
        clearInterval(ticking)
      }
    },
  }
}
