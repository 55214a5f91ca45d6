/** Error bodies in the broker's style: terse towards the client, the reason stays in the record. */
import { type Call, check, jsonResponse } from '../call.ts'
import { edgePage } from '../edge-page.ts'
import type { BrokerStates } from './broker-states.ts'

/** `{"error":"id: <n>, error: …","statusCode":…}`: what `/oauth/*` and failed authentication give. */
export function tracedError(call: Call, status: number, text: string): Response {
  return jsonResponse(
    { error: `id: ${call.record.id}, error: ${text}`, statusCode: status },
    status,
  )
}

/** `{"error":"…","statusCode":…}`: what the resources give. */
export function plainError(status: number, text: string): Response {
  return jsonResponse({ error: text, statusCode: status }, status)
}

/** Ends a request that was let in; what is wrong is told to its caller, and stands in the record. */
export function refuse(call: Call, name: string, status: number, text: string): never {
  check(call, false, { name, detail: text, refuse: () => plainError(status, text) })
}

/** The same for what is asked for by another method than its own. */
export function refuseMethod(call: Call, methods: readonly string[]): never {
  check(call, false, {
    name: 'method',
    detail: `${methods.join(' or ')} is required`,
    refuse: () => 405,
  })
}

/** The same for what is not there. */
export function refusePath(call: Call): never {
  refuse(call, 'path', 404, 'Resource not found')
}

/** The account that a path or a query names has to be the user's: the broker answers 401, not 404. */
export function checkAccount(call: Call, named: string | undefined, own: string): void {
  check(call, named === own, {
    name: 'account',
    detail: "the account has to be the user's",
    refuse: () => plainError(401, 'not authenticated'),
  })
}

/** Ends a request while the API is down for everybody, or for the user name where one is known. */
export function checkMaintenance(
  call: Call,
  states: BrokerStates,
  username: string | undefined,
): void {
  if (!states.find('maintenance', username, call.now)) return
  check(call, false, {
    name: 'maintenance',
    detail: username === undefined ? 'the whole API is down' : 'the API is down for this user name',
    refuse: () => edgePage(503),
  })
}
