/** What the network edge and the HTTP server in front of the broker insist on. */
import type { CheckedOptions } from '../options.ts'
import { isUltraCartPath } from '../ultracart/routes.ts'
import { type Call, check, jsonResponse, Refusal } from './call.ts'
import { edgePage } from './play-fault.ts'

const BODY_LIMIT = 1_048_576
const BODY_METHODS: readonly string[] = ['POST', 'PUT', 'PATCH']

export function checkTransport(call: Call, options: CheckedOptions): void {
  const { headers, method } = call.request
  // The edge is the broker's; nothing is known of UltraCart asking for the header.
  if (options.requireUserAgent && !isUltraCartPath(call.path)) {
    check(call, 'user-agent', headers.has('user-agent'), 'the header is required', () =>
      edgePage(403),
    )
  }
  if (options.requireContentLength && BODY_METHODS.includes(method)) {
    const sized = headers.has('content-length') || headers.has('transfer-encoding')
    check(call, 'content-length', sized, 'the header is required', () =>
      jsonResponse({ error: 'Length Required', statusCode: 411 }, 411),
    )
  }
}

/** The body as UTF-8 text, up to one mebibyte. */
export async function readBody(request: Request): Promise<string> {
  const length = Number(request.headers.get('content-length') ?? 0)
  const bytes = length > BODY_LIMIT ? undefined : await request.arrayBuffer()
  if (bytes === undefined || bytes.byteLength > BODY_LIMIT) {
    throw new Refusal(
      'body: larger than 1 MiB',
      jsonResponse({ error: 'Payload Too Large', statusCode: 413 }, 413),
    )
  }
  return new TextDecoder().decode(bytes)
}
