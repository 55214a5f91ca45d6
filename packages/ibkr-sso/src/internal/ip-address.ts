/**
 * Addresses that sessions are bound to: text of one IPv4 or IPv6 address, as the caller knows it.
 */
import { refuse } from './errors.ts'

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'

/** Addresses that never reach the broker: RFC 6890, with the documentation ranges. */
const NOT_PUBLIC =
  /^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|192\.0\.[02]|198\.1[89]|198\.51\.100|203\.0\.113|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|22[4-9]|2[3-5]\d)\.|^(::1?$|f[cdef]|2001:0?db8:)/i

/** Checks an address: no port, no prefix length, no zone. */
export function requireAddress(option: string, value: unknown): string {
  if (typeof value === 'string' && (isIpv4(value) || isIpv6(value))) return value
  return refuse(option, value, 'one IPv4 or IPv6 address, without port or /prefix')
}

/** False for private, loopback, multicast, documentation and other special ranges. */
export function isPublicAddress(address: string): boolean {
  return !NOT_PUBLIC.test(address.replace(/^::ffff:(?=\d+\.)/i, ''))
}

function isIpv4(text: string): boolean {
  return new RegExp(`^${OCTET}(\\.${OCTET}){3}$`).test(text)
}

function isIpv6(text: string): boolean {
  if (!/^[\da-f:.]{2,45}$/i.test(text) || !text.includes(':')) return false
  try {
    // The platform's parser knows every form of RFC 4291.
    return new URL(`http://[${text}]/`).hostname !== ''
  } catch {
    return false
  }
}
