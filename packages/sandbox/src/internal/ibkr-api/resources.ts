/** Protected resources of the current base, as far as sign-in and sessions need them. */
import { type Call, jsonResponse } from '../call.ts'
import { toHex } from '../crypto/bytes.ts'
import { plainError } from './answers.ts'
import type { BrokerageSessions } from './brokerage-session.ts'
import { marketDataHistory } from './market-data.ts'
import type { SignIn } from './sign-in.ts'

export type Resource = (
  call: Call,
  sessions: BrokerageSessions,
  signIn: SignIn,
) => Response | Promise<Response>

export interface ResourceRow {
  readonly methods: readonly string[]
  /** Path below the base. */
  readonly path: string
  readonly resource: Resource
  /** Needs an established brokerage session. */
  readonly bridge?: boolean
}

/** Every resource of `/v1/api`, by path and method. */
export const RESOURCES: readonly ResourceRow[] = [
  { methods: ['GET'], path: '/portfolio/accounts', resource: portfolioAccounts },
  { methods: ['POST'], path: '/iserver/auth/ssodh/init', resource: initialise },
  { methods: ['GET', 'POST'], path: '/iserver/auth/status', resource: status },
  { methods: ['GET'], path: '/iserver/accounts', resource: tradingAccounts, bridge: true },
  {
    methods: ['GET'],
    path: '/iserver/marketdata/history',
    resource: marketDataHistory,
    bridge: true,
  },
  { methods: ['GET', 'POST'], path: '/tickle', resource: tickle },
  { methods: ['GET'], path: '/sso/validate', resource: validate },
  { methods: ['POST'], path: '/logout', resource: logout },
  {
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    path: '/sandbox/echo',
    resource: echo,
  },
]

function portfolioAccounts(_call: Call, _sessions: BrokerageSessions, signIn: SignIn): Response {
  return jsonResponse([
    {
      id: signIn.accountId,
      accountId: signIn.accountId,
      accountVan: signIn.accountId,
      accountTitle: 'SANDBOX Account',
      displayName: 'SANDBOX Account',
      accountAlias: null,
      accountStatus: 1_700_000_000_000,
      currency: 'USD',
      type: 'DEMO',
      tradingType: 'STKNOPT',
      clearingStatus: 'O',
      covestor: false,
      parent: { mmc: [], accountId: '', isMParent: false, isMChild: false, isMultiplex: false },
      desc: signIn.accountId,
    },
  ])
}

function tradingAccounts(_call: Call, _sessions: BrokerageSessions, signIn: SignIn): Response {
  return jsonResponse({
    accounts: [signIn.accountId],
    aliases: { [signIn.accountId]: signIn.accountId },
    selectedAccount: signIn.accountId,
    allowFeatures: { allowedAssetTypes: 'STK,CFD,OPT', showGFIS: true },
    serverInfo: { serverName: 'SANDBOX', serverVersion: 'isoauth sandbox' },
    sessionId: signIn.username,
    isFt: false,
    isPaper: true,
  })
}

async function initialise(
  call: Call,
  sessions: BrokerageSessions,
  signIn: SignIn,
): Promise<Response> {
  const options = await initOptions(call)
  if (!options) return plainError(400, 'Bad Request: JSON body or query expected')
  // Seen with the broker: anything but publish=true is answered with a bare 500.
  if (options['publish'] !== true) return plainError(500, 'failed to generate sso dh token')
  if (typeof options['compete'] !== 'boolean') {
    const fail = 'Force compete capability must be used together with compete flag'
    return jsonResponse(sessions.failure(signIn, call.now, fail))
  }
  sessions.open(signIn, call.now, options['compete'])
  return jsonResponse(sessions.status(signIn, call.now))
}

/** `{publish, compete}` from a JSON body, else from the query. */
async function initOptions(call: Call): Promise<Record<string, unknown> | undefined> {
  const body = (await call.body()).trim()
  const type = call.request.headers.get('content-type') ?? ''
  if (body !== '') {
    if (!/^application\/json\b/i.test(type)) return undefined
    try {
      const value: unknown = JSON.parse(body)
      return typeof value === 'object' ? ((value ?? {}) as Record<string, unknown>) : undefined
    } catch {
      return undefined
    }
  }
  const pairs = [...new URLSearchParams(call.query ?? '')]
  return Object.fromEntries(
    pairs.map(([name, value]) => [
      name,
      value === 'true' ? true : value === 'false' ? false : value,
    ]),
  )
}

function status(call: Call, sessions: BrokerageSessions, signIn: SignIn): Response {
  return jsonResponse(sessions.status(signIn, call.now))
}

function tickle(call: Call, sessions: BrokerageSessions, signIn: SignIn): Response {
  const ready = sessions.hasBridge(signIn, call.now)
  return jsonResponse({
    session: sessions.idOf(signIn, call.now) ?? '0'.repeat(32),
    ssoExpires: signIn.expiresInMs,
    collission: false,
    userId: 1,
    hmds: ready ? { authStatus: sessions.status(signIn, call.now) } : { error: 'no bridge' },
    iserver: { authStatus: sessions.status(signIn, call.now) },
  })
}

function validate(call: Call, _sessions: BrokerageSessions, signIn: SignIn): Response {
  return jsonResponse({
    USER_ID: 1,
    USER_NAME: signIn.username,
    RESULT: true,
    AUTH_TIME: signIn.signedInAtMs,
    lastAccessed: call.now,
    SF_ENABLED: false,
    IS_FREE_TRIAL: false,
    CREDENTIAL: signIn.username,
    IP: '127.0.0.1',
    EXPIRES: signIn.expiresInMs,
    LOGIN_TYPE: 2,
    PAPER_USER_NAME: signIn.username,
  })
}

function logout(call: Call, sessions: BrokerageSessions, signIn: SignIn): Response {
  sessions.close(signIn, call.now)
  signIn.end?.()
  return jsonResponse({ status: true })
}

/** Not the broker's: tells what arrived, so that a test can see that a body survived. */
async function echo(call: Call): Promise<Response> {
  const body = await call.body()
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body))
  return jsonResponse({
    method: call.record.method,
    path: call.path,
    query: call.query ?? null,
    contentType: call.request.headers.get('content-type'),
    body,
    bodySha256: toHex(new Uint8Array(digest)),
  })
}
