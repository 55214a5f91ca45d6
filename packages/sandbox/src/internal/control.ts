/** `/__sandbox/*`: what was seen, what was counted, and faults on demand. */
import { SandboxError } from '../errors.ts'
import type { FaultRule } from '../faults.ts'
import { jsonResponse } from './call.ts'
import type { Core } from './core.ts'
import { foreignness } from './local-guard.ts'

const PREFIX = '/__sandbox'

export function isControlPath(path: string): boolean {
  return path === PREFIX || path.startsWith(`${PREFIX}/`)
}

export async function answerControl(core: Core, request: Request, path: string): Promise<Response> {
  const reason = foreignness(request, core.options.origin)
  if (reason !== undefined) return jsonResponse({ error: reason }, 403)
  switch (`${request.method} ${path.slice(PREFIX.length)}`) {
    case 'GET /requests':
      return jsonResponse(core.records)
    case 'GET /counts':
      return jsonResponse(core.counts)
    case 'GET /faults':
      return jsonResponse(core.faults.pending())
    case 'POST /faults':
      return addFaults(core, await request.text())
    case 'DELETE /faults':
      core.faults.clear()
      return new Response(null, { status: 204 })
    default:
      return jsonResponse({ error: 'no such endpoint' }, 404)
  }
}

function addFaults(core: Core, text: string): Response {
  let rule: unknown
  try {
    rule = JSON.parse(text)
  } catch {
    return jsonResponse({ error: 'the body has to be JSON' }, 400)
  }
  try {
    for (const entry of Array.isArray(rule) ? rule : [rule]) core.faults.add(entry as FaultRule)
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    return jsonResponse({ error: error.message, option: error.option }, 400)
  }
  return jsonResponse(core.faults.pending(), 201)
}
