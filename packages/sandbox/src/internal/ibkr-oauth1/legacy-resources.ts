/** Protected resources of the older third-party API. */

import { type Call, jsonResponse } from '../call.ts'
import { plainError } from '../ibkr-api/answers.ts'
import type { AccessToken } from './consumer.ts'

/** Answers below `/tradingapi/v1`; `undefined` where there is nothing. */
export function legacyResource(call: Call, path: string, token: AccessToken): Response | undefined {
  if (path === '/accounts') return onlyGet(call, { accounts: [token.accountId] })
  const found = /^\/accounts\/([^/]+)\/(positions|summary)$/.exec(path)
  if (!found) return undefined
  // The broker answers 401, not 404, for an account that is not the user's.
  if (found[1] !== token.accountId) return plainError(401, 'Unauthorized')
  if (found[2] === 'positions') {
    return onlyGet(call, [
      { Account: token.accountId, ContractId: 265598, Ticker: 'SANDBOX', Position: 10 },
    ])
  }
  return onlyGet(call, { Account: token.accountId, Currency: 'USD', NetLiquidation: 100_000 })
}

function onlyGet(call: Call, body: unknown): Response {
  const readable = call.record.method === 'GET' || call.record.method === 'HEAD'
  return readable ? jsonResponse(body) : plainError(405, 'Method Not Allowed')
}
