/** `GET /iserver/marketdata/history`: bars that depend on the query only. */
import { type Call, jsonResponse } from '../call.ts'
import { refuse } from './answers.ts'
import { BAR_SECONDS, marketDataBars } from './market-data-bars.ts'

export function marketDataHistory(call: Call): Response {
  const query = new URLSearchParams(call.query ?? '')
  const conid = query.get('conid') ?? ''
  const period = query.get('period') ?? ''
  const bar = query.get('bar') ?? '1d'
  if (!/^[1-9][0-9]{0,9}$/.test(conid)) {
    refuse(call, 'conid', 400, 'Bad Request: conid required')
  }
  if (!/^[1-9][0-9]{0,3}(?:min|h|d|w|m|y)$/.test(period)) {
    refuse(call, 'period', 400, 'Bad Request: period required')
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
