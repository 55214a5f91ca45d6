/** What a client asks of an order: the body of a placement or a change, and what is wrong with it. */
import { isObject } from '../errors.ts'
import type { OrderChange } from './order-book.ts'

const ORDER_TYPES: readonly string[] = [
  'LMT',
  'MKT',
  'STP',
  'STOP_LIMIT',
  'MIDPRICE',
  'TRAIL',
  'TRAILLMT',
]
const PRICED: readonly string[] = ['LMT', 'STP', 'STOP_LIMIT']
const TIMES_IN_FORCE: readonly string[] = ['DAY', 'GTC', 'IOC', 'OPG', 'PAX', 'OVT', 'OND']
/** How many orders one call may have. */
const ORDERS_LIMIT = 50
const REFERENCE_LIMIT = 100

/** The orders of `{"orders": […]}`, or what is wrong as text. */
export function readOrders(body: unknown): readonly OrderChange[] | string {
  const { orders } = (isObject(body) ? body : {}) as { readonly orders?: unknown }
  if (!Array.isArray(orders) || orders.length === 0 || orders.length > ORDERS_LIMIT) {
    return `orders: a list of 1 to ${ORDERS_LIMIT} orders is required`
  }
  const read = orders.map((order) => readOrder(order))
  return read.find((order) => typeof order === 'string') ?? (read as readonly OrderChange[])
}

/** One order, or what is wrong as text. */
export function readOrder(value: unknown): OrderChange | string {
  if (!isObject(value)) return 'an order is an object'
  const { conid, side, orderType, price, quantity, tif, cOID } = value as Readonly<
    Record<string, unknown>
  >
  if (!isPositive(conid) || !Number.isSafeInteger(conid)) return 'conid: a contract id is required'
  if (side !== 'BUY' && side !== 'SELL') return 'side: BUY or SELL is required'
  if (typeof orderType !== 'string' || !ORDER_TYPES.includes(orderType)) {
    return `orderType: one of ${ORDER_TYPES.join(', ')} is required`
  }
  if (!isPositive(quantity)) return 'quantity: a number above 0 is required'
  if (typeof tif !== 'string' || !TIMES_IN_FORCE.includes(tif)) {
    return `tif: one of ${TIMES_IN_FORCE.join(', ')} is required`
  }
  const hasPrice = isPositive(price)
  if (PRICED.includes(orderType) && !hasPrice) return `price: required for ${orderType}`
  const reference = cOID ?? null
  if (reference !== null && (typeof reference !== 'string' || reference.length > REFERENCE_LIMIT)) {
    return `cOID: a text of at most ${REFERENCE_LIMIT} characters`
  }
  return {
    conid,
    side,
    orderType,
    price: hasPrice ? price : null,
    quantity,
    timeInForce: tif,
    reference,
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}
