/** What the topics' frames hold, in the fields of the broker's. */
import { BAR_SECONDS, marketDataBars } from '../ibkr-api/market-data-bars.ts'
import { priceOf } from '../ibkr-orders/order-book.ts'

type Data = Readonly<Record<string, unknown>>

/** The last values played of each contract, by field number. */
export type Ticks = ReadonlyMap<number, Readonly<Record<string, string>>>

/** Last price, bid and ask: what is said of a contract of which no tick was played. */
function firstTick(conid: number): Readonly<Record<string, string>> {
  const price = priceOf(conid)
  return {
    '31': price.toFixed(2),
    '84': (price - 0.01).toFixed(2),
    '86': (price + 0.01).toFixed(2),
  }
}

/** Every field known of a contract, cut to those asked for; all when none were. The key may name an exchange. */
export function marketDataFrame(
  key: string,
  { fields, ticks, now }: { readonly fields: unknown; readonly ticks: Ticks; readonly now: number },
): Data {
  const conid = contractOf(key)
  const known = { ...firstTick(conid), ...ticks.get(conid) }
  return { ...tickFrame(key, { fields, values: known, now }) }
}

/** The contract of `265598` and of `265598@NYSE`. */
export function contractOf(key: string): number {
  return Number.parseInt(key, 10)
}

/** A change: only what changed of the fields asked for. */
export function tickFrame(
  key: string,
  {
    fields,
    values,
    now,
  }: {
    readonly fields: unknown
    readonly values: Readonly<Record<string, string>>
    readonly now: number
  },
): Data {
  const wanted = Array.isArray(fields) && fields.length > 0 ? fields.map(String) : undefined
  const cut = Object.entries(values).filter(([field]) => !wanted || wanted.includes(field))
  return {
    topic: `smd+${key}`,
    conid: contractOf(key),
    conidEx: key,
    server_id: 'q0',
    '6119': 'q0',
    '6509': 'RpB',
    _updated: now,
    ...Object.fromEntries(cut),
  }
}

export function historyFrame(conid: number, serverId: string, args: Data): Data {
  const text = (name: string, fallback: string) =>
    typeof args[name] === 'string' ? args[name] : fallback
  return {
    topic: `smh+${conid}`,
    serverId,
    symbol: 'SANDBOX',
    text: `SANDBOX INSTRUMENT ${conid}`,
    priceFactor: 100,
    startTime: '20240429-00:00:00',
    timePeriod: text('period', '1d'),
    barLength: BAR_SECONDS,
    mdAvailability: 'S',
    mktDataDelay: 0,
    outsideRth: args['outsideRth'] === true,
    source: text('source', 'trades'),
    data: marketDataBars(conid),
  }
}

export function ladderFrame(
  key: string,
  { conid, ticks }: { readonly conid: number; readonly ticks: Ticks },
): Data {
  const { '31': last, '84': bid, '86': ask } = { ...firstTick(conid), ...ticks.get(conid) }
  return {
    topic: `sbd+${key}`,
    data: [
      { row: 0, focus: 0, price: ask, ask: '100' },
      { row: 1, focus: 1, price: last },
      { row: 2, focus: 0, price: bid, bid: '100' },
    ],
  }
}

export function profitFrame(accountId: string): Data {
  return {
    topic: 'spl',
    args: {
      [`${accountId}.Core`]: {
        rowType: 1,
        dpl: 0,
        nl: 1_000_000,
        upl: 0,
        uel: 1_000_000,
        el: 1_000_000,
        mv: 0,
      },
    },
  }
}

export function summaryFrame(key: string, now: number): Data {
  const timestamp = Math.floor(now / 1000)
  return {
    topic: `ssd+${key}`,
    result: [
      {
        key: 'NetLiquidation-S',
        currency: 'USD',
        monetaryValue: 1_000_000,
        severity: 0,
        timestamp,
      },
      { key: 'BuyingPower-S', currency: 'USD', monetaryValue: 4_000_000, severity: 0, timestamp },
    ],
  }
}

export function ledgerFrame(key: string, now: number): Data {
  return {
    topic: `sld+${key}`,
    result: [
      {
        key: 'LedgerListUSD',
        acctCode: key,
        secondKey: 'USD',
        cashbalance: 1_000_000,
        netLiquidationValue: 1_000_000,
        settledCash: 1_000_000,
        exchangeRate: 1,
        severity: 0,
        timestamp: Math.floor(now / 1000),
      },
    ],
  }
}
