/** `/__sandbox/*`: what was seen, what was counted, and faults on demand. */
import { jsonResponse, Refusal } from './call.ts'
import type { SandboxCounts } from './counts.ts'
import { SandboxError } from './errors.ts'
import type { FaultPlan, FaultRule } from './faults.ts'
import { foreignness } from './local-guard.ts'
import { readBody } from './request-body.ts'
import type { RequestRecord } from './request-record.ts'

/** What can be looked at and changed from outside. */
export interface Controlled {
  readonly origin: string
  readonly records: readonly RequestRecord[]
  readonly counts: Readonly<SandboxCounts>
  readonly faults: FaultPlan
}

const PREFIX = '/__sandbox'

export function isControlPath(path: string): boolean {
  return path === PREFIX || path.startsWith(`${PREFIX}/`)
}

export async function answerControl(
  { origin, records, counts, faults }: Controlled,
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
      return addFaults(faults, request)
    case 'DELETE /faults':
      faults.clear()
      return new Response(null, { status: 204 })
    default:
      return jsonResponse({ error: 'no such endpoint' }, 404)
  }
}

async function addFaults(faults: FaultPlan, request: Request): Promise<Response> {
  try {
    const value = parse(await readBody(request))
    if (value === undefined) return jsonResponse({ error: 'the body has to be JSON' }, 400)
    // All of an array, or none: what was refused leaves nothing behind.
    faults.addAll((Array.isArray(value) ? value : [value]) as readonly FaultRule[])
  } catch (error) {
    if (error instanceof Refusal) return error.response
    if (!(error instanceof SandboxError)) throw error
    const { code, message, option } = error
    return jsonResponse({ error: message, code, option }, 400)
  }
  return jsonResponse(faults.pending(), 201)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
