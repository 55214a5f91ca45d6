/** Orders, trades and questions below `/v1/api/iserver`. */
import { type Call, jsonResponse } from '../call.ts'
import { checkAccount, refuse } from '../ibkr-api/answers.ts'
import type { ApiContext } from '../ibkr-api/api-context.ts'
import type { AskedOrders } from '../ibkr-api/broker.ts'
import { readJson } from '../ibkr-api/json-body.ts'
import { orderAnswer, tradeAnswer } from './order-answers.ts'
import { isLive, type OrderChange, type SandboxOrder } from './order-book.ts'
import type { OpenQuestion } from './order-questions.ts'
import { readOrder, readOrders } from './order-request.ts'

/** How many kinds of questions one call may suppress. */
const SUPPRESSIONS_LIMIT = 51
const DAY_MS = 86_400_000
const DAYS_LIMIT = 7

export function listOrders(call: Call, { broker, signIn, session }: ApiContext): Response {
  const query = new URLSearchParams(call.query)
  const accountId = query.get('accountId') ?? signIn.accountId
  checkAccount(call, accountId, signIn.accountId)
  const filters = (query.get('filters') ?? '').split(',').filter((name) => name !== '')
  if (session) {
    session.ordersAsked = true
    if (filters.length > 0) session.ordersSilenced = true
    else if (query.get('force') === 'true') session.ordersSilenced = false
  }
  const orders = broker.book.orders
    .filter((order) => order.accountId === accountId)
    .filter(({ status }) => filters.length === 0 || filters.some((name) => names(name, status)))
  return jsonResponse({ orders: orders.map(orderAnswer), snapshot: true })
}

export function listTrades(call: Call, { broker, signIn }: ApiContext): Response {
  const days = Number(new URLSearchParams(call.query).get('days') ?? 1)
  const limit = Number.isInteger(days) && days >= 1 && days <= DAYS_LIMIT ? days : 1
  const sinceMs = call.now - limit * DAY_MS
  const trades = broker.book.trades.filter(
    ({ accountId, atMs }) => accountId === signIn.accountId && atMs > sinceMs,
  )
  return jsonResponse(trades.map(tradeAnswer))
}

export async function placeOrders(call: Call, context: ApiContext): Promise<Response> {
  const { broker, signIn } = context
  const accountId = context.parameters['accountId'] ?? ''
  checkAccount(call, accountId, signIn.accountId)
  const body = await readJson(call)
  const orders = readOrders(body)
  // A refusal of an order comes with status 200.
  if (typeof orders === 'string') return jsonResponse({ error: orders })
  const references = orders.flatMap(({ reference }) => reference ?? [])
  const known = references.find(
    (reference, at) =>
      references.indexOf(reference) < at || broker.book.hasReference(accountId, reference),
  )
  if (known !== undefined) {
    return jsonResponse({ error: `Local order ID=${known} is already registered.` })
  }
  return askOrCarryOut(call, context, { accountId, orders, changes: undefined })
}

export async function changeOrder(call: Call, context: ApiContext): Promise<Response> {
  const found = findOrder(call, context)
  if (found instanceof Response) return found
  const body = await readJson(call)
  const change = readOrder(body)
  if (typeof change === 'string') return jsonResponse({ error: change })
  const { orderId, accountId, reference } = found
  const orders = [{ ...change, reference: change.reference ?? reference }]
  return askOrCarryOut(call, context, { accountId, orders, changes: orderId })
}

export function cancelOrder(call: Call, context: ApiContext): Response {
  const found = findOrder(call, context)
  if (found instanceof Response) return found
  const { orderId, conid, accountId } = context.broker.book.change(
    found,
    { status: 'Cancelled' },
    call.now,
  )
  return jsonResponse({
    msg: 'Request was submitted',
    order_id: orderId,
    conid,
    account: accountId,
  })
}

export async function replyToQuestion(call: Call, context: ApiContext): Promise<Response> {
  const { broker, signIn, parameters } = context
  const body = (await readJson(call)) as { readonly confirmed?: unknown } | undefined
  if (typeof body?.confirmed !== 'boolean') {
    refuse(call, 'body', 400, 'Bad Request: confirmed is required')
  }
  const question = broker.questions.take(signIn.username, parameters['replyId'] ?? '')
  if (!question) refuse(call, 'reply', 400, 'reply id not found')
  if (!body.confirmed) return jsonResponse({ error: 'Order was not confirmed' })
  const { further, work } = question
  if (further.length > 0) return asked(broker.questions.ask(signIn.username, further, work))
  return carryOut(call, context, work)
}

export async function suppressQuestions(call: Call, { session }: ApiContext): Promise<Response> {
  const { messageIds } = ((await readJson(call)) ?? {}) as { readonly messageIds?: unknown }
  const fits =
    Array.isArray(messageIds) &&
    messageIds.length > 0 &&
    messageIds.length <= SUPPRESSIONS_LIMIT &&
    messageIds.every((messageId) => typeof messageId === 'string')
  if (!fits) {
    refuse(call, 'body', 400, `Bad Request: messageIds, 1 to ${SUPPRESSIONS_LIMIT} of them`)
  }
  for (const messageId of messageIds) session?.suppressed.add(messageId)
  return jsonResponse({ status: 'submitted' })
}

export function resetSuppressions(_call: Call, { session }: ApiContext): Response {
  session?.suppressed.clear()
  return jsonResponse({ status: 'submitted' })
}

function askOrCarryOut(call: Call, context: ApiContext, work: AskedOrders): Response {
  const { broker, signIn, session } = context
  const due = broker.questions.due(session?.suppressed ?? new Set())
  if (due.length === 0) return carryOut(call, context, work)
  return asked(broker.questions.ask(signIn.username, due, work))
}

function asked({ id, messageId }: OpenQuestion<AskedOrders>): Response {
  const message = [`SANDBOX question ${messageId}: are you sure that this order is to be sent?`]
  return jsonResponse([{ id, message, isSuppressed: false, messageIds: [messageId] }])
}

function carryOut(call: Call, { broker }: ApiContext, work: AskedOrders): Response {
  const { accountId, orders, changes } = work
  const existing = changes === undefined ? undefined : broker.book.find(changes)
  // It may have been filled while the question about it was open.
  if (existing && !isLive(existing)) return notActive(existing)
  const done = orders.map((order) => {
    if (existing) return broker.book.change(existing, order, call.now)
    broker.counts.ordersPlaced++
    return broker.book.place(accountId, filledAtOnce(order), call.now)
  })
  return jsonResponse(
    done.map(({ orderId, status, reference }) => ({
      order_id: `${orderId}`,
      ...(reference === null ? {} : { local_order_id: reference }),
      order_status: status,
      encrypt_message: '1',
    })),
  )
}

/** A market order finds its other side. */
function filledAtOnce(order: OrderChange): OrderChange {
  return order.orderType === 'MKT' ? { ...order, filled: order.quantity ?? 1 } : order
}

/** The order that the path names, if it is the user's and can still be changed. */
function findOrder(
  call: Call,
  { broker, signIn, parameters }: ApiContext,
): SandboxOrder | Response {
  checkAccount(call, parameters['accountId'], signIn.accountId)
  const order = broker.book.find(Number(parameters['orderId']))
  if (order?.accountId !== signIn.accountId) {
    return jsonResponse({ error: `OrderID ${parameters['orderId']} doesn't exist` })
  }
  return isLive(order) ? order : notActive(order)
}

function notActive({ orderId }: SandboxOrder): Response {
  return jsonResponse({ error: `OrderID ${orderId} is not active` })
}

/** `pre_submitted` is the filter for `PreSubmitted`. */
function names(filter: string, status: string): boolean {
  return filter.replaceAll('_', '').toLowerCase() === status.toLowerCase()
}
