/** `GET /iserver/marketdata/history`: bars that depend on the query only. */
import { type Call, jsonResponse } from '../call.ts'
import { priceOf } from '../ibkr-orders/order-book.ts'
import { plainError } from './answers.ts'

const BAR_SECONDS = 86_400
const BARS = 5
/** A fixed Monday, so that two equal requests have equal answers. */
const FIRST_BAR = 1_714_348_800

export function marketDataHistory(call: Call): Response {
  const query = new URLSearchParams(call.query ?? '')
  const conid = query.get('conid') ?? ''
  const period = query.get('period') ?? ''
  const bar = query.get('bar') ?? '1d'
  if (!/^[1-9][0-9]{0,9}$/.test(conid)) return plainError(400, 'Bad Request: conid required')
  if (!/^[1-9][0-9]{0,3}(?:min|h|d|w|m|y)$/.test(period)) {
    return plainError(400, 'Bad Request: period required')
  }
  const data = marketDataBars(Number(conid))
  return jsonResponse({
    serverId: 'SANDBOX',
    symbol: 'SANDBOX',
    text: `SANDBOX INSTRUMENT ${conid}`,
    priceFactor: 100,
    startTime: '20240429-00:00:00',
    timePeriod: period,
    barLength: BAR_SECONDS,
    bar,
    outsideRth: query.get('outsideRth') === 'true',
    mdAvailability: 'S',
    travelTime: 1,
    points: data.length - 1,
    data,
  })
}

/** Daily bars of a contract, oldest first. */
export function marketDataBars(conid: number): readonly Readonly<Record<string, number>>[] {
  const base = priceOf(conid)
  return Array.from({ length: BARS }, (_, index) => ({
    o: base + index,
    c: base + index + 0.5,
    h: base + index + 1,
    l: base + index - 1,
    v: 1000 * (index + 1),
    t: (FIRST_BAR + index * BAR_SECONDS) * 1000,
  }))
}
