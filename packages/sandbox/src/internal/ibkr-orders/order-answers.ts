/** Orders and trades in the fields of the broker's answers, of its calls and its stream alike. */
import { isLive, type SandboxOrder, type SandboxTrade } from './order-book.ts'

const CCP_STATUS: Readonly<Record<SandboxOrder['status'], string>> = {
  PendingSubmit: 'Pending',
  PreSubmitted: 'Submitted',
  Submitted: 'Submitted',
  Filled: 'Filled',
  PendingCancel: 'Pending Cancel',
  Cancelled: 'Cancelled',
  Inactive: 'Inactive',
}

/** One entry of `GET /iserver/account/orders`, and of a frame of `sor`. */
export function orderAnswer(order: SandboxOrder): Readonly<Record<string, unknown>> {
  const { accountId, conid, orderId, side, quantity, filled, status, price } = order
  const limit = price === null ? 'Market' : `Limit ${price.toFixed(2)}`
  return {
    acct: accountId,
    account: accountId,
    conidex: `${conid}`,
    conid,
    orderId,
    cashCcy: 'USD',
    sizeAndFills: filled === 0 ? `${quantity}` : `${filled}/${quantity}`,
    orderDesc: `${side === 'BUY' ? 'Buy' : 'Sell'} ${quantity} ${limit}, ${order.timeInForce}`,
    description1: 'SANDBOX',
    ticker: 'SANDBOX',
    secType: 'STK',
    listingExchange: 'SANDBOX',
    remainingQuantity: quantity - filled,
    filledQuantity: filled,
    totalSize: quantity,
    companyName: `SANDBOX INSTRUMENT ${conid}`,
    status,
    order_ccp_status: CCP_STATUS[status],
    avgPrice: filled === 0 ? '' : (price ?? 0).toFixed(2),
    origOrderType: order.orderType,
    supportsTaxOpt: '1',
    lastExecutionTime: clockTime(order.changedAtMs, 2),
    lastExecutionTime_r: order.changedAtMs,
    orderType: order.orderType,
    bgColor: isLive(order) ? '#000000' : '#FFFFFF',
    fgColor: isLive(order) ? '#00F000' : '#0000CC',
    isEventTrading: '0',
    ...(price === null ? {} : { price: price.toFixed(2) }),
    timeInForce: order.timeInForce,
    side,
    ...(order.reference === null ? {} : { order_ref: order.reference }),
  }
}

/** One entry of `GET /iserver/account/trades`, and of a frame of `str`. */
export function tradeAnswer(trade: SandboxTrade): Readonly<Record<string, unknown>> {
  const { accountId, conid, side, size, price } = trade
  return {
    execution_id: trade.executionId,
    symbol: 'SANDBOX',
    supports_tax_opt: '1',
    side: side === 'BUY' ? 'B' : 'S',
    order_description: `${side === 'BUY' ? 'Bot' : 'Sold'} ${size} @ ${price.toFixed(2)} on SANDBOX`,
    order_id: trade.orderId,
    ...(trade.reference === null ? {} : { order_ref: trade.reference }),
    trade_time: clockTime(trade.atMs, 4),
    trade_time_r: trade.atMs,
    size,
    price: price.toFixed(2),
    submitter: 'sandboxuser',
    exchange: 'SANDBOX',
    commission: '1.0',
    net_amount: size * price,
    account: accountId,
    accountCode: accountId,
    account_allocation_name: accountId,
    company_name: `SANDBOX INSTRUMENT ${conid}`,
    contract_description_1: 'SANDBOX',
    sec_type: 'STK',
    listing_exchange: 'SANDBOX',
    conid,
    conidEx: `${conid}`,
    clearing_id: 'IB',
    clearing_name: 'IB',
    liquidation_trade: '0',
    is_event_trading: '0',
  }
}

/** `YYMMDDhhmmss` of orders, `YYYYMMDD-hh:mm:ss` of trades, in UTC. */
function clockTime(atMs: number, yearDigits: 2 | 4): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().slice(0, 19).split('T')
  const day = date.replaceAll('-', '').slice(4 - yearDigits)
  return yearDigits === 4 ? `${day}-${time}` : day + time.replaceAll(':', '')
}
