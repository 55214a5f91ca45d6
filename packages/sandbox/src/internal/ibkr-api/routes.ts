/** `/v1/api`: one set of resources, opened by an OAuth 1.0a signature or by an SSO bearer. */
import type { Hono } from 'hono'
import { type Call, check, jsonResponse, type SandboxEnv } from '../call.ts'
import { isBearer } from '../ibkr-oauth2/access-token.ts'
import { matchPath } from '../paths.ts'
import { checkMaintenance, plainError, refuseMethod, refusePath } from './answers.ts'
import type { Authenticators } from './authenticator.ts'
import type { Broker } from './broker.ts'
import { RESOURCES, type ResourceRow } from './resources.ts'
import { BASE_PATH, type SignIn } from './sign-in.ts'
import { upgradeToStream } from './stream-upgrade.ts'

/** What stands before everything on this base, its handshakes included. */
export function mountMaintenance(app: Hono<SandboxEnv>, { states }: Broker): void {
  app.use(`${BASE_PATH}/*`, async ({ env: { call } }, next) => {
    checkMaintenance(call, states, undefined)
    return next()
  })
}

export function mountIbkrApi(
  app: Hono<SandboxEnv>,
  broker: Broker,
  authenticators: Authenticators,
): void {
  const { oauth1, sso } = authenticators
  app.all(`${BASE_PATH}/ws`, ({ env: { call } }) => upgradeToStream(call, broker, authenticators))
  app.all(`${BASE_PATH}/*`, async ({ env: { call } }) => {
    const bearer = isBearer(call.request.headers.get('authorization') ?? '')
    const authenticate = bearer && sso ? sso : oauth1
    call.record.service = authenticate === oauth1 ? 'ibkr-oauth1' : 'ibkr-sso'
    const signIn = await authenticate.request(call)
    broker.meet(signIn.username)
    checkMaintenance(call, broker.states, signIn.username)
    try {
      return await answer(call, broker, signIn)
    } finally {
      // What a request changed is news for sockets.
      broker.run()
    }
  })
}

async function answer(call: Call, broker: Broker, signIn: SignIn): Promise<Response> {
  const path = call.path.slice(BASE_PATH.length)
  const inIserver = path.startsWith('/iserver/')
  const row = findRow(call, path)
  if (inIserver) checkReset(call, broker, signIn)
  if (inIserver && !path.startsWith('/iserver/reply/')) broker.questions.drop(signIn.username)
  const unready = unreadyAccounts(call, broker, { path, signIn })
  if (unready) return unready
  const session = broker.sessions.bridge(signIn, call.now, call.machine)
  const own = await call.ownAnswers.answer(call, signIn.username)
  const parameters = (row && matchPath(row.path, path)) ?? {}
  const context = { broker, signIn, parameters, session }
  if (own !== undefined) {
    // What was asked was asked, whoever answers.
    if (row?.notes && session) await row.resource(call, context)
    return own
  }
  if (row === undefined) refusePath(call)
  if (row.needs !== undefined) {
    const isBarred = broker.states.find('no-bridge', signIn.username, call.now) !== undefined
    check(call, session !== undefined && !isBarred, {
      name: 'session',
      detail: isBarred
        ? 'the bridge was taken away'
        : 'an established brokerage session is required',
      refuse: () => plainError(400, 'Bad Request: no bridge'),
    })
    check(call, row.needs === 'session' || session.accountsAsked, {
      name: 'accounts',
      detail: '/iserver/accounts has to be asked first in this brokerage session',
      refuse: () => plainError(500, 'Please query /accounts first'),
    })
  }
  return row.resource(call, context)
}

/** The resource that is asked for; `undefined` for what a test alone answers. */
function findRow(call: Call, path: string): ResourceRow | undefined {
  const { method } = call.record
  const rows = RESOURCES.filter((candidate) => matchPath(candidate.path, path) !== undefined)
  const row = rows.find(
    ({ methods }) => methods.includes(method) || (method === 'HEAD' && methods.includes('GET')),
  )
  if (row || call.ownAnswers.has(call)) return row
  if (rows.length === 0) refusePath(call)
  refuseMethod(
    call,
    rows.flatMap(({ methods }) => methods),
  )
}

/** `{}` of accounts while a session is open and does not get ready. */
function unreadyAccounts(
  call: Call,
  { states, sessions }: Broker,
  { path, signIn }: { readonly path: string; readonly signIn: SignIn },
): Response | undefined {
  if (path !== '/iserver/accounts') return undefined
  if (!states.find('not-established', signIn.username, call.now)) return undefined
  return sessions.status(signIn, call.now).authenticated ? jsonResponse({}) : undefined
}

function checkReset(call: Call, { states }: Broker, { username }: SignIn): void {
  const isReset = states.find('reset', username, call.now) !== undefined
  if (!isReset) return
  check(call, false, {
    name: 'reset',
    detail: 'the daily reset is under way',
    refuse: () => plainError(503, 'Service Unavailable'),
  })
}
