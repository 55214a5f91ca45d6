/**
 * Guard against DNS rebinding and cross-site requests, for what is not authenticated by a signature.
 *
 * A foreign page can make a browser send requests here, under a name that it points to loopback; the
 * `Host` then is that name, and `Origin` or `Sec-Fetch-Site` tell that another site asked.
 */

/** Why a request is not from the sandbox's own pages or from a program; `undefined` when it is fine. */
export function foreignness(request: Request, origin: string): string | undefined {
  const { headers } = request
  const host = headers.get('host')
  if (host !== null && host.toLowerCase() !== new URL(origin).host) {
    return `Host is not ${new URL(origin).host}`
  }
  const sender = headers.get('origin')
  if (sender !== null && sender !== origin) return `Origin is not ${origin}`
  const site = headers.get('sec-fetch-site')
  if (site === 'cross-site' || site === 'same-site') return 'the request comes from another site'
  return undefined
}
