/** Protected resources of the older third-party API. */

import { type Call, jsonResponse } from '../call.ts'
import { checkAccount, refuseMethod } from '../ibkr-api/answers.ts'
import type { AccessToken } from './consumer.ts'

/** Answers below `/tradingapi/v1`; `undefined` where there is nothing. */
export function legacyResource(call: Call, path: string, token: AccessToken): Response | undefined {
  if (path === '/accounts') return onlyGet(call, { accounts: [token.accountId] })
  const found = /^\/accounts\/([^/]+)\/(positions|summary)$/.exec(path)
  if (!found) return undefined
  checkAccount(call, found[1], token.accountId)
  if (found[2] === 'positions') {
    return onlyGet(call, [
      { Account: token.accountId, ContractId: 265598, Ticker: 'SANDBOX', Position: 10 },
    ])
  }
  return onlyGet(call, { Account: token.accountId, Currency: 'USD', NetLiquidation: 100_000 })
}

function onlyGet(call: Call, body: unknown): Response {
  const readable = call.record.method === 'GET' || call.record.method === 'HEAD'
  return readable ? jsonResponse(body) : refuseMethod(call, ['GET'])
}
