/** A request as it stands on the wire (RFC 9112), as proxies and logs show it. */

import { requestUnreadable } from '../errors.ts'
import type { RequestToInspect } from './request.ts'

const REQUEST_LINE = /^([A-Za-z]+)[ \t]+(\S+)(?:[ \t]+HTTP\/[\d.]+)?$/

/** True for what begins as a request does. */
export function looksLikeHttp(text: string): boolean {
  const [first = ''] = text.split(/\r?\n/, 1)
  const target = REQUEST_LINE.exec(first.trim())?.[2] ?? ''
  return /^(?:\/|https?:\/\/)/i.test(target)
}

/** @throws {@link CliError} `CLI_REQUEST_UNREADABLE` */
export function readHttp(text: string): RequestToInspect {
  const [head = '', ...rest] = text.trimStart().split(/\r?\n\r?\n/)
  const [line = '', ...lines] = head.split(/\r?\n/)
  const [, method = '', target = ''] = REQUEST_LINE.exec(line.trim()) ?? []
  const headers = readHeaders(lines)
  const body = rest.join('\n\n').trim()
  return {
    method,
    url: addressOf(target, headers.get('host')),
    authorization: headers.get('authorization') ?? '',
    ...(body !== '' && { body }),
  }
}

/** By name in small letters; a line that begins with a blank goes on with the one before. */
function readHeaders(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  let last = ''
  for (const line of lines) {
    const at = line.indexOf(':', 1)
    if (/^[ \t]/.test(line)) headers.set(last, `${headers.get(last) ?? ''} ${line.trim()}`)
    else if (at > 0) {
      last = line.slice(0, at).trim().toLowerCase()
      headers.set(last, line.slice(at + 1).trim())
    }
  }
  return headers
}

function addressOf(target: string, host: string | undefined): string {
  if (/^https?:\/\//i.test(target)) return target
  if (host === undefined) {
    throw requestUnreadable(
      'The request names a path and no Host: its address is needed. Add the line "Host: api.ibkr.com".',
    )
  }
  // Only this machine is spoken to without TLS.
  const isLocal = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host)
  return `${isLocal ? 'http' : 'https'}://${host}${target}`
}
