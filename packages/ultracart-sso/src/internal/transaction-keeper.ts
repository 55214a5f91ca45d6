/**
 * What a store and a sealed cookie have in common: both bind a login to the browser by a cookie.
 */
import { refuseOption } from '@isoauth/core-client'
import { newError, type UltraCartSsoError } from './errors.ts'
import { checkTransaction, type UltraCartTransaction } from './login-transaction.ts'

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
   *   before, is over, or was started in another browser; `ULTRACART_SSO_OPTION_INVALID` for what is
   *   no text, such as the headers themselves
   */
  take(cookieHeader: string | null | undefined): Promise<UltraCartTransaction>
  /** The value of a `Set-Cookie` header that removes the cookie: for every answer to a callback. */
  readonly clear: string
}

/** The attributes that `__Host-` demands (RFC 6265bis section 4.1.3.2), and `Lax`: the browser comes from another site. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax'
const PREFIX = '__Host-'
const COOKIE_HEADER =
  "the text of the request's header Cookie, such as request.headers.get('cookie')"
/** No server takes more. */
const HEADER_LIMIT = 65_536

/** What a keeper makes of a transaction. */
export interface KeptBy {
  readonly cookieName: string
  readonly now: () => number
  /** The option by which processes share logins. */
  readonly sharedBy: 'backend' | 'key'
  /** Gives what the cookie holds for a transaction, written as JSON, that is kept for so many seconds. */
  put(text: string, ttl: number): Promise<string>
  /** Gives what was put for that cookie; undefined where there is nothing. */
  take(value: string): unknown
}

/** Makes a keeper; both ways have all but the keeping itself in common. */
export function createKeeper({ cookieName, now, sharedBy, put, take }: KeptBy): TransactionKeeper {
  return {
    clear: setCookie(cookieName, '', 0),
    async keep(given) {
      const transaction = checkTransaction(given)
      // Until the login is over, and no cookie or entry that ends at once.
      const ttl = Math.max(1, Math.ceil((transaction.expiresAtMs - now()) / 1000))
      const value = await put(JSON.stringify(transaction), ttl)
      return setCookie(cookieName, value, ttl)
    },
    async take(cookieHeader) {
      const header = cookieHeader ?? ''
      if (typeof header !== 'string') refuseOption(newError, 'cookieHeader', header, COOKIE_HEADER)
      const value = readCookie(header, cookieName)
      const kept = value === undefined ? undefined : await take(value)
      const transaction = parseTransaction(kept)
      if (transaction === undefined && sharedBy === 'backend' && kept) throw noLogin(kept)
      if (transaction === undefined) throw loginUnknown(value && sharedBy)
      return transaction
    },
  }
}

/** A cookie's name, which must carry the prefix. */
export function checkCookieName(name: unknown): string {
  if (name === undefined) return `${PREFIX}ultracart-login`
  if (typeof name === 'string' && /^__Host-[\w-]{1,64}$/.test(name)) return name
  const form = `${PREFIX} and then 1 to 64 letters, digits, _ and -`
  return refuseOption(newError, 'cookieName', name, form)
}

/** The value of a `Set-Cookie` header. */
function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}`
}

/**
 * Reads one cookie; undefined where it is missing, doubled or of another form.
 *
 * Cookies are joined by a semicolon (RFC 6265 section 5.4). Some platforms join several headers of a
 * request by a comma, as other headers are; that is read only where the semicolons show no such cookie.
 */
function readCookie(header: string, name: string): string | undefined {
  if (header.length > HEADER_LIMIT) return undefined
  for (const separator of [/;/, /[;,]/]) {
    const pairs = header.split(separator).map((pair) => pair.trim())
    const [value, ...more] = pairs.flatMap((pair) =>
      pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : [],
    )
    if (more.length > 0) return undefined
    if (value !== undefined && /^[\w.-]{1,4096}$/.test(value)) return value
  }
  return undefined
}

/** The error where no transaction is found; `sharedBy` where the cookie came. */
function loginUnknown(sharedBy: string | undefined): UltraCartSsoError {
  const where = sharedBy
    ? `or began in another process, or before a restart, with another option ${sharedBy}`
    : 'began in another browser, or the cookie did not come (it needs https)'
  return newError(
    'LOGIN_UNKNOWN',
    `No login is under way in this browser: it was used, is over, ${where}. Start a new login.`,
  )
}

/** The error where a store of others gives something else than it was given. */
function noLogin(kept: unknown): UltraCartSsoError {
  const what = typeof kept === 'string' ? 'another text' : 'no text'
  const message = `No login could be read: takeItem of option backend gave ${what}. It must give the text that setItem was given, whole, and not the row or reply that holds it.`
  const option = 'backend'
  return newError('LOGIN_UNKNOWN', `${message} Mend that, and start a new login.`, { option })
}

/** Reads a kept transaction; undefined for anything else. */
function parseTransaction(value: unknown): UltraCartTransaction | undefined {
  try {
    // Some stores parse what they keep.
    return checkTransaction(typeof value === 'string' ? JSON.parse(value) : value)
  } catch {
    return undefined
  }
}
