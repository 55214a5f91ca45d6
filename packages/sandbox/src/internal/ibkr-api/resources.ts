/** Protected resources of the current base, as far as sign-in and sessions need them. */
import { type Call, jsonResponse } from '../call.ts'
import { toHex } from '../crypto/bytes.ts'
import {
  cancelOrder,
  changeOrder,
  listOrders,
  listTrades,
  placeOrders,
  replyToQuestion,
  resetSuppressions,
  suppressQuestions,
} from '../ibkr-orders/order-endpoints.ts'
import { checkAccount, refuse } from './answers.ts'
import type { ApiContext, Resource } from './api-context.ts'
import { readJson } from './json-body.ts'
import { marketDataHistory } from './market-data.ts'
import { initialise, status } from './session-opening.ts'

export interface ResourceRow {
  readonly methods: readonly string[]
  /** Path below the base; a name in braces stands for one segment. */
  readonly path: string
  readonly resource: Resource
  /**
   * Needs an established brokerage session (`session`), and that `/iserver/accounts` was asked in it
   * (`accounts`).
   */
  readonly needs?: 'session' | 'accounts'
  /** It notes in the session that it was asked, which other calls and the stream go by. */
  readonly notes?: true
}

const ORDER_PATH = '/iserver/account/{accountId}/order/{orderId}'

/** Every resource of `/v1/api`, by path and method. */
export const RESOURCES: readonly ResourceRow[] = [
  { methods: ['GET'], path: '/portfolio/accounts', resource: portfolioAccounts },
  { methods: ['POST'], path: '/iserver/auth/ssodh/init', resource: initialise },
  { methods: ['GET', 'POST'], path: '/iserver/auth/status', resource: status },
  {
    methods: ['GET'],
    path: '/iserver/accounts',
    resource: tradingAccounts,
    needs: 'session',
    notes: true,
  },
  { methods: ['POST'], path: '/iserver/account', resource: selectAccount, needs: 'accounts' },
  {
    methods: ['GET'],
    path: '/iserver/marketdata/history',
    resource: marketDataHistory,
    needs: 'accounts',
  },
  {
    methods: ['GET'],
    path: '/iserver/account/orders',
    resource: listOrders,
    needs: 'accounts',
    notes: true,
  },
  { methods: ['GET'], path: '/iserver/account/trades', resource: listTrades, needs: 'accounts' },
  {
    methods: ['POST'],
    path: '/iserver/account/{accountId}/orders',
    resource: placeOrders,
    needs: 'accounts',
  },
  { methods: ['POST'], path: ORDER_PATH, resource: changeOrder, needs: 'accounts' },
  { methods: ['DELETE'], path: ORDER_PATH, resource: cancelOrder, needs: 'accounts' },
  {
    methods: ['POST'],
    path: '/iserver/reply/{replyId}',
    resource: replyToQuestion,
    needs: 'accounts',
  },
  {
    methods: ['POST'],
    path: '/iserver/questions/suppress',
    resource: suppressQuestions,
    needs: 'session',
  },
  {
    methods: ['POST'],
    path: '/iserver/questions/suppress/reset',
    resource: resetSuppressions,
    needs: 'session',
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

function portfolioAccounts(_call: Call, { signIn }: ApiContext): Response {
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

function tradingAccounts(_call: Call, { signIn, session }: ApiContext): Response {
  if (session) session.accountsAsked = true
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

/** Sets the account that calls without one are about; each user here has one. */
async function selectAccount(call: Call, { signIn }: ApiContext): Promise<Response> {
  const { acctId } = ((await readJson(call)) ?? {}) as { readonly acctId?: unknown }
  if (typeof acctId !== 'string') refuse(call, 'body', 400, 'Bad Request: acctId')
  checkAccount(call, acctId, signIn.accountId)
  return jsonResponse({ set: true, acctId })
}

function tickle(call: Call, { broker, signIn, session }: ApiContext): Response {
  const { sessions } = broker
  const ready = session !== undefined
  return jsonResponse({
    session: sessions.idOf(signIn, call.now),
    ssoExpires: signIn.expiresInMs,
    collission: false,
    userId: 1,
    hmds: ready ? { authStatus: sessions.status(signIn, call.now) } : { error: 'no bridge' },
    iserver: { authStatus: sessions.status(signIn, call.now) },
  })
}

function validate(call: Call, { signIn }: ApiContext): Response {
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
    loginType: 2,
    PAPER_USER_NAME: signIn.username,
    IS_MASTER: false,
    QUALIFIED_FOR_MOBILE_AUTH: false,
    LANDING_APP: 'SANDBOX',
    features: {},
    region: 'SANDBOX',
  })
}

function logout(_call: Call, { broker, signIn }: ApiContext): Response {
  broker.sessions.close(signIn)
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
