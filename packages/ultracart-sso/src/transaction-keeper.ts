/**
 * What a store and a sealed cookie have in common: both bind a login to the browser by a cookie.
 */

import type { UltraCartSsoError } from './errors.ts'
import { isText } from './internal/forms.ts'
import { raise, refuse } from './internal/raise.ts'
import type { UltraCartTransaction } from './login-transaction.ts'

/** Keeps a login under way for the browser that started it. */
export interface TransactionKeeper {
  /**
   * Keeps the transaction.
   * @returns the value of a `Set-Cookie` header for the answer that sends the browser to the login
   */
  keep(transaction: UltraCartTransaction): Promise<string>
  /**
   * Gives back the transaction of the browser that sent this `Cookie` header.
   * @throws `UltraCartSsoError` `ULTRACART_SSO_LOGIN_UNKNOWN` where there is none: it was taken
   *   before, is over, or was started in another browser
   */
  take(cookieHeader: string | null | undefined): Promise<UltraCartTransaction>
  /** The value of a `Set-Cookie` header that removes the cookie: for every answer to a callback. */
  readonly clear: string
}

/** The attributes that `__Host-` demands (RFC 6265bis section 4.1.3.2), and `Lax`: the browser comes from another site. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax'
const PREFIX = '__Host-'

/** A cookie's name, which must carry the prefix. */
export function checkCookieName(name: unknown): string {
  if (name === undefined) return `${PREFIX}ultracart-login`
  if (isText(name) && /^__Host-[\w-]{1,64}$/.test(name)) return name
  return refuse('cookieName', `${PREFIX} and then letters, digits, _ and -`)
}

/** The value of a `Set-Cookie` header. */
export function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}`
}

/** Reads one cookie; undefined where it is missing, doubled or of another form. */
export function readCookie(header: unknown, name: string): string | undefined {
  if (!isText(header)) return undefined
  const pairs = header.split(';').map((pair) => pair.trim())
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`))
  const value = values[0]?.slice(name.length + 1)
  return values.length === 1 && value && /^[\w.-]{1,4096}$/.test(value) ? value : undefined
}

/** Seconds until the login is over, at least one. */
export function secondsLeft({ expiresAtMs }: UltraCartTransaction, nowMs: number): number {
  return Math.max(1, Math.ceil((expiresAtMs - nowMs) / 1000))
}

/** The error where no transaction is found. */
export function loginUnknown(): UltraCartSsoError {
  return raise(
    'LOGIN_UNKNOWN',
    'No login is under way in this browser: it is over, was used, or began elsewhere. Start a new login.',
  )
}
