/** A way to each code of a brokerage session, which is open and has a cookie and an id to hide. */
import {
  type BrokerageSession,
  type BrokerageSessionOptions,
  createBrokerageSession,
  type IbkrSessionErrorCode,
} from '@isoauth/ibkr-session'
import { failure } from '../check.ts'
import { BODY, COOKIE, carrying, echo, SESSION, TOKEN } from './marks.ts'
import { answer, never, type Play, played } from './played.ts'
import type { Provoked, Way } from './search.ts'

const ready = { authenticated: true, connected: true, established: true, competing: false }
const headers = { 'set-cookie': `x=${COOKIE}; Path=/`, 'content-type': 'application/json' }
const GOOD: Readonly<Record<string, Play>> = {
  '/iserver/auth/': answer(ready),
  '/iserver/accounts': answer({ accounts: ['DU1'] }),
  '/tickle': () =>
    new Response(JSON.stringify({ session: SESSION, iserver: { authStatus: ready } }), { headers }),
}

/** What a broker has seen of the session, as it could repeat it. */
const known = `${TOKEN} ${SESSION} ${COOKIE}`

async function use(
  play: Play,
  call: (session: BrokerageSession) => Promise<unknown> = (session) => session.validate(),
  more: Partial<BrokerageSessionOptions> = {},
): Promise<Provoked> {
  const plays: Record<string, Play> = { ...GOOD }
  const { fetch, onEvent, events, secrets } = played(plays)
  const connection = {
    fetch: (path: unknown, init?: RequestInit) =>
      fetch(path, { ...init, headers: { ...plain(init), authorization: `Bearer ${TOKEN}` } }),
  }
  const options = { connection, onEvent, ...more } as unknown as BrokerageSessionOptions
  const session = createBrokerageSession(options)
  await session.open({ compete: true })
  for (const path of Object.keys(plays)) delete plays[path]
  plays[''] = play
  const error = await failure(() => call(session))
  const shown = [...events, session, session.health()]
  if (session.health().state !== 'closed') await session.close()
  return { error, events: shown, secrets }
}

const plain = (init: RequestInit | undefined) => Object.fromEntries(new Headers(init?.headers))
const echoing =
  (status: number): Play =>
  ({ text, ...sent }) =>
    echo(status, { ...sent, text: `${text} ${known}` })
const saying =
  (status: number, text: string): Play =>
  (sent) =>
    new Response(JSON.stringify({ error: `${text} ${sent.text} ${known}` }), { status })
const order = (session: BrokerageSession) =>
  session.fetch('/iserver/account/DU1/orders', { method: 'POST', body: BODY })
const opening =
  (compete: boolean) =>
  (session: BrokerageSession): Promise<unknown> =>
    session.open({ compete })

export const sessionWays: Readonly<Record<IbkrSessionErrorCode, Way>> = {
  IBKR_SESSION_OPTION_INVALID: () =>
    use(echoing(200), (session) => session.open({ compete: BODY as never })),
  IBKR_SESSION_NETWORK: () =>
    use((sent) => {
      throw carrying({ ...sent, text: `${sent.text} ${known}` })
    }),
  IBKR_SESSION_TIMEOUT: () => use(never, undefined, { timeoutMs: 100 }),
  IBKR_SESSION_RESPONSE_INVALID: () =>
    use(({ text }) => new Response(`<html>${text} ${known}</html>`)),
  IBKR_SESSION_UNAUTHORIZED: () => use(echoing(401)),
  IBKR_SESSION_FORBIDDEN: () => use(echoing(403)),
  IBKR_SESSION_RATE_LIMITED: () => use(echoing(429)),
  IBKR_SESSION_UNAVAILABLE: () => use(echoing(503)),
  IBKR_SESSION_REFUSED: () => use(echoing(404)),
  IBKR_SESSION_NO_BRIDGE: () => use(saying(400, 'no bridge')),
  IBKR_SESSION_GONE: () => use(echoing(410)),
  IBKR_SESSION_NOT_ELIGIBLE: () => use(saying(500, 'failed to generate sso dh token')),
  IBKR_SESSION_COMPETING: () =>
    use(
      ({ text }) =>
        Response.json({ authenticated: false, competing: true, fail: `${text} ${known}` }),
      opening(false),
    ),
  IBKR_SESSION_NOT_READY: () =>
    use(
      ({ text }) => Response.json({ ...ready, established: false, message: `${text} ${known}` }),
      opening(true),
      { openTimeoutMs: 200 },
    ),
  IBKR_SESSION_OUTCOME_UNKNOWN: () => use(echoing(503), order),
  IBKR_SESSION_CLOSED: () =>
    use(echoing(200), async (session) => {
      await session.close()
      await order(session)
    }),
}
