/** Turns a fault rule into what the client sees. */

import { edgePage } from './edge-page.ts'
import { isObject } from './errors.ts'
import { type FaultRule, mayNotHaveBody } from './faults.ts'

/** What the connection does instead of answering. */
export type Reset = 'reset'

/**
 * Plays a rule around `answer`, which does what the sandbox would do without it; `refuse` makes the
 * body of a fault that names only a status.
 */
export async function playFault(
  rule: FaultRule,
  {
    signal,
    answer,
    refuse,
  }: {
    readonly signal: AbortSignal
    readonly answer: () => Promise<Response>
    readonly refuse: (status: number) => Response
  },
): Promise<Response | Reset> {
  const { kind, status, value } = rule
  switch (kind) {
    case 'status':
      return statusResponse(status ?? 500, value, refuse)
    case 'respond':
      if ((value as { processed?: unknown }).processed === true) await answer()
      return givenResponse(value as { status?: number; headers?: HeadersInit; body?: unknown })
    case 'html':
      return edgePage(status ?? 403)
    case 'retry-after':
      return withRetryAfter(refuse(status ?? 429), String(value ?? 1))
    case 'reset':
      if (value === 'after') await answer()
      return 'reset'
    case 'slow':
      return slowly(value, signal, answer)
    case 'truncated':
      return truncate(await answer())
    case 'merge-patch':
      return patch(await answer(), value)
    default:
      return answer()
  }
}

/** Resolves after `ms`, or at once when the request is given up. */
function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}

function withRetryAfter(response: Response, value: string): Response {
  const headers = new Headers(response.headers)
  headers.set('retry-after', value)
  return new Response(response.body, { status: response.status, headers })
}

function statusResponse(
  status: number,
  value: unknown,
  refuse: (status: number) => Response,
): Response {
  if (mayNotHaveBody(status)) return new Response(null, { status })
  if (typeof value === 'string') return new Response(value, { status })
  return value === undefined ? refuse(status) : given(value, status)
}

function givenResponse({
  status = 200,
  headers = {},
  body,
}: {
  status?: number
  headers?: HeadersInit
  body?: unknown
}): Response {
  if (mayNotHaveBody(status) || body === undefined) return new Response(null, { status, headers })
  if (typeof body === 'string') return new Response(body, { status, headers })
  const response = given(body, status)
  for (const [name, text] of new Headers(headers)) response.headers.set(name, text)
  return response
}

/** JSON exactly as a rule gives it, without the headers that the sandbox's own answers carry. */
function given(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8' },
  })
}

async function slowly(
  value: unknown,
  signal: AbortSignal,
  answer: () => Promise<Response>,
): Promise<Response> {
  const times = (typeof value === 'object' ? value : { headers: value ?? 1000 }) as {
    headers?: number
    body?: number
  }
  await delay(times.headers ?? 0, signal)
  const response = await answer()
  if (!times.body || !response.body) return response
  const bytes = new Uint8Array(await response.arrayBuffer())
  const stalled = new ReadableStream<Uint8Array>({
    async start(controller) {
      await delay(times.body ?? 0, signal)
      try {
        controller.enqueue(bytes)
        controller.close()
      } catch {
        // The reader gave up meanwhile.
      }
    },
  })
  return new Response(stalled, response)
}

async function truncate(response: Response): Promise<Response> {
  const text = await response.text()
  return new Response(text.slice(0, Math.ceil(text.length / 2)) || null, response)
}

async function patch(response: Response, value: unknown): Promise<Response> {
  const text = await response.text()
  const target = response.ok ? parse(text) : undefined
  // What refuses has another form, and a page has none that fields could be changed in.
  if (target === undefined) return new Response(text || null, response)
  const patched = JSON.stringify(mergePatch(target, value))
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  return new Response(patched, { status: response.status, headers })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** RFC 7396, section 2. */
function mergePatch(target: unknown, change: unknown): unknown {
  if (!isObject(change)) return change
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete result[name]
    else result[name] = mergePatch(result[name], value)
  }
  return result
}
