/**
 * URLs that a key or a person may be sent to: https, or http on this machine, and nobody's name in them.
 */
import { isLoopbackHost } from '@isoauth/core-client'

/** Parses a URL; undefined where it is none or not safe. */
export function parseSafeUrl(text: unknown, base?: string): URL | undefined {
  try {
    const url = new URL(text as string, base)
    const { protocol, hostname, username, password } = url
    const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))
    return isSafe && !username && !password ? url : undefined
  } catch {
    // The platform's exception quotes the text.
    return undefined
  }
}
