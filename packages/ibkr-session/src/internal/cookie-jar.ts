/**
 * The broker's own cookies, kept between calls so that a session stays with the machine that holds it.
 * They are sent back to the broker alone and stay in memory; a value never leaves this file otherwise.
 */
import type { PlatformHeaders, PlatformResponse } from '@isoauth/core-client'
import { parseSetCookie } from 'set-cookie-parser'

/** Cookies of one origin. */
export interface CookieJar {
  /** Adds what is kept to a `Cookie` header; names that the caller gave stay the caller's. */
  addTo(headers: PlatformHeaders): void
  /** Keeps, replaces and drops cookies as an answer says (RFC 6265 section 5.3). */
  keep(response: PlatformResponse): void
  /** What must not be shown. */
  values(): readonly string[]
}

/** What RFC 6265 section 6.1 asks of a user agent at least, and as much as is kept here. */
const MAXIMUM_COOKIES = 50
const MAXIMUM_LENGTH = 4096

interface KeptCookie {
  readonly value: string
  /** Milliseconds since 1970; undefined until this process ends. */
  readonly expiresAtMs: number | undefined
}

/** Makes an empty jar. */
export function createCookieJar(now: () => number): CookieJar {
  const kept = new Map<string, KeptCookie>()

  return {
    values: () => [...kept.values()].map(({ value }) => value),
    addTo(headers) {
      const given = headers.get('cookie') ?? ''
      const names = new Set(given.split(';').map((pair) => pair.split('=')[0]?.trim()))
      const ours = [...kept]
        .filter(([name, { expiresAtMs }]) => !names.has(name) && !(Number(expiresAtMs) <= now()))
        .map(([name, { value }]) => `${name}=${value}`)
      if (ours.length > 0) headers.set('cookie', [given, ...ours].filter(Boolean).join('; '))
    },
    keep({ headers }) {
      // Some runtimes cannot tell several apart; then none is kept rather than a wrong one.
      const lines = (headers as { getSetCookie?(): string[] }).getSetCookie?.() ?? []
      const cookies = parseSetCookie(lines, { decodeValues: false, silent: true })
      for (const { name, value, maxAge, expires } of cookies) {
        if (!isSendable(name) || !isSendable(`${name}=${value}`)) continue
        const endsMs = maxAge === undefined ? expires?.getTime() : now() + maxAge * 1000
        kept.delete(name)
        if (Number(endsMs) <= now()) continue
        if (kept.size >= MAXIMUM_COOKIES) kept.delete([...kept.keys()][0] as string)
        kept.set(name, { value, expiresAtMs: endsMs })
      }
    },
  }
}

function isSendable(text: string): boolean {
  return text !== '' && text.length <= MAXIMUM_LENGTH && /^[!-:<-~]+$/.test(text)
}
