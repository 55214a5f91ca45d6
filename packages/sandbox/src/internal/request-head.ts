/** What the network edge and the HTTP server in front of the services insist on. */
import { type Call, check } from './call.ts'
import { edgePage } from './edge-page.ts'
import type { SandboxSettings } from './options.ts'
import { isUltraCartPath } from './ultracart/paths.ts'

/** The longest path with its query, and the most that all headers may have, in characters. */
const TARGET_LIMIT = 8192
const HEADERS_LIMIT = 16_384

const BODY_METHODS: readonly string[] = ['POST', 'PUT', 'PATCH']

/** Ends a request whose head is too large, or lacks what the server requires. */
export function checkRequestHead(call: Call, settings: SandboxSettings): void {
  checkSize(call)
  const { headers, method } = call.request
  // In process no platform has put its headers to a request.
  const isSent = call.address !== undefined
  const { requireUserAgent = isSent, requireContentLength = isSent } = settings
  // The edge is the broker's; nothing is known of UltraCart asking for the header.
  if (requireUserAgent && !isUltraCartPath(call.path)) {
    const agent = headers.get('user-agent') ?? ''
    check(call, agent.trim() !== '', {
      name: 'user-agent',
      detail: 'the header is required',
      refuse: () => edgePage(403),
    })
  }
  if (requireContentLength && BODY_METHODS.includes(method)) {
    const sized = headers.has('content-length') || headers.has('transfer-encoding')
    check(call, sized, {
      name: 'content-length',
      detail: 'the header is required',
      refuse: () => 411,
    })
  }
}

/** In process nothing else bounds what the checks have to read. */
function checkSize(call: Call): void {
  const target = call.path.length + (call.query?.length ?? 0)
  if (target > TARGET_LIMIT) {
    check(call, false, {
      name: 'target',
      detail: `path and query have ${target} characters; ${TARGET_LIMIT} is the limit`,
      refuse: () => 414,
    })
  }
  let size = 0
  for (const [name, value] of call.request.headers) size += name.length + value.length
  if (size > HEADERS_LIMIT) {
    check(call, false, {
      name: 'headers',
      detail: `they have ${size} characters; ${HEADERS_LIMIT} is the limit`,
      refuse: () => 431,
    })
  }
}
