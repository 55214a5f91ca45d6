/**
 * `User-Agent`: the broker's edge answers 403 without one; browsers set their own.
 */
import type { PlatformHeaders } from './runtime-types.ts'

/** Sets `User-Agent` unless the caller did, or this is a browser. */
export function setUserAgent(headers: PlatformHeaders, userAgent: string): void {
  if (!headers.has('user-agent') && !isBrowser()) headers.set('user-agent', userAgent)
}

function isBrowser(): boolean {
  // Node, Deno, Bun and workers have no navigator, or one that names itself.
  return globalThis.navigator?.userAgent?.startsWith('Mozilla/5.0 ') ?? false
}
