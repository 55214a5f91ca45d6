/** A broker that keeps one session and answers as recorded answers do, a session over it, and a shared clock. */
import {
  type BrokerageSession,
  type BrokerageSessionEvent,
  type BrokerageSessionOptions,
  createBrokerageSession,
  type StepResult,
} from '@isoauth/ibkr-session'
import { deferred, json } from '../../../tests/support/index.ts'

export {
  aesKey,
  everythingOf,
  failure,
  json,
  makeLock,
  memoryStore,
  settle,
  wrong,
} from '../../../tests/support/index.ts'

export const NOW_MS = Date.UTC(2026, 10, 30, 12)
/** What must show nowhere. */
export const SESSION_ID = '5e551011d5e551011d5e551011d5e551'
export const COOKIE = 'c00c1ec00c1e'

export interface Call {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Headers
  readonly body: string
  readonly atMs: number
}

export type Responder = (call: Call) => Response | Promise<Response> | 'lost' | undefined

const IDLE_MS = 360_000

/** The broker: one brokerage session of one user name. */
export function makeBroker(time: { now: number }) {
  const calls: Call[] = []
  const renewals = new Set<() => void>()
  let respond: Responder = () => undefined
  const broker = {
    calls,
    /** Whether a session of ours is there, and who else has one. */
    isOpen: false,
    isEstablished: true,
    /** Another platform holds the session. */
    isTaken: false,
    hasAccounts: true,
    lastSeenMs: 0,
    /** Answers first; undefined leaves it to the broker. */
    answering(next: Responder) {
      respond = next
    },
    /** Answers one path; the others are left to the broker. */
    answeringAt(path: string, next: Responder) {
      respond = (call) => (call.path === path ? next(call) : undefined)
    },
    /** Holds the first answer at one path back until what is given is called. */
    answeringLate(path: string, body: object): () => void {
      const { promise, resolve } = deferred()
      let isFirst = true
      broker.answeringAt(path, () => {
        if (!isFirst) return undefined
        isFirst = false
        return promise.then(() => json(200, body))
      })
      return resolve
    },
    count: (path: string) => calls.filter((call) => call.path === path).length,
    renew() {
      for (const listener of renewals) listener()
    },
    listeners: renewals,
    connection: {
      fetch: async (input: unknown, init: RequestInit = {}): Promise<Response> => {
        const request = new Request(new URL(`${input}`, 'https://broker.test'), init)
        const call = {
          method: request.method,
          path: new URL(request.url).pathname,
          query: new URL(request.url).search,
          headers: new Headers(init.headers),
          body: await request.text(),
          atMs: time.now,
        }
        calls.push(call)
        init.signal?.throwIfAborted()
        const answer = await respond(call)
        if (answer === 'lost') throw new TypeError('fetch failed')
        return answer ?? answerOf(call)
      },
      webSocketUrl: async () => 'wss://broker.test/ws?oauth_token=secret-access-token',
      onRenewed(listener: () => void) {
        renewals.add(listener)
        return () => {
          renewals.delete(listener)
        }
      },
    },
  }

  function status() {
    const { isOpen, isEstablished, isTaken } = broker
    return {
      authenticated: isOpen,
      established: isOpen && isEstablished,
      competing: isTaken,
      connected: isOpen,
      message: '',
      MAC: '98:F2:B3:23:2E:68',
      serverInfo: { serverName: 'JifN19053', serverVersion: 'Build 10.25.0p' },
      fail: '',
    }
  }

  function answerOf({ path, body }: Call): Response {
    if (time.now - broker.lastSeenMs > IDLE_MS) broker.isOpen = false
    broker.lastSeenMs = time.now
    if (path === '/iserver/auth/status') return json(200, status())
    if (path === '/iserver/auth/ssodh/init') {
      const { compete } = JSON.parse(body) as { readonly compete: boolean }
      if (compete) broker.isTaken = false
      broker.isOpen = !broker.isTaken
      return json(200, status())
    }
    if (path === '/tickle') {
      const hmds = { error: 'no bridge' }
      const headers = { 'set-cookie': `api=${COOKIE}; Path=/; Secure` }
      const iserver = { authStatus: status() }
      return json(200, { session: SESSION_ID, ssoExpires: 460311, hmds, iserver }, headers)
    }
    if (path === '/logout') {
      broker.isOpen = false
      return json(200, { status: true })
    }
    if (path === '/sso/validate') {
      return json(200, { RESULT: true, EXPIRES: 415890, AUTH_TIME: NOW_MS, LOGIN_TYPE: 2 })
    }
    if (path.startsWith('/iserver/') && !broker.isOpen) {
      return json(400, { error: 'Bad Request: no bridge', statusCode: 400 })
    }
    if (path === '/iserver/accounts') {
      return json(200, broker.hasAccounts ? { accounts: ['DU1'] } : {})
    }
    return json(200, { status: 'submitted' })
  }
  return broker
}

export interface Setup {
  readonly session: BrokerageSession
  readonly broker: ReturnType<typeof makeBroker>
  readonly events: BrokerageSessionEvent[]
  readonly time: { now: number }
  /** The kinds of the events so far. */
  readonly types: () => string[]
}

/** A session over a broker, or over another session's broker. */
export function setUp(
  options: Partial<BrokerageSessionOptions> = {},
  shared?: Pick<Setup, 'broker' | 'time'>,
): Setup {
  const time = shared?.time ?? { now: NOW_MS }
  const broker = shared?.broker ?? makeBroker(time)
  const events: BrokerageSessionEvent[] = []
  const session = createBrokerageSession({
    connection: broker.connection as never,
    now: () => time.now,
    onEvent: (event) => void events.push(event),
    ...options,
  })
  return { session, broker, events, time, types: () => events.map(({ type }) => type) }
}

/** A session that the broker lost and refuses to open again, so that it gave up; with what each step gave. */
export async function setUpGivenUp(
  refuse: Responder = () => json(401, { error: 'not authenticated' }),
): Promise<Setup & { readonly steps: readonly StepResult[] }> {
  const setup = setUp()
  const { session, broker, time } = setup
  await session.open({ compete: true })
  broker.answering(refuse)
  broker.isOpen = false
  const steps: StepResult[] = []
  for (let step = 0; step < 8; step++) {
    time.now += 120_000
    steps.push(await session.step())
  }
  return { ...setup, steps }
}

/** The paths that were asked, without the base. */
export const paths = ({ broker }: Pick<Setup, 'broker'>): string[] =>
  broker.calls.map(({ method, path }) => `${method} ${path}`)
