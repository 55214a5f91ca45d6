/** IP addresses as text: checked and brought to one form, so that they can be compared. */

/**
 * The address in one form for all its spellings: dotted IPv4, or IPv6 as RFC 5952 writes it; an IPv4
 * address inside IPv6 counts as IPv4. `undefined` for anything else: ports, ranges, zones, names.
 */
export function readIpAddress(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  if (!text.includes(':')) return isIpv4(text) ? text : undefined
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined
  const address = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address)
  if (!mapped) return address
  const [high, low] = [mapped[1], mapped[2]].map((part) => Number.parseInt(part ?? '', 16))
  return [high, low].flatMap((part = 0) => [part >> 8, part & 255]).join('.')
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return (
    parts.length === 4 &&
    parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  )
}
