/**
 * Guard against DNS rebinding and cross-site requests, for what is not authenticated by a signature.
 *
 * A foreign page can make a browser send requests here, under a name that it points to loopback; the
 * `Host` then is that name, and `Origin` or `Sec-Fetch-Site` tell that another site asked.
 */

/** Why the request did not ask for this host; `undefined` when it did. In process there is no `Host`. */
export function hostMismatch(request: Request, origin: string): string | undefined {
  const host = request.headers.get('host')
  const own = new URL(origin).host
  return host === null || host.toLowerCase() === own ? undefined : `Host is not ${own}`
}

/** Why a request is neither from the sandbox's own pages nor from a program on this machine. */
export function foreignness(request: Request, origin: string): string | undefined {
  const mismatch = hostMismatch(request, origin)
  if (mismatch !== undefined) return mismatch
  const sender = request.headers.get('origin')
  if (sender !== null && sender !== origin) return `Origin is not ${origin}`
  const site = request.headers.get('sec-fetch-site')
  if (site === 'cross-site' || site === 'same-site') return 'the request comes from another site'
  return undefined
}
