/**
 * Who asks: this page, and nothing on another site or under another name.
 *
 * The host is compared first (DNS rebinding: a foreign name that points here). What carries the
 * session must then say that this page sends it: by `Origin`, or by `Sec-Fetch-Site` (Fetch Metadata),
 * since browsers leave `Origin` out of a page's own GET.
 */
import { refusal } from './errors.ts'
import { isLoopbackUrl } from './upstream/safe-upstream.ts'

/** Refuses a request for another host than the page's. */
export function requireHost(request: Request, origin: string): void {
  // Some runtimes make an address of a host that is none.
  if (URL.canParse(request.url) && new URL(request.url).host === new URL(origin).host) return
  // Only on this machine: elsewhere the name of the page is nobody's business who does not know it.
  const instead = isLoopbackUrl(new URL(origin)) ? `: open ${origin}` : ''
  throw refusal('EDGE_HOST_REFUSED', 421, `This host is not served here${instead}.`)
}

/** Refuses a request that another site sent, or that does not tell who sent it. */
export function requireSameOrigin({ method, headers }: Request, origin: string): void {
  const sender = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const isRead = method === 'GET' || method === 'HEAD'
  const isOurs = sender === null ? isRead && site === 'same-origin' : sender === origin
  if (isOurs && (site === null || site === 'same-origin')) return
  throw refusal('EDGE_ORIGIN_REFUSED', 403, 'Only the page of this origin may ask.')
}
