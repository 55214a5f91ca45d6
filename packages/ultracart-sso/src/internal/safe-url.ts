/**
 * URLs that a key or a person may be sent to: https, or http on this machine, and nobody's name in them.
 */
import { isLoopbackHost } from '@isoauth/core-client'

/** No page of this protocol has a longer address. */
const LIMIT = 8192

/** Parses a URL (a text or a `URL` of any realm) of at most 8,192 characters; undefined where it is none or not safe. */
export function parseSafeUrl(value: unknown, base?: string): URL | undefined {
  const text = typeof value === 'object' ? (value as Partial<URL> | null)?.href : value
  if (typeof text !== 'string' || text.length > LIMIT) return undefined
  try {
    const url = new URL(text, base)
    const { protocol, hostname, username, password } = url
    const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))
    return isSafe && !username && !password ? url : undefined
  } catch {
    // The platform's exception quotes the text.
    return undefined
  }
}
