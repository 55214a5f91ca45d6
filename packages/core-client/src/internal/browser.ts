/**
 * Whether this is a page of a browser, or a worker of one: there the platform sets the `User-Agent`, and
 * hides why a request failed.
 */

/** True in a browser. */
export function isBrowser(): boolean {
  // Node, Deno, Bun and workers have no navigator, or one that names itself.
  return globalThis.navigator?.userAgent?.startsWith('Mozilla/5.0 ') ?? false
}

/** Says that a request could not be sent, and in a browser what is nearly always the cause. */
export function describeFailedConnection(): string {
  const failed = 'The connection failed'
  if (!isBrowser()) return `${failed}: the network, a name that does not resolve, or a certificate.`
  return `${failed}. In a page the likely cause is CORS: the service does not let pages of this origin read its answers. Send the calls through a proxy of yours, and give its address as baseUrl.`
}
