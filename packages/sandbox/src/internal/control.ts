/** `/__sandbox/*`: what was seen, what was counted, faults and the broker's events on demand. */
import { jsonResponse, Refusal } from './call.ts'
import type { SandboxCounts } from './counts.ts'
import { SandboxError } from './errors.ts'
import type { FaultPlan, FaultRule } from './faults.ts'
import type { Broker } from './ibkr-api/broker.ts'
import type { BrokerEvent } from './ibkr-api/broker-events.ts'
import { foreignness } from './local-guard.ts'
import { readBody } from './request-body.ts'
import type { RequestRecord } from './request-record.ts'

/** What can be looked at and changed from outside. */
export interface Controlled {
  readonly origin: string
  readonly records: readonly RequestRecord[]
  readonly counts: Readonly<SandboxCounts>
  readonly faults: FaultPlan
  readonly broker: Broker
}

const PREFIX = '/__sandbox'

export function isControlPath(path: string): boolean {
  return path === PREFIX || path.startsWith(`${PREFIX}/`)
}

export async function answerControl(
  { origin, records, counts, faults, broker }: Controlled,
  request: Request,
  path: string,
): Promise<Response> {
  const reason = foreignness(request, origin)
  if (reason !== undefined) return jsonResponse({ error: reason }, 403)
  switch (`${request.method} ${path.slice(PREFIX.length)}`) {
    case 'GET /requests':
      return jsonResponse(records)
    case 'GET /counts':
      return jsonResponse(counts)
    case 'GET /faults':
      return jsonResponse(faults.pending())
    case 'POST /faults':
      return take(request, 201, (rules) => {
        faults.addAll(rules as readonly FaultRule[])
        return faults.pending()
      })
    case 'DELETE /faults':
      faults.clear()
      return new Response(null, { status: 204 })
    case 'GET /broker':
      return jsonResponse(view(broker))
    case 'POST /broker':
      return take(request, 200, (events) => {
        broker.playAll(events as readonly BrokerEvent[])
        return view(broker)
      })
    case 'DELETE /broker':
      broker.clear()
      return new Response(null, { status: 204 })
    default:
      return jsonResponse({ error: 'no such endpoint' }, 404)
  }
}

/** Gives one object, or all of an array, to `use`: all are taken, or none. */
async function take(
  request: Request,
  status: number,
  use: (values: readonly unknown[]) => unknown,
): Promise<Response> {
  try {
    const value = parse(await readBody(request))
    if (value === undefined) return jsonResponse({ error: 'the body has to be JSON' }, 400)
    return jsonResponse(use(Array.isArray(value) ? value : [value]), status)
  } catch (error) {
    if (error instanceof Refusal) return jsonResponse({ error: error.message }, 413)
    if (!(error instanceof SandboxError)) throw error
    const { code, message, option } = error
    return jsonResponse({ error: message, code, option }, 400)
  }
}

function view({ book, stream }: Broker): unknown {
  return { orders: book.orders, trades: book.trades, sockets: stream.look() }
}

function parse(text: string): unknown {
  try {
    // Some shells begin a file, and so a body, with a byte order mark.
    return JSON.parse(text.trim())
  } catch {
    return undefined
  }
}
