/**
 * The table: every function that a signal ends, and every state in which it can be when that happens. A state that a
 * function does not have says why.
 */
import { createIbkrOAuth1, createIbkrOAuth1Authorization } from '@isoauth/ibkr-oauth1'
import { createIbkrOAuth2 } from '@isoauth/ibkr-oauth2'
import { createBrokerageSession, type StreamOptions } from '@isoauth/ibkr-session'
import { withPacing } from '@isoauth/ibkr-session/pacing'
import { createIbkrSso } from '@isoauth/ibkr-sso'
import { createUltraCartSso, type UltraCartSso } from '@isoauth/ultracart-sso'
import { failure, json, settle, wrong } from '../../support/index.ts'
import { at, type Hold, ORIGIN, type Stage, type Which } from './stage.ts'

/** Where a call can be when it is ended. */
export const STATES = [
  'aborted beforehand',
  'while the store is asked',
  'while the lock is waited for',
  "while another caller's sign-in is joined",
  'while its sign-in is on the wire',
  "while its sign-in's answer is read",
  'while it waits before a repetition',
  'while sign-in is held back',
  'while it is queued',
  'while its request is on the wire',
  "while its request's answer is read",
  'after its end',
] as const
export type State = (typeof STATES)[number]

export interface Given {
  readonly signal?: AbortSignal
}

/** A client on a stage. */
export interface Use {
  /** The call under test. */
  readonly call: (given: Given) => Promise<unknown>
  /** Another caller who shares the work. Default: the same call. */
  readonly other?: () => Promise<unknown>
  /** A later call of the same client. Default: the same call. */
  readonly again?: () => Promise<unknown>
}

/** How a state comes to be. */
export interface Moment {
  readonly prepare?: (stage: Stage, use: Use) => Promise<unknown>
  readonly hold?: (stage: Stage, use: Use) => Hold
  /** True where the call itself is done, and what it gave is what is ended: a body that is read. */
  readonly isAnswered?: boolean
  /** What is to pass before the next call. */
  readonly after?: (stage: Stage) => void
}

export interface Row {
  readonly make: (stage: Stage) => Promise<Use>
  readonly cells: Readonly<Record<State, Moment | string>>
  /** A timer that is meant to stay. */
  readonly keeps?: string
}

const HOUR_MS = 3_600_000

/** Where the call waits for a time and nothing else: all that could happen before has happened. */
const waiting = (hold: Hold): Hold => ({ ...hold, arrived: hold.arrived.then(settle) })
const onceSettled = (): Hold => ({ arrived: settle(), release: () => {} })

const onTheWire = (which: Which): Moment => ({ hold: (stage) => stage.holdRequest(which) })
const whileRead = (which: Which): Moment => ({
  hold: (stage) => waiting(stage.holdBody(which)),
})
const afterFirst = (moment: Moment): Moment => ({
  ...moment,
  prepare: async (_stage, use) => await use.call({}),
})
/** The answer of a `fetch` is the caller's: the call is done, and its body is read. */
const whileCallerReads = (which: Which): Moment =>
  afterFirst({ hold: (stage) => stage.holdBody(which), isAnswered: true })

/** The states of a sign-in that is kept and shared. */
const signInStates = (signIn: Which) => ({
  'aborted beforehand': {},
  'while the store is asked': { hold: (stage: Stage) => stage.holdStore() },
  'while the lock is waited for': { hold: (stage: Stage) => stage.holdLock() },
  "while another caller's sign-in is joined": onTheWire(signIn),
  'while its sign-in is on the wire': onTheWire(signIn),
  "while its sign-in's answer is read": whileRead(signIn),
  'while sign-in is held back': {
    async prepare(stage: Stage, use: Use) {
      stage.answer(signIn, () => json(401, {}))
      await failure(() => use.call({}))
    },
    // What is waited for is whether another member has succeeded meanwhile.
    hold: (stage: Stage) => stage.holdStore(),
    after(stage: Stage) {
      stage.time.now += HOUR_MS
    },
  },
  'after its end': {},
})

const NO_REQUEST = 'it has no request beside the sign-in'
const NO_SIGN_IN = 'the sign-in is another call'
const NO_SHARING = 'nothing of it is kept or shared'
const NO_QUEUE = 'it waits for no turn; that is withPacing'
const SENT_ONCE = 'what it sends is sent once'

const noSignIn = {
  'while the store is asked': NO_SHARING,
  'while the lock is waited for': NO_SHARING,
  "while another caller's sign-in is joined": NO_SHARING,
  'while its sign-in is on the wire': NO_SIGN_IN,
  "while its sign-in's answer is read": NO_SIGN_IN,
  'while sign-in is held back': NO_SIGN_IN,
}
const noRequest = {
  'while its request is on the wire': NO_REQUEST,
  "while its request's answer is read": NO_REQUEST,
}

const HANDSHAKE = at('/oauth/live_session_token')
const TOKEN = at('/token')
const LST_ONCE = 'a handshake is sent once'
const ACCOUNTS = '/portfolio/accounts'

const oauth1 = ({ sandbox, fetch, now, sharing }: Stage) =>
  createIbkrOAuth1({ ...sandbox.credentials.ibkr.oauth1, ...sharing, fetch, now })

const oauth1Rows: Readonly<Record<string, Row>> = {
  'OAuth 1.0a: liveSessionToken': {
    async make(stage) {
      const client = oauth1(stage)
      return { call: (given) => client.liveSessionToken(given) }
    },
    cells: {
      ...signInStates(HANDSHAKE),
      ...noRequest,
      'while it waits before a repetition': LST_ONCE,
      'while it is queued': NO_QUEUE,
    },
  },
  'OAuth 1.0a: fetch': {
    async make(stage) {
      const client = oauth1(stage)
      return { call: (given) => client.fetch(ACCOUNTS, given) }
    },
    cells: {
      ...signInStates(HANDSHAKE),
      'while it waits before a repetition': LST_ONCE,
      'while it is queued': NO_QUEUE,
      'while its request is on the wire': afterFirst(onTheWire(at(ACCOUNTS))),
      "while its request's answer is read": whileCallerReads(at(ACCOUNTS)),
    },
  },
  'OAuth 1.0a: requestToken': {
    async make(stage) {
      const { authorization } = thirdParty(stage)
      return { call: (given) => authorization.requestToken(given) }
    },
    cells: authorizationCells(at('/oauth/request_token')),
  },
  'OAuth 1.0a: accessToken': {
    async make(stage) {
      const { authorization, verified } = thirdParty(stage)
      const step = await verified()
      return {
        call: (given) => authorization.accessToken({ ...step, ...given }),
        again: async () => await authorization.accessToken(await verified()),
      }
    },
    cells: authorizationCells(at('/oauth/access_token')),
  },
}

function authorizationCells(step: Which): Row['cells'] {
  return {
    ...noSignIn,
    'aborted beforehand': {},
    'while it waits before a repetition': SENT_ONCE,
    'while it is queued': NO_QUEUE,
    'while its request is on the wire': onTheWire(step),
    "while its request's answer is read": whileRead(step),
    'after its end': {},
  }
}

function thirdParty({ sandbox, fetch, now }: Stage) {
  const authorization = createIbkrOAuth1Authorization({ ...sandbox.thirdParty, fetch, now })
  const verified = async () => {
    const { requestToken } = await authorization.requestToken()
    const returned = await sandbox.approve(authorization.authorizeUrl({ requestToken }).href)
    const { verifier } = authorization.validateCallback(returned, { requestToken })
    return { requestToken, verifier }
  }
  return { authorization, verified }
}

const oauth2 = ({ sandbox, fetch, now, sharing }: Stage) => {
  const { credential: _, ip: _ip, ...options } = sandbox.credentials.ibkr.oauth2
  const scope = 'echo.read echo.write sso-sessions.write sso-browser-sessions.write'
  return createIbkrOAuth2({ ...options, ...sharing, scope, fetch, now })
}

const oauth2Cells = (own: Partial<Row['cells']>): Row['cells'] => ({
  ...signInStates(TOKEN),
  ...noRequest,
  'while it waits before a repetition': {
    hold: (stage) =>
      waiting(
        stage.answer(
          TOKEN,
          () => new Response('', { status: 503, headers: { 'retry-after': '4' } }),
        ),
      ),
  },
  'while it is queued': NO_QUEUE,
  ...own,
})

const ECHO = '/gw/api/v1/echo/https'
const SIGNED_ECHO = '/gw/api/v1/echo/signed-jwt'

const oauth2Echo = (
  path: string,
  call: (client: ReturnType<typeof oauth2>, given: Given) => Promise<unknown>,
): Row => ({
  async make(stage) {
    const client = oauth2(stage)
    return { call: (given) => call(client, given) }
  },
  cells: oauth2Cells({
    'while its request is on the wire': onTheWire(at(path)),
    "while its request's answer is read": whileRead(at(path)),
  }),
})

const oauth2Rows: Readonly<Record<string, Row>> = {
  'OAuth 2.0: accessToken': {
    async make(stage) {
      const client = oauth2(stage)
      return { call: (given) => client.accessToken(given) }
    },
    cells: oauth2Cells({}),
  },
  'OAuth 2.0: fetch': {
    async make(stage) {
      const client = oauth2(stage)
      return { call: (given) => client.fetch('/echo/https', given) }
    },
    cells: oauth2Cells({
      'while its request is on the wire': afterFirst(onTheWire(at(ECHO))),
      "while its request's answer is read": whileCallerReads(at(ECHO)),
    }),
  },
  'OAuth 2.0: echoHttps': oauth2Echo(ECHO, (client, given) => client.echoHttps(given)),
  'OAuth 2.0: echoSignedJwt': oauth2Echo(SIGNED_ECHO, (client, given) =>
    client.echoSignedJwt(given),
  ),
}

/** A client of SSO whose authority has no store of its own, and whose token is asked for by the first call. */
const sso = (stage: Stage) => {
  const { sandbox, fetch, now, sharing } = stage
  const { credential, ip, ...options } = sandbox.credentials.ibkr.oauth2
  const scope = 'sso-sessions.write sso-browser-sessions.write'
  const authority = createIbkrOAuth2({ ...options, scope, fetch, now })
  const client = createIbkrSso({ oauth2: authority, ...sharing, fetch, now })
  return { authority, client, user: { credential, ip } }
}

const SESSIONS = at('/sso-sessions')
const LINKS = at('/sso-browser-sessions')
const SSO_ONCE = 'a session is asked for once; the repetitions are those of the authority'
const withSession = {
  ...signInStates(SESSIONS),
  ...noRequest,
  'while it waits before a repetition': SSO_ONCE,
  'while it is queued': NO_QUEUE,
}

async function newSession(stage: Stage): Promise<Use> {
  const { client, user } = sso(stage)
  return { call: (given) => client.createSession({ ...user, ...given }) }
}

const ssoRows: Readonly<Record<string, Row>> = {
  'SSO: createSession': {
    make: newSession,
    cells: withSession,
  },
  "SSO: createSession, at its authority's token": {
    make: newSession,
    cells: {
      ...withSession,
      'while sign-in is held back': "that is the authority's, and of its own table",
      "while another caller's sign-in is joined": onTheWire(TOKEN),
      'while its sign-in is on the wire': onTheWire(TOKEN),
      "while its sign-in's answer is read": whileRead(TOKEN),
      'while it waits before a repetition': oauth2Cells({})['while it waits before a repetition'],
    },
  },
  'SSO: createBrowserSession': {
    async make(stage) {
      const { client, user } = sso(stage)
      return { call: (given) => client.createBrowserSession({ ...user, ...given }) }
    },
    cells: {
      ...withSession,
      "while another caller's sign-in is joined": onTheWire(LINKS),
      'while its sign-in is on the wire': onTheWire(LINKS),
      "while its sign-in's answer is read": whileRead(LINKS),
      'while sign-in is held back': 'the error is given from memory, without a wait',
    },
  },
  "SSO: a session's accessToken": {
    make: (stage) => renewedSession(stage, ({ session }, given) => session.accessToken(given)),
    cells: withSession,
  },
  "SSO: a session's fetch": {
    make: (stage) => renewedSession(stage, ({ session }, given) => session.fetch(ACCOUNTS, given)),
    cells: {
      ...withSession,
      'while its request is on the wire': afterFirst(onTheWire(at(ACCOUNTS))),
      "while its request's answer is read": whileCallerReads(at(ACCOUNTS)),
    },
  },
}

type SsoSession = Awaited<ReturnType<ReturnType<typeof createIbkrSso>['createSession']>>

/** A session whose bearer is over, so that the next call signs in. */
async function renewedSession(
  stage: Stage,
  call: (use: { readonly session: SsoSession }, given: Given) => Promise<unknown>,
): Promise<Use> {
  const { client, user } = sso(stage)
  const session = await client.createSession(user)
  stage.time.now += 25 * HOUR_MS
  return { call: (given) => call({ session }, given) }
}

/** Another call under the same key is on the wire, so that the one under test waits for its turn. */
const behind = (which: Which): Moment => ({
  hold(stage, use) {
    const hold = stage.holdRequest(which)
    void use.other?.()
    return waiting(hold)
  },
})
const refusedOnce = (which: Which): Moment => ({
  hold: (stage) =>
    waiting(
      stage.answer(which, () => new Response('', { status: 429, headers: { 'retry-after': '4' } })),
    ),
})

const ultraCartCells = (path: string, own: Partial<Row['cells']> = {}): Row['cells'] => ({
  ...noSignIn,
  'aborted beforehand': {},
  'while it waits before a repetition': refusedOnce(at(path)),
  'while it is queued': behind(at(path)),
  'while its request is on the wire': onTheWire(at(path)),
  "while its request's answer is read": whileRead(at(path)),
  'after its end': {},
  ...own,
})

const ultraCart = ({ sandbox, fetch, now }: Stage) => {
  const client = createUltraCartSso({ ...sandbox.credentials.ultracart, fetch, now })
  return { client, sandbox }
}

async function callbackOf({ client, sandbox }: ReturnType<typeof ultraCart>) {
  const { loginUrl, transaction } = await client.authorize()
  return await client.validateCallback(await sandbox.approve(loginUrl), { transaction })
}

/** A call that a signed-in person's key is sent with. */
const ofSession = (
  call: (
    client: UltraCartSso,
    session: Awaited<ReturnType<UltraCartSso['exchangeCode']>>,
    given: Given,
  ) => Promise<unknown>,
) =>
  async function make(stage: Stage): Promise<Use> {
    const parts = ultraCart(stage)
    const signOn = async () => await parts.client.exchangeCode(await callbackOf(parts))
    const session = await signOn()
    return {
      call: (given) => call(parts.client, session, given),
      other: () => parts.client.user(session),
      again: async () => await call(parts.client, await signOn(), {}),
    }
  }

const ultraCartRows: Readonly<Record<string, Row>> = {
  'UltraCart: authorize': {
    async make(stage) {
      const { client } = ultraCart(stage)
      return { call: (given) => client.authorize(given), other: () => client.authorize() }
    },
    cells: ultraCartCells('/sso/authorize'),
  },
  'UltraCart: exchangeCode': {
    async make(stage) {
      const parts = ultraCart(stage)
      const callback = await callbackOf(parts)
      return {
        call: (given) => parts.client.exchangeCode(callback, given),
        other: () => parts.client.authorize(),
        // The code may be spent.
        again: async () => await parts.client.exchangeCode(await callbackOf(parts)),
      }
    },
    cells: ultraCartCells('/sso/token', {
      'while it waits before a repetition': SENT_ONCE,
      'while it is queued': behind(at('/sso/authorize')),
    }),
  },
  'UltraCart: user': {
    make: ofSession((client, session, given) => client.user(session, given)),
    cells: ultraCartCells('/sso/session/user'),
  },
  'UltraCart: revoke': {
    make: ofSession((client, session, given) => client.revoke(session, given)),
    cells: ultraCartCells('/sso/session/revoke', {
      'while it is queued': behind(at('/sso/session/user')),
      "while its request's answer is read":
        'of an answer that says that it is done no body is needed; one that says else is read as all are',
    }),
  },
}

const CONNECTION_SIGNS_IN = "the connection signs in, and has the states of its own table's rows"
const noSessionSignIn = {
  'while its sign-in is on the wire': CONNECTION_SIGNS_IN,
  "while its sign-in's answer is read": CONNECTION_SIGNS_IN,
  'while sign-in is held back': CONNECTION_SIGNS_IN,
}
const noSessionSharing = {
  'while the store is asked': 'it asks the broker alone',
  'while the lock is waited for': 'it asks the broker alone',
  "while another caller's sign-in is joined": 'it is the caller’s own call, and no opening',
}
const STATUS = at('/iserver/auth/status')
const INIT = at('/iserver/auth/ssodh/init')
const TICKLE = at('/tickle')

async function session(stage: Stage) {
  const { sandbox, fetch, now, sharing } = stage
  // The connection shares nothing, so that store and lock are the session's.
  const connection = createIbkrOAuth1({ ...sandbox.credentials.ibkr.oauth1, fetch, now })
  await connection.liveSessionToken()
  const made = createBrokerageSession({ connection, ...sharing, sharedAs: 'aborts', now })
  return { connection, session: made, open: () => made.open({ compete: true }) }
}

type BrokerageSession = Awaited<ReturnType<typeof session>>['session']

/** A call on a session that is open. */
const onOpen =
  (call: (session: BrokerageSession, given: Given) => Promise<unknown>) =>
  async (stage: Stage): Promise<Use> => {
    const { session: made, open } = await session(stage)
    await open()
    // No tickle is due by its spacing.
    stage.time.now += 2000
    return { call: (given) => call(made, given), other: open }
  }

const askCells = (which: Which, own: Partial<Row['cells']> = {}): Row['cells'] => ({
  ...noSessionSignIn,
  ...noSessionSharing,
  'aborted beforehand': {},
  'while it waits before a repetition': SENT_ONCE,
  'while it is queued': NO_QUEUE,
  'while its request is on the wire': onTheWire(which),
  "while its request's answer is read": whileRead(which),
  'after its end': {},
  ...own,
})

const sessionRows: Readonly<Record<string, Row>> = {
  'brokerage session: open': {
    async make(stage) {
      const { session: made } = await session(stage)
      return { call: (given) => made.open({ compete: true, ...given }) }
    },
    cells: {
      ...noSessionSignIn,
      'aborted beforehand': {},
      'while the store is asked': { hold: (stage) => stage.holdStore() },
      'while the lock is waited for': { hold: (stage) => stage.holdLock() },
      "while another caller's sign-in is joined": onTheWire(STATUS),
      'while it waits before a repetition': {
        hold: (stage) =>
          waiting(
            stage.answer(INIT, () =>
              json(200, { authenticated: true, connected: true, established: false }),
            ),
          ),
      },
      'while it is queued': 'openings are joined, and wait for no turn',
      'while its request is on the wire': onTheWire(STATUS),
      "while its request's answer is read": whileRead(STATUS),
      'after its end': {},
    },
  },
  'brokerage session: status': {
    make: onOpen((made, given) => made.status(given)),
    cells: askCells(STATUS),
  },
  'brokerage session: tickle': {
    make: onOpen((made, given) => made.tickle(given)),
    cells: askCells(TICKLE, {
      'while it waits before a repetition': {
        async prepare(_stage, use) {
          await use.call({})
          // What is not sent delays no other: three that are ended wait three seconds together.
          const signal = AbortSignal.timeout(50)
          await Promise.all([1, 2, 3].map(() => failure(() => use.call({ signal }))))
        },
        hold: onceSettled,
        after(stage) {
          stage.time.now += 1000
        },
      },
    }),
  },
  'brokerage session: validate': {
    make: onOpen((made, given) => made.validate(given)),
    cells: askCells(at('/sso/validate')),
  },
  'brokerage session: step': {
    async make(stage) {
      const use = await onOpen((made, given) => made.step(given))(stage)
      stage.time.now += 120_000
      return use
    },
    cells: askCells(TICKLE, {
      'while the store is asked': { hold: (stage) => stage.holdStore() },
      'while the lock is waited for': { hold: (stage) => stage.holdLock() },
      "while another caller's sign-in is joined": {
        async prepare(stage) {
          stage.answer(TICKLE, () =>
            json(200, { iserver: { authStatus: { authenticated: false } } }),
          )
        },
        hold: (stage) => stage.holdRequest(STATUS),
      },
    }),
  },
  'brokerage session: fetch': {
    make: onOpen((made, given) => made.fetch('/iserver/accounts', given)),
    cells: {
      ...askCells(at('/iserver/accounts')),
      "while another caller's sign-in is joined": {
        hold(stage, use) {
          const hold = stage.holdRequest(STATUS)
          void use.other?.()
          return hold
        },
      },
      "while its request's answer is read": whileCallerReads(at('/iserver/accounts')),
    },
  },
  'brokerage session: fetch, to find out whether the session is gone': {
    make: onOpen((made, given) => made.fetch('/iserver/accounts', given)),
    cells: askCells(at('/iserver/accounts'), {
      "while its request's answer is read": {
        hold: (stage) =>
          waiting(
            stage.answer(at('/iserver/accounts'), () => new Response(endless(), { status: 400 })),
          ),
      },
    }),
  },
  'brokerage session: close with logout': {
    make: onOpen((made, given) => made.close({ logout: true, ...given })),
    cells: askCells(at('/logout')),
  },
}

const OWN_STREAM = 'every stream has sockets of its own'
/** The id that the opening told is old, so that a stream asks for it anew. */
const withOldId = async (stage: Stage) => {
  stage.time.now += 10_000
}

const streamRows: Readonly<Record<string, Row>> = {
  'brokerage session: openStream': {
    async make(stage) {
      const { session: made, open } = await session(stage)
      await open()
      const webSocket = wrong<StreamOptions['webSocket']>(stage.webSocket)
      const openStream = async (given: Given) => await made.openStream({ webSocket, ...given })
      return {
        // Its signal is for as long as it is open; what is after its end is after `close`.
        call: async (given) => await (await openStream(given)).close(),
      }
    },
    cells: {
      ...noSessionSignIn,
      'aborted beforehand': {},
      'while the store is asked': 'what a lost session shares is asked by its opening',
      'while the lock is waited for': 'what a lost session shares is asked by its opening',
      "while another caller's sign-in is joined": OWN_STREAM,
      'while its sign-in is on the wire': { hold: (stage) => waiting(stage.holdSocket()) },
      'while it waits before a repetition': {
        prepare: withOldId,
        hold: (stage) => waiting(stage.answer(TICKLE, () => new Response('', { status: 503 }))),
      },
      'while it is queued': 'a new stream has the id that the opening told, and waits for no turn',
      'while its request is on the wire': { prepare: withOldId, ...onTheWire(TICKLE) },
      "while its request's answer is read": { prepare: withOldId, ...whileRead(TICKLE) },
      'after its end': {},
    },
  },
}

/** A body that never comes, and heeds no signal. */
function endless(): ReadableStream {
  return new ReadableStream({})
}

const PACED = '/portfolio/accounts'
const PLACE_MS = 60_000
/** Each path below has one place, and after a request it is long taken. */
const RULES = [
  { path: '/portfolio/*', requests: 1, perMs: PLACE_MS },
  { path: '*', requests: 10, perMs: 200 },
]
/** The place of a request that was sent is taken, whatever became of it. */
const PLACE_TIMER = `a timer of ${PLACE_MS + 100} ms`

interface PacedOptions {
  readonly rules?: typeof RULES
  /** Whether a turn of a fleet is waited for, which the test holds as it holds the store. */
  readonly isLimited?: boolean
}

const paced =
  ({ rules = RULES, isLimited = false }: PacedOptions = {}) =>
  async ({ fetch, now, sharing }: Stage): Promise<Use> => {
    const send = (input: unknown, init?: RequestInit) => fetch(new URL(`${input}`, ORIGIN), init)
    const limiter = async () => void (await sharing.store.getItem('turn'))
    const call = withPacing(wrong(send), { rules, now, ...(isLimited && { limiter }) })
    return {
      call: (given) => call(PACED, given),
      other: () => call(PACED),
      again: () => call('/portfolio/another'),
    }
  }

const pacingCells = (own: Partial<Row['cells']> = {}): Row['cells'] => ({
  ...noSignIn,
  'aborted beforehand': {},
  'while it waits before a repetition': 'nothing is repeated',
  'while it is queued': behind(at(PACED)),
  'while its request is on the wire': onTheWire(at(PACED)),
  "while its request's answer is read": "the answer is the connection's, unread",
  'after its end': {},
  ...own,
})

const pacingRows: Readonly<Record<string, Row>> = {
  withPacing: { make: paced(), cells: pacingCells(), keeps: PLACE_TIMER },
  'withPacing, for the turn of a fleet': {
    make: paced({ isLimited: true }),
    cells: pacingCells({ 'while it is queued': { hold: (stage) => stage.holdStore() } }),
    keeps: PLACE_TIMER,
  },
  'withPacing, paused by a 429': {
    make: paced({ rules: RULES.slice(1) }),
    cells: pacingCells({
      'while it is queued': {
        async prepare(stage, use) {
          stage.answer(at(PACED), () => new Response('', { status: 429 }))
          await use.call({})
        },
        hold: onceSettled,
        after(stage) {
          stage.time.now += HOUR_MS
        },
      },
    }),
  },
}

export const ROWS: Readonly<Record<string, Row>> = {
  ...oauth1Rows,
  ...oauth2Rows,
  ...ssoRows,
  ...ultraCartRows,
  ...sessionRows,
  ...streamRows,
  ...pacingRows,
}
