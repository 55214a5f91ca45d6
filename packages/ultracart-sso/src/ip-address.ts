/**
 * The vendor recommends that a session's key be used from the person's address only.
 */

/** No address is longer, a zone left out. */
const LIMIT = 45

/**
 * Tells whether two texts are the same IP address, whichever way they are written: IPv6 in its
 * canonical form (RFC 5952), an IPv4 address mapped into IPv6 as IPv4.
 *
 * People change addresses (mobile networks, proxies), and behind a proxy the address of the
 * connection is the proxy's: decide what a difference means before you sign anybody out.
 *
 * @returns false where either is no IP address
 * @example `isSameIpAddress(session.ipAddress, '2001:db8:0:0::1')`
 */
export function isSameIpAddress(a: string | undefined, b: string | undefined): boolean {
  const canonical = canonicalOf(a)
  return canonical !== undefined && canonical === canonicalOf(b)
}

function canonicalOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > LIMIT) return undefined
  if (isIpv4(text)) return text
  if (!/^[\da-f:.]+$/i.test(text) || !text.includes(':')) return undefined
  try {
    const { hostname } = new URL(`http://[${text}]/`)
    const mapped = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/.exec(hostname)
    if (mapped === null) return hostname
    const parts = mapped.slice(1).map((part) => Number.parseInt(part, 16))
    return parts.flatMap((part) => [part >> 8, part & 255]).join('.')
  } catch {
    return undefined
  }
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return (
    parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  )
}
